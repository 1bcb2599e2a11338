// The bounds of a rollout that are not options. Each ends a wait or a loop that would otherwise be without end.

/** How long an accepted change may stay invisible: Describe calls are eventually consistent. */
export const staleReadMs = 30_000;

/** In how many observations in a row an instance must be missing before it is lost. */
export const missedCountToBeLost = 3;

/** In how many observations in a row somebody else's change must be seen before it is believed. */
export const sightingsToBelieve = 3;

/** The dip that is decisive by its number: a new instance that was healthy and then was not, this often, flaps. */
export const decisiveDipCount = 3;

/** How many refusals of decisions by AWS in a row end the attempt. Throttling does not count. */
export const decisiveFailureCount = 5;

/** How long a bad instance that is still Pending may take to get where it can be detached, before it is terminated. */
export const pendingPatienceMs = 60_000;

/** How often the final audit may send a rollout back to roll. */
export const roundCountMax = 10;

/** A wait names at most so many instances, then how many more there are. */
export const holdCountMax = 20;
