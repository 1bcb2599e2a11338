// Hold: what a wait is held by. A code and its parts; sentences are made at the edge.
import type { ForwardPhase, Hook } from './checkpoint.js';
import type { InstanceState, TargetState } from './target-state.js';
import type { UnreadablePart } from './unreadable-part.js';

/** How much of an allowed time has passed. */
interface Progress {
  readonly waitedMs: number;
  readonly allowedMs: number;
}

/** Of one instance. */
export type InstanceHold = { readonly instanceId: string } /** It was healthy and is not any more. */ & (
  | ({ readonly code: 'DIPPED'; readonly targets: readonly TargetState[] } & Progress)
  | ({ readonly code: 'STARTING'; readonly lifecycleState: string } & Progress)
  | ({ readonly code: 'NOT_HEALTHY_YET'; readonly targets: readonly TargetState[] } & Progress)
  | ({ readonly code: 'PROVING' } & Progress)
  | { readonly code: 'VERSION_AWAITED'; readonly version: string; readonly status?: string }
  | ({ readonly code: 'DRAINING'; readonly lifecycleState: string } & Progress)
  /** Of another release, and not InService yet. */
  | { readonly code: 'LATE_JOINER'; readonly lifecycleState: string; readonly launchTemplateVersion?: string }
  | { readonly code: 'QUARANTINE_AWAITS_IN_SERVICE'; readonly lifecycleState: string }
  | ({ readonly code: 'OLD_NOT_SERVING_YET' } & InstanceState)
  /** Healthy, and not every page of it has been answered as it should be. */
  | {
      readonly code: 'PROOF_ANSWERING';
      /** Those that are not yet; empty: nobody has been answered. */
      readonly paths: readonly { readonly path: string; readonly requests: number; readonly failures: number }[];
    }
  /** The record knows it as warm, and this observation does not show it. */
  | { readonly code: 'WARM_NOT_SEEN' }
);

/** Of the group as a whole. */
export type GroupHold = { readonly instanceId?: undefined } & (
  | { readonly code: 'LAUNCHING'; readonly missing: number; readonly desiredCapacity: number }
  | {
      readonly code: 'NO_CAPACITY';
      readonly missing: number;
      readonly desiredCapacity: number;
      /** AWS's words of the launch that failed. */
      readonly awsText?: string;
    }
  /** Somebody else suspended these, and the group cannot launch, or take in, what is wanted. */
  | { readonly code: 'PROCESS_SUSPENDED'; readonly processes: readonly string[] }
  | {
      readonly code: 'FOREIGN_CHANGE_SEEN';
      readonly what: 'desiredCapacity' | 'launchTemplateVersion';
      readonly value: string;
    }
  | { readonly code: 'CHANGE_ON_ITS_WAY'; readonly change: ChangeOnItsWay }
  | {
      readonly code: 'OLD_ONES_FIRST';
      readonly version: string;
      readonly newServingCount: number;
      readonly wanted: number;
      readonly servingCount: number;
    }
  | { readonly code: 'NO_HEADROOM'; readonly maxSize: number; readonly wanted: number; readonly waitedMs: number }
  /** `alias` is still read as the version that was deleted. */
  | { readonly code: 'OLD_NEWS'; readonly alias: string; readonly launchTemplateVersion: string }
  /** Everything new serves, everything old is warm. */
  | ({
      readonly code: 'BAKING';
      readonly version: string;
      readonly warmCount: number;
      /** Of the release since it serves alone; undefined: nobody asks. */
      readonly requests?: { readonly requests: number; readonly failures: number };
    } & Progress)
  /** This share of users' requests goes to the canary. */
  | ({
      readonly code: 'CANARY_SOAKING';
      readonly version: string;
      readonly share: number;
      readonly step: number;
      readonly stepCount: number;
      /** Of the canary, as CloudWatch counts them. */
      readonly requests: number;
      readonly failures: number;
    } & Progress)
  /** The listener is as before, and requests to the canary may be under way still. */
  | ({ readonly code: 'CANARY_DRAINING' } & Progress)
  /** A gate has not seen enough to pass. `isDoubtful`: something speaks against the release, and not enough to fail it. */
  | {
      readonly code: 'GATE_UNDECIDED';
      readonly gate: GateName;
      readonly isDoubtful: boolean;
      readonly requests?: number;
      readonly failures?: number;
    }
  /** Requests fail for old and new alike: that is not held against the release, and nothing is moved meanwhile. */
  | { readonly code: 'OUTAGE_SHARED'; readonly requests: number; readonly failures: number }
  /** A person is to say yes. */
  | ({ readonly code: 'APPROVAL_AWAITED'; readonly phase: ForwardPhase } & Progress)
  | ({
      readonly code: 'HOOK_RUNNING';
      readonly when: Hook['when'];
      readonly phase: Hook['phase'];
      readonly name: string;
    } & Progress)
  /** Parts of the observation could not be read. */
  | { readonly code: 'PART_UNREADABLE'; readonly parts: readonly UnreadablePart[] }
  /** Everything is given back; the group still moves, or has just got its processes back. */
  | { readonly code: 'GROUP_NOT_AT_REST'; readonly unevenZones: boolean }
  | { readonly code: 'PHASES_CHANGING' }
  | { readonly code: 'LOOKING_AGAIN' }
  | { readonly code: 'AND_MORE'; readonly count: number }
);

export type Hold = (InstanceHold | GroupHold) & {
  /** When it ends by itself, or when it becomes a failure. Epoch milliseconds. */
  readonly untilAt?: number;
};

export type GateName = 'requests' | 'alarms' | 'traffic';

export type ChangeOnItsWay =
  | { readonly kind: 'setDesired'; readonly to: number }
  | {
      readonly kind: 'enterStandby' | 'exitStandby' | 'quarantine' | 'terminate' | 'attach';
      readonly instanceIds: readonly string[];
    };
