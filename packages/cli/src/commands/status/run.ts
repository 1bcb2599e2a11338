import { describeImages, loadRecord, readLease, versionOf } from '@directrix/aws';
import { decide, type Hold, type Observation, type RolloutRecord } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { observeGroup } from '../../rollout/start-rollout.js';
import { isUnfinished } from '../../rollout/unfinished.js';
import type { World } from '../../world.js';
import type { StatusOptions } from './command.js';
import { formatStatus, type StatusDocument } from './output.js';

export async function runStatus(context: CommandContext, options: StatusOptions): Promise<void> {
  const { io } = context;
  try {
    const world = context.world ?? (await import('../../world.js')).createWorld(io);
    const document = await describeStatus(world, options.group);
    world.clients.destroy();
    io.stdout.write(
      options.json ? `${JSON.stringify(document, null, 2)}\n` : formatStatus(document, colorsFor(io.stdout, io.env)),
    );
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.status/1', error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

async function describeStatus(world: World, groupName: string): Promise<StatusDocument> {
  const { observation } = await observeGroup(world, groupName);
  const [lease, record, versions] = await Promise.all([
    readLease(world, groupName, world.holder),
    loadRecord(world.clients, groupName),
    describeVersions(world, observation),
  ]);
  const { group } = observation;
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
      version: record?.instances[instance.instanceId]?.reportedVersion ?? versions.get(instance.imageId ?? ''),
      targets: targetsOf(observation, instance.instanceId),
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
  };
}

function targetsOf({ targetGroups }: Observation, instanceId: string): StatusDocument['instances'][number]['targets'] {
  return targetGroups.flatMap(({ name, targets }) =>
    targets
      .filter((target) => target.instanceId === instanceId)
      .map(({ port, state, reason, description }) => ({ targetGroup: name, port, state, reason, description })),
  );
}

async function describeVersions(world: World, { group }: Observation): Promise<ReadonlyMap<string, string>> {
  const images = await describeImages(
    world.clients,
    group.instances.flatMap(({ imageId }) => imageId ?? []),
  );
  return new Map([...images].flatMap(([imageId, image]) => [[imageId, versionOf(image) ?? ''] as const]));
}

function describeRollout(record: RolloutRecord, observation: Observation): NonNullable<StatusDocument['rollout']> {
  return {
    rolloutId: record.rolloutId,
    phase: record.phase,
    outcome: record.outcome,
    needs: record.needs,
    from: record.from,
    to: record.to,
    startedAt: new Date(record.startedAt).toISOString(),
    evidence: record.evidence,
    heldBy: isUnfinished(record) ? findHolds(record, observation) : [],
  };
}

// What it waits for is no part of the record: it follows from the record and what is seen now.
function findHolds(record: RolloutRecord, observation: Observation): readonly Hold[] {
  return decide(record, observation).decisions.flatMap((decision) => (decision.kind === 'wait' ? decision.heldBy : []));
}
