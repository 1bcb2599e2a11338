// Defaults and limits of a watch. Times are milliseconds.

/** How often a check is made. */
export const everyMsDefault = 30_000;
export const everyMsLeast = 1_000;
export const everyMsMax = 86_400_000;

/** How many more looks, one after the other, must be bad too before a place calls a check down. */
export const confirmationsDefault = 1;

/** A look may take so long: four tenths of the interval, so that two of them and the pause between fit into one interval. */
export function timeoutMsFor(everyMs: number): number {
  return Math.min(10_000, Math.max(1_000, everyMs * 0.4));
}

/** The pause before a bad look is confirmed. */
export function confirmAfterMsFor(everyMs: number): number {
  return Math.min(1_000, everyMs * 0.1);
}

/** How long a check must be well before an incident is over. A site that flaps within it has one incident. */
export const recoverAfterMsDefault = 60_000;
/** An incident that began so soon after the last one of its check ended is that one again. */
export const reopenWithinMs = 30 * 60_000;
/** Each time an incident is opened again, it must be well for twice as long; at most so long. */
export const recoverAfterMsMax = 30 * 60_000;

/** An alarm of an incident that goes on is sent again. */
export const resendEveryMsDefault = 3_600_000;

/** How often a place tells the others what it sees, when nothing changes. */
export const reportEveryMs = 5_000;
/** A place that was not heard for so long is silent: it is no witness. */
export const silentAfterMs = 20_000;

/** How long what the control targets said is good for. */
export const controlFreshMs = 1_000;

/** How often the record of a group's rollout is read. */
export const deployEveryMs = 15_000;
/** A rollout that put an instance into service so long before an incident is told with it. */
export const deployWithinMs = 3_600_000;

export const deadMansSwitchEveryMsDefault = 60_000;

export const historyDaysDefault = 90;

export const listenDefault = { host: '127.0.0.1', port: 9720 } as const;

export const checkCountMax = 2_000;
export const placeCountMax = 50;
export const channelCountMax = 20;
