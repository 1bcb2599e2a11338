// What to do now, as data. packages/aws applies it; each is idempotent, and names why it is taken.

/** Why: a code and a sentence. */
export interface Reason {
  readonly code: string;
  readonly text: string;
}

/** What a wait is held by, so that the terminal can say it. */
export interface Hold {
  readonly code: string;
  /** `i-0ab is draining: 112 of 300 s`. */
  readonly text: string;
  readonly instanceId?: string;
  /** When it ends by itself, or when it becomes a failure. */
  readonly untilAt?: number;
}

export type Decision =
  /** The group names this version of its launch template from now on. `$Latest` and `$Default` only when the original is restored. */
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
  | { readonly kind: 'enterStandby' | 'exitStandby'; readonly instanceIds: readonly string[]; readonly because: Reason }
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
  | { readonly kind: 'wait'; readonly heldBy: readonly Hold[] };
