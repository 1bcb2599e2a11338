// Health checks: how the target groups ask whether an instance is healthy, and whether somebody changed that during the rollout.
import type { Need } from './contract/need.js';
import type { HealthCheck } from './contract/target-state.js';
import type { Member } from './members.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';

/** Of each target group that tells it. */
export function listHealthChecks({ targetGroups }: Observation): readonly HealthCheck[] {
  return targetGroups.flatMap(({ name, healthCheck }) =>
    healthCheck === undefined ? [] : [{ targetGroupName: name, ...healthCheck }],
  );
}

/**
 * Somebody changed how a target group asks, and nothing tells that the release is at fault: no instance of before is healthy by what is
 * asked now.
 *
 * | the check  | old ones in service | then                                              |
 * |------------|---------------------|---------------------------------------------------|
 * | as before  | any                 | the release must answer for it                    |
 * | another    | one is healthy      | the release must answer for it: it can be met     |
 * | another    | none is healthy     | HEALTH_CHECK_CHANGED                              |
 * | another    | none is left        | HEALTH_CHECK_CHANGED: nobody shows what it is worth |
 */
export function findHealthCheckChanged(
  { original }: RolloutRecord,
  { targetGroups }: Observation,
  members: readonly Member[],
): Need | undefined {
  const changes = targetGroups.flatMap(({ name, targetGroupArn, healthCheck: now }) => {
    const before = original.healthChecks?.find(({ targetGroupName }) => targetGroupName === name);
    if (before === undefined || now === undefined || isSame(before, now)) return [];
    return [{ targetGroupArn, before, now: { targetGroupName: name, ...now } }];
  });
  const isMet = members.some(
    ({ isNew, isServing, instance }) => !isNew && isServing && instance.lifecycleState === 'InService',
  );
  return changes.length === 0 || isMet ? undefined : { code: 'HEALTH_CHECK_CHANGED', changes };
}

/** A matcher that the record of before does not tell says nothing. */
function isSame(before: HealthCheck, now: Omit<HealthCheck, 'targetGroupName'>): boolean {
  return (
    before.protocol === now.protocol &&
    before.port === now.port &&
    before.path === now.path &&
    (before.matcher === undefined || before.matcher === now.matcher)
  );
}
