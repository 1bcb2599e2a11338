// Health checks: how the target groups ask whether an instance is healthy, and whether somebody changed that during the rollout.
import type { Need } from './contract/need.js';
import type { HealthCheck, KeptHealthChecks } from './contract/target-state.js';
import type { Member } from './members.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';

/** Of each target group that tells it. */
export function keepHealthChecks({ targetGroups }: Observation): KeptHealthChecks {
  return Object.fromEntries(
    targetGroups.flatMap(({ name, healthCheck }) => {
      if (healthCheck === undefined) return [];
      const { protocol, port, path = '', matcher = '' } = healthCheck;
      return [[name, [protocol, port, path, matcher] as const] as const];
    }),
  );
}

function readKept(targetGroupName: string, kept: KeptHealthChecks[string]): HealthCheck {
  const [protocol, port, path, matcher] = kept;
  return { targetGroupName, protocol, port, ...(path !== '' && { path }), ...(matcher !== '' && { matcher }) };
}

/**
 * Somebody changed the health check of a target group, and none of the old instances in service passes it: nothing shows that the release is
 * at fault. When no old instance is in service, the ones that are woken on the way back will show it.
 *
 * | the check  | old ones in service | then                                          |
 * |------------|---------------------|-----------------------------------------------|
 * | as before  | any                 | the release must answer for it                |
 * | another    | one is healthy      | the release must answer for it: it can be met |
 * | another    | none is healthy     | HEALTH_CHECK_CHANGED                          |
 * | another    | there is none       | the release must answer for it                |
 */
export function findHealthCheckChanged(
  { original }: RolloutRecord,
  { targetGroups }: Observation,
  members: readonly Member[],
): Need | undefined {
  const changes = targetGroups.flatMap(({ name, targetGroupArn, healthCheck: now }) => {
    const kept = original.healthChecks?.[name];
    if (kept === undefined || now === undefined) return [];
    const before = readKept(name, kept);
    if (isSame(before, now)) return [];
    return [{ targetGroupArn, before, now: { targetGroupName: name, ...now } }];
  });
  const old = members.filter(
    ({ isNew, isDead, instance }) => !isNew && !isDead && instance.lifecycleState === 'InService',
  );
  const isUnmet = old.length > 0 && !old.some(({ isServing }) => isServing);
  return changes.length > 0 && isUnmet ? { code: 'HEALTH_CHECK_CHANGED', changes } : undefined;
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
