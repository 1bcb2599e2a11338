import { commitOf, describeImages, loadRecord, readLease, versionOf } from '@directrix/aws';
import { logGroupOf } from '@directrix/preflight';
import {
  decide,
  findKeptWarm,
  type Hold,
  holdAtCanary,
  holdAtCheckpoint,
  type Observation,
  type RolloutRecord,
} from '@directrix/rollout';
import { type Colors, colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { readShipped } from '../../instance-logs/shipped.js';
import { observeGroup } from '../../rollout/prepare-rollout.js';
import { findVoid, isUnfinished } from '../../rollout/unfinished.js';
import { tellHold } from '../../text/hold-text.js';
import { writeText } from '../../text/lines.js';
import { tellNeedWithCode } from '../../text/need-text.js';
import { withMessage } from '../../view/rollout-document.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { listAddresses } from '../dashboard/address.js';
import { formatStatus, type StatusDocument } from './output.js';
import { describeOverview, formatOverview } from './overview.js';

export interface StatusOptions {
  /** Undefined: every group of the region. */
  readonly group?: string;
  readonly json?: boolean;
}

export async function runStatus(context: CommandContext, options: StatusOptions): Promise<void> {
  const { io } = context;
  try {
    const { document, text } = await withWorld(context, (world) =>
      lookAt(world, options.group, colorsFor(io.stdout, io.env)),
    );
    writeText(io.stdout, options.json ? `${JSON.stringify(document, null, 2)}\n` : `${text}${tellDashboards(io)}`);
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.status/1', error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

function tellDashboards({ env }: CommandContext['io']): string {
  const addresses = listAddresses(env);
  return addresses.length === 0 ? '' : `\n${addresses.map((url) => `  dashboard ${url}\n`).join('')}`;
}

async function lookAt(world: World, groupName: string | undefined, colors: Colors) {
  if (groupName === undefined) {
    const document = await describeOverview(world);
    return { document, text: formatOverview(document, await world.clients.autoScaling.config.region(), colors) };
  }
  const document = await describeStatus(world, groupName);
  return { document, text: formatStatus(document, colors) };
}

async function describeStatus(world: World, groupName: string): Promise<StatusDocument> {
  const { observation } = await observeGroup(world, groupName);
  const [lease, record, images] = await Promise.all([
    readLease(world, groupName),
    loadRecord(world.clients, groupName),
    describeGroupImages(world, observation),
  ]);
  const { group } = observation;
  const logGroups = [...new Set([...images.values()].flatMap((image) => logGroupOf(image) ?? []))];
  const logs = await Promise.all(logGroups.map((name) => describeLogs(world, name)));
  return {
    schema: 'directrix.status/1',
    at: new Date(observation.at).toISOString(),
    group: {
      name: group.name,
      minSize: group.minSize,
      maxSize: group.maxSize,
      desiredCapacity: group.desiredCapacity,
      launchTemplate: group.launchTemplate,
      suspendedProcesses: group.suspendedProcesses,
    },
    instances: group.instances.map((instance) => ({
      instanceId: instance.instanceId,
      lifecycleState: instance.lifecycleState,
      healthStatus: instance.healthStatus,
      availabilityZone: instance.availabilityZone,
      launchTemplateVersion: instance.launchTemplateVersion,
      imageId: instance.imageId,
      version: record?.instances[instance.instanceId]?.reportedVersion ?? versionOf(images.get(instance.imageId ?? '')),
      commit: commitOf(images.get(instance.imageId ?? '')),
      targets: targetsOf(observation, instance.instanceId),
      logs: logsOf(images.get(instance.imageId ?? ''), instance.instanceId, logs),
    })),
    lease: lease && {
      epoch: lease.epoch,
      isActive: lease.isActive,
      command: lease.command,
      rolloutId: lease.rolloutId,
      holder: lease.holder.name,
      pid: lease.holder.pid,
      acquiredAt: new Date(lease.acquiredAt).toISOString(),
      renewedAt: new Date(lease.renewedAt).toISOString(),
    },
    rollout: record && describeRollout(record, observation),
    warm: record && describeWarm(record, observation),
  };
}

function describeWarm(record: RolloutRecord, observation: Observation): StatusDocument['warm'] {
  // While a rollout goes on, what an earlier one kept is in its record.
  const kept = isUnfinished(record) ? record.earlierWarm : findKeptWarm(record, observation);
  return (
    kept && {
      release: kept.release,
      instanceIds: kept.instanceIds,
      until: new Date(kept.untilAt).toISOString(),
      leftMs: Math.max(0, kept.untilAt - observation.at),
    }
  );
}

interface GroupLogs {
  readonly logGroup: string;
  readonly at: number;
  readonly shipped?: ReadonlyMap<string, number>;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What the agents say of themselves. That it cannot be read is no reason to show nothing. */
async function describeLogs(world: World, logGroup: string): Promise<GroupLogs> {
  try {
    return { logGroup, shipped: await readShipped(world, logGroup), at: world.clock.now() };
  } catch (error) {
    const { code, message } = describeFailure(error);
    return { logGroup, at: world.clock.now(), error: { code, message } };
  }
}

function logsOf(
  image: Parameters<typeof logGroupOf>[0],
  instanceId: string,
  logs: readonly GroupLogs[],
): StatusDocument['instances'][number]['logs'] {
  const found = logs.find(({ logGroup }) => logGroup === logGroupOf(image));
  if (found === undefined) return undefined;
  const { logGroup, shipped, error, at } = found;
  const until = shipped?.get(instanceId);
  if (until === undefined) return { logGroup, error };
  return { logGroup, shippedUntil: new Date(until).toISOString(), lagMs: Math.max(0, at - until) };
}

function targetsOf({ targetGroups }: Observation, instanceId: string): StatusDocument['instances'][number]['targets'] {
  return targetGroups.flatMap(({ name, targets }) =>
    targets
      .filter((target) => target.instanceId === instanceId)
      .map(({ port, state, reason, description }) => ({ targetGroup: name, port, state, reason, description })),
  );
}

async function describeGroupImages(world: World, { group }: Observation) {
  return describeImages(
    world.clients,
    group.instances.flatMap(({ imageId }) => imageId ?? []),
  );
}

function describeRollout(record: RolloutRecord, observation: Observation): NonNullable<StatusDocument['rollout']> {
  const need = record.needs ?? (isUnfinished(record) ? findVoid(record, observation) : undefined);
  return {
    rolloutId: record.rolloutId,
    phase: record.phase,
    outcome: record.outcome,
    needs: need && tellNeedWithCode(need),
    need,
    from: record.from,
    to: record.to,
    startedAt: new Date(record.startedAt).toISOString(),
    evidence: record.evidence.map(withMessage),
    heldBy: isUnfinished(record)
      ? findHolds(record, observation).map((hold) => ({ ...hold, text: tellHold(hold) }))
      : [],
  };
}

// What it waits for is no part of the record but where it is a person or a hook: it follows from the record and what is seen now.
function findHolds(record: RolloutRecord, observation: Observation): readonly Hold[] {
  const held = holdAtCheckpoint(record, observation.at);
  if (held !== undefined) return [held];
  const soaking = holdAtCanary(record, observation.at);
  if (soaking.length > 0) return soaking;
  return decide(record, observation).decisions.flatMap((decision) => (decision.kind === 'wait' ? decision.heldBy : []));
}
