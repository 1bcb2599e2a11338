import type { Failure } from './failure.js';

/** A part of an observation that could not be read. What it would say is unknown: never that nothing is there. */
export interface UnreadablePart {
  readonly part: 'activities' | 'instances' | 'launchTemplate' | 'targetGroups' | 'targetHealth' | 'reports';
  /** Of `targetHealth`: the target group's name. */
  readonly subject?: string;
  readonly failure: Failure;
}
