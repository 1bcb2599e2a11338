import type { Decision, Hold } from './decision.js';
import type { Evidence, Outcome, Phase, Release } from './record.js';

/**
 * One line of the journal. The terminal view, `--json` and every later report are drawn from these alone. `at` is epoch
 * milliseconds, `rolloutId` names the rollout.
 */
export type RolloutEvent = { readonly at: number; readonly rolloutId: string } & (
  | {
      readonly kind: 'started';
      readonly groupName: string;
      readonly from: Release;
      readonly to: Release;
      readonly epoch: number;
    }
  | { readonly kind: 'phase'; readonly phase: Phase; readonly because: string }
  /** Written before the decision is applied. */
  | { readonly kind: 'decided'; readonly decision: Exclude<Decision, { readonly kind: 'wait' }> }
  | { readonly kind: 'applied'; readonly decision: string; readonly result?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'waiting'; readonly heldBy: readonly Hold[] }
  | { readonly kind: 'instance'; readonly instanceId: string; readonly what: InstanceMilestone; readonly text: string }
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /** Something a person should know although the rollout goes on: somebody else's change, an environment that was already broken. */
  | { readonly kind: 'notice'; readonly code: string; readonly text: string }
  /** What was kept of a quarantined instance; `path` is the local file of the bundle. */
  | {
      readonly kind: 'bundle';
      readonly instanceId: string;
      readonly path: string;
      readonly consoleTail: readonly string[];
    }
  | { readonly kind: 'retrying'; readonly what: string; readonly error: string }
  | { readonly kind: 'interrupted'; readonly signal: string }
  | { readonly kind: 'finished'; readonly outcome: Outcome; readonly text: string; readonly elapsedMs: number }
);

export type InstanceMilestone =
  | 'launched'
  | 'inService'
  | 'healthy'
  | 'dipped'
  | 'reported'
  | 'verified'
  | 'warm'
  | 'quarantined'
  | 'terminated'
  | 'lost';
