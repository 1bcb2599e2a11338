// run agent: the agent, put together from its options and run until the signal aborts.
import { join } from 'node:path';
import { probe } from '@directrix/secrets/connection';
import { AgentError } from './agent-error.js';
import { createCloudWatchSink, createLogsClient } from './cloudwatch-sink.js';
import { createCursorFile } from './cursor-file.js';
import { drain } from './drain.js';
import { type HealthSocket, openHealthSocket } from './health-socket.js';
import { holdUntilMasked } from './hold-until-masked.js';
import { readInstanceIdentity } from './instance-identity.js';
import { createJournalctl } from './journalctl.js';
import { keepMasks } from './keep-masks.js';
import type { AgentOptions } from './options.js';
import type { Clock } from './ports.js';
import { ShipProgress } from './progress.js';
import { ship } from './ship.js';
import { streamNameOf } from './stream.js';
import { createTeller } from './tell-console.js';

export interface AgentPorts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  warn(line: string): void;
}

const PROBE_LIMITS = { connectMs: 2_000, requestMs: 5_000 };

/** Resolves once `stopping` has aborted and what was read is shipped, or could not be in time. Throws AgentError before it begins. */
export async function runAgent(options: AgentOptions, ports: AgentPorts, stopping: AbortSignal): Promise<void> {
  const { instanceId, region } = await identify(options, ports.env);
  const endpoint = options.endpoint ?? ports.env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS ?? ports.env.AWS_ENDPOINT_URL;
  const client = createLogsClient(region, endpoint);
  const progress = new ShipProgress(ports.clock);
  const health = await openHealth(options.socket, progress);
  const ending = new AbortController();
  try {
    const masking = keepMasks(
      { paths: options.maskPaths, region, withoutMasks: options.withoutMasks },
      ports,
      AbortSignal.any([stopping, ending.signal]),
    );
    const journal = createJournalctl({
      program: options.journalctl,
      units: options.units,
      priority: options.priority,
    });
    const { masked, mask } = holdUntilMasked(journal, masking);
    const tell = createTeller({
      warn: ports.warn,
      diagnose: () => probe(targetOf(endpoint ?? `https://logs.${region}.amazonaws.com`), PROBE_LIMITS, ending.signal),
      keep: (diagnosis) => {
        progress.diagnosis = diagnosis;
      },
    });
    const shipping = ship(
      {
        ...ports,
        tell,
        journal: masked,
        positions: createCursorFile(join(options.stateDirectory, 'position.json'), instanceId),
        sink: createCloudWatchSink(client, {
          logGroupName: options.group,
          logStreamName: streamNameOf(instanceId, options.release),
          retentionDays: options.retentionDays,
        }),
      },
      {
        instanceId,
        format: { format: options.format, fields: options.fields, mask },
        joinFrom: options.joinFrom === undefined ? undefined : new RegExp(options.joinFrom),
        flushMs: options.flushSeconds * 1000,
        heartbeatMs: options.heartbeatSeconds === 0 ? undefined : options.heartbeatSeconds * 1000,
      },
      progress,
      ending.signal,
    );
    await Promise.race([shipping, asked(stopping).then(() => drain({ journal, clock: ports.clock }, progress))]);
    ending.abort(new Error('the agent stops'));
    await shipping.catch((error: unknown) => {
      if (error !== ending.signal.reason) throw error;
    });
  } catch (error) {
    // Asked to stop before it had begun.
    if (!stopping.aborted || error !== stopping.reason) throw error;
  } finally {
    ending.abort();
    client.destroy();
    await health.close();
  }
}

async function identify(options: AgentOptions, env: AgentPorts['env']) {
  const found =
    options.instanceId !== undefined && options.region !== undefined ? undefined : await readInstanceIdentity(env);
  const instanceId = options.instanceId ?? found?.instanceId;
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? found?.region;
  const asked = 'and the instance metadata service does not answer';
  if (instanceId === undefined)
    throw new AgentError('NO_INSTANCE_ID', `no instance id is given, ${asked}`, { hint: 'Give --instance-id.' });
  if (region === undefined)
    throw new AgentError('NO_REGION', `no region is given, ${asked}`, { hint: 'Give --region, or set AWS_REGION.' });
  return { instanceId, region };
}

async function openHealth(socket: string, progress: ShipProgress): Promise<HealthSocket> {
  try {
    return await openHealthSocket(socket, () => progress.health());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError('HEALTH_SOCKET_NOT_OPENED', `the health socket cannot be opened: ${reason}`, {
      hint: 'Stop the other agent, or give another --socket.',
      cause,
    });
  }
}

/** Resolves when a stop was asked for. */
async function asked(stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return;
  await new Promise<void>((resolve) => stopping.addEventListener('abort', () => resolve(), { once: true }));
}

function targetOf(url: string) {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === 'https:';
  return { host: hostname, port: Number(port || (isTls ? 443 : 80)), isTls };
}
