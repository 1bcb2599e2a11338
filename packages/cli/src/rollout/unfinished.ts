import { loadRecord, readLease } from '@directrix/aws';
import { DirectrixError, type RolloutRecord } from '@directrix/rollout';
import type { World } from '../world.js';

/** Whether the rollout still has something in force. One that needs a human waits to be resumed or aborted. */
export function isUnfinished(record: RolloutRecord): boolean {
  return record.outcome === undefined || record.outcome === 'needsHuman';
}

/**
 * Throws GROUP_BUSY when somebody is changing the group now, and ROLLOUT_UNFINISHED when somebody was and did not end it. To be asked
 * before the lease is taken, and again under it.
 */
export async function refuseUnfinished(world: World, groupName: string): Promise<void> {
  const [lease, record] = await Promise.all([
    readLease(world, groupName, world.holder),
    loadRecord(world.clients, groupName),
  ]);
  const isOurs = lease?.holder.machine === world.holder.machine && lease.holder.pid === world.holder.pid;
  if (lease?.isActive && !isOurs)
    throw new DirectrixError(
      'GROUP_BUSY',
      `${groupName} is already being changed: ${lease.command} by ${lease.holder.name} (pid ${lease.holder.pid}) since ${new Date(lease.acquiredAt).toISOString()}.`,
      { source: `rollout ${lease.rolloutId}`, hint: `directrix status --group ${groupName} shows how far it is` },
    );
  if (record === undefined || !isUnfinished(record)) return;
  throw new DirectrixError(
    'ROLLOUT_UNFINISHED',
    `The rollout ${record.rolloutId} of ${groupName} to ${record.to.version} ${describeStop(record)}.`,
    {
      source: `record of ${groupName}`,
      hint: `directrix resume --group ${groupName} goes on with it; directrix abort --group ${groupName} takes the group back to ${record.from.version}`,
    },
  );
}

function describeStop(record: RolloutRecord): string {
  if (record.outcome === 'needsHuman') return `needs a human: ${record.needs ?? 'see its journal'}`;
  return `was interrupted in phase ${record.phase}`;
}

/** The record of a rollout that can go on. Throws NOTHING_TO_RESUME when there is none. */
export async function requireUnfinished(world: World, groupName: string): Promise<RolloutRecord> {
  const record = await loadRecord(world.clients, groupName);
  if (record !== undefined && isUnfinished(record)) return record;
  const past =
    record === undefined
      ? 'there was never one'
      : `the last one, ${record.rolloutId} to ${record.to.version}, ended: ${record.outcome}`;
  throw new DirectrixError('NOTHING_TO_RESUME', `No rollout of ${groupName} is unfinished; ${past}.`, {
    source: `record of ${groupName}`,
    hint: `directrix deploy --group ${groupName} --version V begins one`,
  });
}
