import { createObserver, createRouteFinder, type Observer, type RouteFinder } from '@directrix/aws';
import { DirectrixError, leftBehindWindowMs, type Observation } from '@directrix/rollout';
import type { World } from '../world.js';

/** What has looked at a group, and need not look again for what does not change. */
export interface Looked {
  readonly observer: Observer;
  readonly routes: RouteFinder;
}

export function createLooked(world: World): Looked {
  return { observer: createObserver(world.clients, world.clock), routes: createRouteFinder(world.clients) };
}

/** The group before anything is changed. */
export async function observeGroup(world: World, groupName: string, looked: Looked = createLooked(world)) {
  const since = world.clock.now() - leftBehindWindowMs;
  const observation = await looked.observer.observe({ groupName, since, detachedIds: [], isWhole: true });
  return { observation, targetGroups: looked.observer.targetGroups, looked };
}

export type ObservedGroup = Awaited<ReturnType<typeof observeGroup>>;

/**
 * Throws the failure of the first part that could not be read: what is not known before the start is a reason not to start. A
 * target group that does not exist is TARGET_GROUP_MISSING.
 */
export function refuseUnread({ group, unreadable = [], targetGroups }: Observation): void {
  const source = `group ${group.name}`;
  for (const { part, failure } of unreadable)
    throw new DirectrixError(failure.code, `${part} of ${group.name} cannot be read: ${failure.text}`, {
      kind: failure.kind,
      source,
    });
  for (const { name, targetGroupArn, unreadable: failure } of targetGroups) {
    if (failure === undefined) continue;
    const isGone = failure.kind === 'missing';
    throw new DirectrixError(
      isGone ? 'TARGET_GROUP_MISSING' : failure.code,
      isGone
        ? `${group.name} is attached to the target group ${name}, which does not exist.`
        : `The targets of ${name} cannot be read: ${failure.text}`,
      {
        kind: failure.kind,
        source,
        ...(isGone ? { hint: `detach it from the group: ${targetGroupArn}` } : {}),
      },
    );
  }
}
