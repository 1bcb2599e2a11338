// For other programs of an instance that talk to AWS: what an SDK error means, and which layer of the way to a service fails.
export { classify, type Failure } from './failure.js';
export { probeCredentials } from './instance-metadata.js';
export { type ProbeLimits, type ProbeTarget, probe } from './ladder.js';
export type { Diagnosis } from './secrets-error.js';
