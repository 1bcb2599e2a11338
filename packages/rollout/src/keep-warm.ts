// Keep warm: what stays in Standby after a rollout is done, and what the next one makes of it.
//
//   1. A rollout that is done with `keepWarmMs` leaves its old instances in Standby, and its record says until when.
//   2. A rollout to their very launch template version (a rollback) wakes them: it launches only those that are missing.
//   3. Any other rollout leaves them alone until it is done, and then ends them: the release before the new one is what is gone back
//      to. Rolled back, it leaves them as they were.
//   4. Only those that are in Standby now are ours. What somebody woke, detached or terminated is theirs (S6).
import { isWarmKept, listInFlightIds } from './ledger.js';
import type { Member } from './members.js';
import type { InstanceObservation } from './observation.js';
import type { KeptWarm, RolloutRecord } from './record.js';
import type { Situation } from './step.js';

/**
 * What an ended rollout keeps in Standby of the group that is seen now; undefined where nothing is left of it, and of a rollout that
 * can still go on.
 *
 * | outcome    | keeps                                                       |
 * |------------|-------------------------------------------------------------|
 * | done       | its own old instances, with `keepWarmMs`                    |
 * | rolledBack | those that an earlier rollout kept, until their own time    |
 * | other      | nothing: the rollout itself still has them, or a person     |
 */
export function findKeptWarm(
  record: RolloutRecord,
  {
    group,
  }: { readonly group: { readonly instances: readonly Pick<InstanceObservation, 'instanceId' | 'lifecycleState'>[] } },
): KeptWarm | undefined {
  const kept = readKeptWarm(record);
  if (kept === undefined) return undefined;
  const inStandby = new Set(
    group.instances.flatMap(({ instanceId, lifecycleState }) => (lifecycleState === 'Standby' ? [instanceId] : [])),
  );
  const instanceIds = kept.instanceIds.filter((id) => inStandby.has(id));
  return instanceIds.length === 0 ? undefined : { ...kept, instanceIds };
}

/** The same by the record alone: some of them may be gone. */
export function readKeptWarm(record: RolloutRecord): KeptWarm | undefined {
  const { outcome, warmUntilAt: untilAt, rolloutId, from, instances, earlierWarm } = record;
  if (outcome === 'rolledBack') return earlierWarm;
  if (outcome !== 'done' || untilAt === undefined) return undefined;
  const instanceIds = Object.keys(instances).filter((id) => isWarmKept(instances[id] ?? { firstSeenAt: 0 }));
  return { rolloutId, release: from, instanceIds, untilAt };
}

/** Whether this rollout leaves its old instances warm when it is done. */
export function isKeptWarm({ options, isGoingBack }: RolloutRecord): boolean {
  return (options.keepWarmMs ?? 0) > 0 && isGoingBack !== true;
}

/** In Standby since an earlier rollout, and not woken by this one. */
export function isEarlierWarm(
  { earlierWarm, instances }: RolloutRecord,
  instanceId: string,
  lifecycleState: string,
): boolean {
  return (
    lifecycleState === 'Standby' &&
    earlierWarm?.instanceIds.includes(instanceId) === true &&
    instances[instanceId]?.revivedAt === undefined
  );
}

/** Of the very release that is rolled to: they are woken in place of a launch. */
export function listAsleep({ record, members }: Situation): readonly Member[] {
  return listEarlier({ record, members }).filter(({ isNew, isDead }) => isNew && !isDead);
}

/** What an earlier rollout kept, and nobody needs any more. */
export function listNeedless({ record, members }: Situation): readonly Member[] {
  return listEarlier({ record, members }).filter(
    ({ instanceId }) => record.instances[instanceId]?.leftAt === undefined,
  );
}

function listEarlier({ record, members }: Pick<Situation, 'record' | 'members'>): readonly Member[] {
  if (record.earlierWarm === undefined) return [];
  const inFlight = listInFlightIds(record);
  return members.filter(
    ({ instanceId, instance }) =>
      isEarlierWarm(record, instanceId, instance.lifecycleState) && !inFlight.has(instanceId),
  );
}
