import { readFile } from 'node:fs/promises';
import { listQuarantined, readBundle } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { readLogGroups } from '../../instance-logs/image-log-groups.js';
import { logFileOf, textOf } from '../../instance-logs/keep-logs.js';
import { LogReader } from '../../instance-logs/log-lines.js';
import { listBundles } from '../../rollout/journals.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import { type EvidenceDocument, formatEvidenceList, type KeptInstance } from './output.js';

export interface EvidenceOptions {
  /** A rollout's, or an instance's. */
  readonly id?: string;
  readonly group?: string;
  readonly offline?: boolean;
  /** USD an hour, by instance type. */
  readonly hourlyPrice?: Readonly<Record<string, number>>;
  readonly json?: boolean;
}

export async function runEvidence(context: CommandContext, options: EvidenceOptions): Promise<void> {
  const { io } = context;
  try {
    const [bundles, { quarantined, now }] = await Promise.all([readBundles(context, options), look(context, options)]);
    const found = unite(bundles, quarantined)
      .filter((instance) => isAsked(instance, options))
      .map((instance) => withCost(instance, now, options.hourlyPrice ?? {}));
    if (found.length === 0 && options.id !== undefined) throw describeMissing(options.id);
    const instances =
      options.id === undefined
        ? found
        : await Promise.all(found.map((instance) => withJournal(context, instance, options.offline === true)));
    const document: EvidenceDocument = { schema: 'directrix.evidence/1', instances };
    const colors = colorsFor(io.stdout, io.env);
    const text = formatEvidenceList(document, { colors, now, isWhole: options.id !== undefined });
    writeText(io.stdout, options.json ? `${JSON.stringify(document, null, 2)}\n` : text);
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.evidence/1', error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

async function readBundles({ io }: CommandContext, { group }: EvidenceOptions): Promise<KeptInstance[]> {
  const found: KeptInstance[] = [];
  for (const { path, groupName, rolloutId, instanceId } of await listBundles(io.env, group)) {
    const kept = await readBundle(path);
    const file = { instanceId, rolloutId, groupName, bundle: path };
    if (kept === undefined) {
      io.stderr.write(`warning: ${path} cannot be read and is only named\n`);
      found.push({ ...file, evidence: [] });
      continue;
    }
    const { because, collectedAt, targetHealth, console = '', missing, instance } = kept;
    found.push({
      ...file,
      evidence: because?.evidence ?? [],
      collectedAt,
      instanceType: instance?.instanceType,
      imageId: instance?.imageId,
      lastHealth: targetHealth.at(-1),
      console: console
        .split(/\r?\n/)
        .map((line) => line.trimEnd())
        .filter(Boolean),
      missing,
    });
  }
  return found;
}

async function look(context: CommandContext, { offline, group }: EvidenceOptions) {
  if (offline === true) return { quarantined: [], now: undefined };
  try {
    return await withWorld(context, async (world) => ({
      quarantined: await listQuarantined(world.clients),
      now: world.clock.now(),
    }));
  } catch (error) {
    // What is here can be told without AWS.
    const { code, message } = describeFailure(error);
    context.io.stderr.write(
      `warning: the instances in quarantine${group === undefined ? '' : ` of ${group}`} are not known: ${code}: ${message}\n`,
    );
    return { quarantined: [], now: undefined };
  }
}

/** With what it shipped of its journal: kept here, else asked of CloudWatch Logs, which has it when the instance is gone. */
async function withJournal(context: CommandContext, instance: KeptInstance, isOffline: boolean): Promise<KeptInstance> {
  const { bundle, imageId, instanceId } = instance;
  const path = bundle === undefined ? undefined : logFileOf(bundle);
  const kept = path === undefined ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { ...instance, journal: kept.split('\n').filter(Boolean), journalFile: path };
  if (isOffline || imageId === undefined) return instance;
  try {
    const journal = await withWorld(context, async (world) => {
      const logGroupName = (await readLogGroups(world.clients, [imageId])).get(imageId);
      if (logGroupName === undefined) return undefined;
      const lines: string[] = [];
      const reader = new LogReader(world.clients, { logGroupName, instanceId }, 0);
      for await (const line of reader.readNew(context.io.signal)) {
        lines.push(textOf(line));
        if (lines.length > mostLines) lines.shift();
      }
      return lines;
    });
    return { ...instance, journal };
  } catch (error) {
    const { code, message } = describeFailure(error);
    return { ...instance, missing: [...(instance.missing ?? []), `journal: ${code}: ${message}`] };
  }
}

/** The newest lines that are told of an instance. */
const mostLines = 10_000;

/** Both of one instance are one. The file knows its group. */
function unite(
  bundles: readonly KeptInstance[],
  quarantined: Awaited<ReturnType<typeof listQuarantined>>,
): KeptInstance[] {
  const running = new Map(quarantined.map((instance) => [instance.instanceId, instance]));
  const own = bundles.map((kept) => {
    const now = running.get(kept.instanceId);
    running.delete(kept.instanceId);
    return now === undefined
      ? kept
      : { ...kept, instanceType: now.instanceType ?? kept.instanceType, running: runningOf(now) };
  });
  const others = [...running.values()].map(
    (instance): KeptInstance => ({
      instanceId: instance.instanceId,
      rolloutId: instance.rolloutId,
      evidence: instance.evidence,
      instanceType: instance.instanceType,
      imageId: instance.imageId,
      running: runningOf(instance),
    }),
  );
  return [...own, ...others];
}

function runningOf({ state, expiresAt, launchedAt }: Awaited<ReturnType<typeof listQuarantined>>[number]) {
  return { state, expiresAt, launchedAt: launchedAt === undefined ? undefined : new Date(launchedAt).toISOString() };
}

/**
 * What it costs an hour, and in all: so far, and until its time is over. Prices differ by region, contract and day, and asking AWS for them
 * takes another service: they are what the user says, and otherwise not known.
 */
function withCost(
  instance: KeptInstance,
  now: number | undefined,
  prices: Readonly<Record<string, number>>,
): KeptInstance {
  const { running, instanceType = '' } = instance;
  const usdPerHour = prices[instanceType];
  if (running === undefined || now === undefined || usdPerHour === undefined) return instance;
  const hoursTo = (at: string | undefined) => Math.max(0, Date.parse(at ?? '') - now) / 3_600_000;
  const hoursSince = (at: string | undefined) => Math.max(0, now - Date.parse(at ?? '')) / 3_600_000;
  const usd = (hours: number) => (Number.isNaN(hours) ? undefined : Math.round(hours * usdPerHour * 10_000) / 10_000);
  return {
    ...instance,
    cost: {
      usdPerHour,
      usdSoFar: usd(hoursSince(running.launchedAt)),
      usdUntilExpiry: usd(hoursTo(running.expiresAt)),
    },
  };
}

function isAsked({ instanceId, rolloutId, groupName }: KeptInstance, { id, group }: EvidenceOptions): boolean {
  if (group !== undefined && groupName !== undefined && groupName !== group) return false;
  return id === undefined || id === instanceId || id === rolloutId;
}

function describeMissing(id: string): DirectrixError {
  return new DirectrixError('EVIDENCE_NOT_FOUND', `Nothing was kept of ${id}, neither here nor in quarantine.`, {
    kind: 'missing',
    source: 'argument id',
    hint: 'directrix evidence lists all that was kept; bundles are on the machine that deployed',
  });
}
