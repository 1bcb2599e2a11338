import type { LabTiming } from './types.js';

/** What AWS's unpublished timings are taken to be, in lab milliseconds. Each is a knob of createLab. */
export const DEFAULT_TIMING: LabTiming = {
  instancePendingMs: 5_000,
  instanceShutdownMs: 10_000,
  groupPollMs: 5_000,
  targetRegistrationMs: 2_000,
  vpcEndpointPendingMs: 20_000,
  imagePendingMs: 20_000,
  connectTimeoutMs: 135_000,
  stackStepMs: 500,
};
