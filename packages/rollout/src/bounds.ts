// The bounds of a rollout that are not options. Each ends a wait or a loop that would otherwise be without end.

/** How long an accepted change may stay invisible: Describe calls are eventually consistent. */
export const staleReadMs = 30_000;

/** In how many observations in a row an instance must be missing before it is lost. */
export const missedCountToBeLost = 3;

/** In how many observations in a row somebody else's change must be seen before it is believed. */
export const sightingsToBelieve = 3;

/** The dip that is decisive by its number: a new instance that was healthy and then was not, this often, flaps. */
export const decisiveDipCount = 3;

/** How many refusals of the same kind of act in a row end the attempt. What passes by itself does not count. */
export const decisiveFailureCount = 5;

/** How long a bad instance that is still Pending may take to get where it can be detached, before it is terminated. */
export const pendingPatienceMs = 60_000;

/** How often the final audit may send a rollout back to roll. */
export const roundCountMax = 10;

/** A wait names at most so many instances, then how many more there are. */
export const holdCountMax = 20;

/** An activity may appear so much later than what it tells of; until then a lost instance is not held against the release. */
export const activityLagMs = 15_000;

/** How long a launch lifecycle hook may hold an instance where the group's hooks are not known: AWS's default. */
export const defaultLaunchHookTimeoutMs = 3_600_000;

/** How long a group whose zones are uneven is watched, once AZRebalance runs again, before it counts as at rest. */
export const unevenRestMs = 120_000;

/** How many progress deadlines a group may take to come to rest, once everything was given back. */
export const restDeadlines = 3;

/** How old what a record says of a wait at a checkpoint may be. */
export const heldNewsMs = 60_000;

/** The longest pause between two observations of a rollout in which nothing fails. */
export const longestPauseMs = 10_000;

/** AWS's default of `deregistration_delay.timeout_seconds`, in milliseconds. */
export const awsDrainMs = 300_000;
