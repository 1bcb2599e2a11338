import { describeGroup, isSameHolder, loadRecord, readLease } from '@directrix/aws';
import {
  DirectrixError,
  findReplaced,
  isLeftAlone,
  type Need,
  type Observation,
  type RolloutRecord,
  relayCode,
  shell,
} from '@directrix/rollout';
import { adviseNeed, tellNeed, tellNeedWithCode } from '../text/need-text.js';
import type { World } from '../world.js';

/** Whether the rollout still has something in force. One that needs a human waits to be resumed or aborted. */
export function isUnfinished(record: RolloutRecord): boolean {
  return record.outcome === undefined || record.outcome === 'needsHuman';
}

/** Whether the record keeps another rollout from beginning in the group that is seen. */
export function isInTheWay(record: RolloutRecord, seen: Parameters<typeof findReplaced>[1]): boolean {
  return isUnfinished(record) && findVoid(record, seen) === undefined && !isLeftAlone(record);
}

/** Why the record is void: the group that it is of is gone, and another one has its name. Undefined: it is of this group. */
export function findVoid(record: RolloutRecord, seen: Parameters<typeof findReplaced>[1]): Need | undefined {
  const replaced = findReplaced(record, seen);
  return replaced?.code === 'GROUP_REPLACED' ? replaced : undefined;
}

/**
 * The record of the last rollout, which ended, or is void. Throws GROUP_BUSY when somebody is changing the group now, and
 * ROLLOUT_UNFINISHED when somebody was and did not end it. To be asked before the lease is taken, and again under it.
 */
export async function refuseUnfinished(
  world: World,
  groupName: string,
  observation: Observation,
): Promise<RolloutRecord | undefined> {
  const [lease, record] = await Promise.all([readLease(world, groupName), loadRecord(world.clients, groupName)]);
  if (lease?.isActive && !isSameHolder(lease.holder, world.holder))
    throw new DirectrixError(
      'GROUP_BUSY',
      `${groupName} is already being changed: ${lease.command} by ${lease.holder.name} (pid ${lease.holder.pid}) since ${new Date(lease.acquiredAt).toISOString()}.`,
      {
        source: `rollout ${lease.rolloutId}`,
        hint: `${shell`directrix status --group ${groupName}`} shows how far it is`,
      },
    );
  if (record === undefined || !isInTheWay(record, observation)) return record;
  throw new DirectrixError(
    'ROLLOUT_UNFINISHED',
    `The rollout ${record.rolloutId} of ${groupName} to ${record.to.version} ${describeStop(record)}.`,
    {
      source: `record of ${groupName}`,
      hint: `${shell`directrix resume --group ${groupName}`} goes on with it; ${shell`directrix abort --group ${groupName}`} takes the group back to ${record.from.version}`,
    },
  );
}

function describeStop(record: RolloutRecord): string {
  if (record.outcome === 'needsHuman')
    return `needs a human: ${record.needs === undefined ? 'see its journal' : tellNeedWithCode(record.needs)}`;
  return `was interrupted in phase ${record.phase}`;
}

/**
 * The record of a rollout that can go on. Throws NOTHING_TO_RESUME when there is none, GROUP_REPLACED when it is of another group of
 * that name, and GROUP_NOT_FOUND when there is no group any more.
 */
export async function requireUnfinished(world: World, groupName: string): Promise<RolloutRecord> {
  const record = await loadRecord(world.clients, groupName);
  if (record !== undefined && isUnfinished(record)) {
    const { AutoScalingGroupARN: groupArn } = await describeGroup(world.clients, groupName);
    const isVoid = findVoid(record, { group: { groupArn } });
    if (isVoid === undefined) return record;
    throw new DirectrixError(relayCode(isVoid.code), `${tellNeed(isVoid)}.`, {
      source: `record of ${groupName}`,
      hint: adviseNeed(isVoid, groupName),
    });
  }
  const past =
    record === undefined
      ? 'there was never one'
      : `the last one, ${record.rolloutId} to ${record.to.version}, ended: ${record.outcome}`;
  throw new DirectrixError('NOTHING_TO_RESUME', `No rollout of ${groupName} is unfinished; ${past}.`, {
    source: `record of ${groupName}`,
    hint: `${shell`directrix deploy --group ${groupName} --version V`} begins one`,
  });
}
