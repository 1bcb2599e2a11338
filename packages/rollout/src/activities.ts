// Activities: what a group's scaling activities say, in AWS's words.
import type { ActivityObservation } from './observation.js';

/** The activity that tells how the instance left the group. */
export function findDeparture(
  instanceId: string,
  activities: readonly ActivityObservation[],
): ActivityObservation | undefined {
  return activities.find(
    ({ description }) => description?.includes(instanceId) && /terminat|detach/i.test(description),
  );
}

const othersDoing =
  /shrinking the capacity|difference between desired and actual capacity|user request|spot|interruption|rebalanc|availability zones|instance lifetime|instance refresh|scheduled/i;

/**
 * Whether it says nothing of what ran on the instance: the group shrinks or moves, a person took it, EC2 wants it back. A failed health
 * check does, whoever reports it.
 */
export function isOthersDoing({ cause }: ActivityObservation): boolean {
  return othersDoing.test(cause) && !/health/i.test(cause);
}

/** EC2's codes of a Spot interruption. */
const spotReasons = ['Server.SpotInstanceShutdown', 'Server.SpotInstanceTermination'] as const;

/** Whether EC2 took a Spot instance back. */
export function isSpotInterruption(stateReason: string | undefined): boolean {
  return spotReasons.some((code) => code === stateReason);
}

/** EC2's codes of an end that nothing on the instance brought about. What it did to itself is `Client.InstanceInitiatedShutdown`. */
const endedByOthers: ReadonlySet<string> = new Set([
  'Client.UserInitiatedShutdown',
  'Client.UserInitiatedHibernate',
  'Client.InstanceTerminated',
  'Server.ScheduledStop',
  ...spotReasons,
]);

/**
 * Whether somebody ended the instance in EC2. Auto Scaling ends instances as a user does, so that EC2's reason counts only where Auto
 * Scaling did not end it, but found it ended.
 */
export function isEndedInEc2(stateReason: string | undefined, departure: ActivityObservation | undefined): boolean {
  const isFoundEnded = departure === undefined || /terminated or stopped/i.test(departure.cause);
  return isFoundEnded && stateReason !== undefined && endedByOthers.has(stateReason);
}

/** Somebody's change of DesiredCapacity, in the numbers of the moment. Who it was is left open where the text names neither. */
interface CapacityWrite {
  readonly startedAt: number;
  readonly from: number;
  readonly to: number;
  readonly isByUser: boolean;
  readonly isByPolicy: boolean;
  /** DesiredCapacity itself was written, and not only the sizes that bound it. */
  readonly isOfCapacity: boolean;
}

/** In the order of the activities: newest first. */
export function readCapacityWrites(activities: readonly ActivityObservation[]): readonly CapacityWrite[] {
  return activities.flatMap(({ cause, startedAt }) => {
    const [, from, to] = /changing the desired capacity from (\d+) to (\d+)/.exec(cause) ?? [];
    if (from === undefined || to === undefined) return [];
    return [
      {
        startedAt,
        from: Number(from),
        to: Number(to),
        isByUser: /user request/i.test(cause),
        isByPolicy: /triggered policy|alarm/i.test(cause),
        isOfCapacity: /explicitly set group desired capacity/.test(cause),
      },
    ];
  });
}
