// What to do now, as data. packages/aws applies it; each is idempotent, and names why it is taken.
import type { ForwardPlace, PlainForward } from './canary-plan.js';
import type { ActKind } from './contract/act-kind.js';
import type { Hold } from './contract/hold.js';
import type { Reason } from './contract/reason.js';
import type { ShadowPlace } from './shadow.js';

/**
 * What an act relies on: where an earlier act of one of these kinds was refused in the same step, it is not tried. Undefined: on
 * nothing.
 */
interface Relying {
  readonly dependsOn?: readonly ActKind[];
}

export type Decision = Act | { readonly kind: 'wait'; readonly heldBy: readonly Hold[] };

/** A decision that changes something. */
export type Act = Relying &
  /** The group names this version of its launch template from now on. `$Latest` and `$Default` only when the original is restored. */
  (
    | { readonly kind: 'pinLaunchTemplate'; readonly version: string; readonly because: Reason }
    /** A new version from `sourceVersion` with only the image replaced. The result goes into the record as `to.launchTemplateVersion`. */
    | {
        readonly kind: 'createLaunchTemplateVersion';
        readonly sourceVersion: string;
        readonly imageId: string;
        readonly because: Reason;
      }
    | { readonly kind: 'deleteLaunchTemplateVersion'; readonly version: string; readonly because: Reason }
    | { readonly kind: 'setDefaultLaunchTemplateVersion'; readonly version: string; readonly because: Reason }
    | {
        readonly kind: 'suspendProcesses' | 'resumeProcesses';
        readonly processes: readonly string[];
        readonly because: Reason;
      }
    /** Only the sizes that are named change. */
    | {
        readonly kind: 'setSizes';
        readonly minSize?: number;
        readonly maxSize?: number;
        readonly desiredCapacity?: number;
        /**
         * With `desiredCapacity`: what it was when this was decided. The one who applies looks again: equal to this, it is set;
         * anything else is somebody else's change, or this was read long ago, and DESIRED_CAPACITY_CHANGED is thrown with nothing
         * changed (S6). Also when it is already as wanted: it was not us.
         */
        readonly ifDesiredCapacity?: number;
        readonly because: Reason;
      }
    /** Out of service and out of the desired capacity, still running: warm. */
    | {
        readonly kind: 'enterStandby' | 'exitStandby';
        readonly instanceIds: readonly string[];
        /** As for setSizes: a look that is older than somebody's change must not take what they count on. */
        readonly ifDesiredCapacity?: number;
        readonly because: Reason;
      }
    /** Evidence first, then out of every target group and out of the group's capacity, tagged, still running. */
    | {
        readonly kind: 'quarantine';
        readonly instanceIds: readonly string[];
        readonly expiresAt: number;
        readonly because: Reason;
      }
    /** `decrement`: whether DesiredCapacity falls with it (it does not for an instance in Standby). */
    | {
        readonly kind: 'terminate';
        readonly instanceIds: readonly string[];
        readonly decrement: boolean;
        readonly because: Reason;
      }
    /**
     * The shadow target group, a copy of the settings of `place.targetGroupArn`, and the rule of the listener that leads to it. Both are
     * found again by the rollout's id. The result goes into the record as `ours.shadow.route`.
     */
    | { readonly kind: 'openShadow'; readonly place: ShadowPlace; readonly because: Reason }
    /** The rule first, then the target group. `targetGroupArn`: where it is known. */
    | {
        readonly kind: 'closeShadow';
        readonly place: ShadowPlace;
        readonly targetGroupArn?: string;
        readonly because: Reason;
      }
    /** One instance of the release outside of the group. The result, `{ instanceId }`, goes into the record. */
    | {
        readonly kind: 'launchProof';
        readonly launchTemplateVersion: string;
        readonly availabilityZone: string;
        /** Of those that take part in the canary beside the first. Undefined: the one that is tried. */
        readonly ordinal?: number;
        readonly because: Reason;
      }
    | {
        readonly kind: 'registerProof';
        readonly instanceId: string;
        readonly targetGroupArn: string;
        readonly because: Reason;
      }
    /** Into the group, and into its desired capacity, which rises with each. */
    | { readonly kind: 'attach'; readonly instanceIds: readonly string[]; readonly because: Reason }
    /**
     * The instance outside of the group ends, or is kept with a tag that says until when. Without an id it is looked for by the
     * rollout's tag. One that is in the group only loses its tag. The result says how many were found, and whether it had joined:
     * `{ found, joined }`.
     */
    | {
        readonly kind: 'endProof';
        readonly instanceId?: string;
        readonly ordinal?: number;
        readonly isKept: boolean;
        readonly expiresAt: number;
        readonly because: Reason;
      }
    /**
     * The shadow target group gets this share of what the action forwards. The one who applies looks again: anything but `original`
     * or what this rollout has set is somebody else's, and FORWARD_CHANGED is thrown with nothing changed (S6).
     */
    | {
        readonly kind: 'setForward';
        readonly place: ForwardPlace;
        readonly original: PlainForward;
        readonly targetGroupArn: string;
        readonly share: number;
        readonly because: Reason;
      }
    /**
     * The action is as it was. What somebody else made of it meanwhile stays theirs, without the shadow target group in it. The result
     * says whether it was: `{ isTheirs }`.
     */
    | {
        readonly kind: 'restoreForward';
        readonly place: ForwardPlace;
        readonly original: PlainForward;
        readonly targetGroupArn: string;
        readonly because: Reason;
      }
  );
