// Defaults of clean-up: the one owner. Help texts and docs/images.md read them here.

const dayMs = 24 * 3600 * 1000;

/** From disabled to deregistered, and from marked to deleted: long enough that somebody who misses an image can say so. */
export const defaultWindowMs = 7 * dayMs;

/** What is younger stays: a bake that nobody has deployed yet is named by nothing. */
export const defaultYoungestMs = dayMs;

/** Releases that served within this time stay. */
export const defaultRollbackWindowMs = 14 * dayMs;

/** And the last so many good releases of each group, however old. */
export const defaultGoodReleases = 3;

/**
 * AWS's list price of a standard snapshot in us-east-1, us-west-2 and eu-west-1: USD for each GiB and month. Other regions cost up to twice
 * as much. https://aws.amazon.com/ebs/pricing/
 */
export const snapshotUsdPerGibMonth = 0.05;
