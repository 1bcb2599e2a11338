import type { ActKind } from './contract/act-kind.js';
import type { Ending } from './contract/ending.js';
import type { Evidence } from './contract/evidence.js';
import type { Failure } from './contract/failure.js';
import type { Hold } from './contract/hold.js';
import type { Notice } from './contract/notice.js';
import type { PhaseReason } from './contract/reason.js';
import type { TargetState } from './contract/target-state.js';
import type { Act } from './decision.js';
import type { Phase, Release } from './record.js';

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
  | { readonly kind: 'phase'; readonly phase: Phase; readonly because: PhaseReason }
  /** Written before the decision is applied. */
  | { readonly kind: 'decided'; readonly decision: Act }
  | { readonly kind: 'applied'; readonly decision: ActKind; readonly result?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'waiting'; readonly heldBy: readonly Hold[] }
  | ({ readonly kind: 'instance'; readonly instanceId: string } & InstanceStep)
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /** Something a person should know although the rollout goes on: somebody else's change, an environment that was already broken. */
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** What was kept of a quarantined instance; `path` is the local file of the bundle. */
  | {
      readonly kind: 'bundle';
      readonly instanceId: string;
      readonly path: string;
      readonly consoleTail: readonly string[];
    }
  | { readonly kind: 'retrying'; readonly what: 'observe' | 'save' | ActKind; readonly failure: Failure }
  | { readonly kind: 'interrupted'; readonly signal: string }
  | { readonly kind: 'finished'; readonly ending: Ending; readonly elapsedMs: number }
);

/** One step of an instance on its way. */
export type InstanceStep =
  | { readonly what: 'launched'; readonly availabilityZone: string }
  | { readonly what: 'inService' }
  | { readonly what: 'healthy' }
  | { readonly what: 'dipped'; readonly targets: readonly TargetState[] }
  /** What it said of itself: through the load balancer, or on its console while nobody reaches it. */
  | { readonly what: 'reported'; readonly by: 'loadBalancer'; readonly version: string; readonly status: string }
  | { readonly what: 'reported'; readonly by: 'console'; readonly status: string }
  /** `version`: what it reports; undefined when versions are not checked. */
  | { readonly what: 'verified'; readonly healthyMs: number; readonly version?: string }
  | { readonly what: 'warm' }
  /** One of the release; `terminated`: one of another release. Not by our doing. */
  | { readonly what: 'lost' | 'terminated'; readonly because: LossReason }
  /** Taken for lost, and in the group all the same. */
  | { readonly what: 'found'; readonly lifecycleState: string };

export type InstanceMilestone = InstanceStep['what'];

export type LossReason =
  /** `stateReason`: EC2's code of why it does not run: `Client.UserInitiatedShutdown`. */
  | {
      readonly code: 'LEAVING';
      readonly lifecycleState: string;
      readonly instanceState?: string;
      readonly stateReason?: string;
    }
  | { readonly code: 'GONE_FROM_EC2'; readonly instanceState: string; readonly stateReason?: string }
  | { readonly code: 'NOT_SEEN'; readonly observationCount: number };
