// Apart from the rest, so that a release loads no AWS SDK.
export type { Change } from './commits.js';
export { createGit, type Git, runChild } from './git.js';
export { type Left, performRelease, type Released, undoUnfinished } from './perform-release.js';
export { planRelease, type ReleasePlan, type ReleaseRequest, versionOfTag } from './plan-release.js';
export { findRoot, readRepository, requireClean } from './read-repository.js';
