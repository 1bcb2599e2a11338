// The record: all that must survive a kill. Plain JSON, versioned, written before the change that it allows to undo (S5).
import type { LaunchTemplateReference } from './observation.js';

/** A version of the application and the machine that runs it. */
export interface Release {
  /** What the instance reports: `0.149.2`. */
  readonly version: string;
  readonly imageId: string;
  /** The launch template's numeric version; undefined until it is created. */
  readonly launchTemplateVersion?: string;
}

export interface RolloutOptions {
  /** How many instances are added at a time, at least 1. Limited by MaxSize. */
  readonly surge: number;
  /** How long a new instance must be healthy in every target group, without a dip, before it counts. */
  readonly minHealthyTimeMs: number;
  /** How long an instance may take from its launch to its first healthy check. */
  readonly startTimeoutMs: number;
  /** How long the rollout may go without one more verified instance. It moves with each. */
  readonly progressDeadlineMs: number;
  /** Pause between two observations. */
  readonly tickMs: number;
  /** How long a quarantined instance is to be kept: written in its tag. */
  readonly quarantineTtlMs: number;
  /** Whether each instance must report the release's version through the load balancer. */
  readonly isVersionChecked: boolean;
}

export type Phase = 'prove' | 'canary' | 'roll' | 'bake' | 'halt' | 'rollBack' | 'repair' | 'finish';

export type Outcome =
  /** Every instance is of the release. */
  | 'done'
  /** The release was bad: halted, and the group is as it was. */
  | 'rolledBack'
  /** We cannot go on by ourselves; `needs` says what for. */
  | 'needsHuman';

/** What made us halt. Codes are stable and documented in docs/errors.md. */
export interface Evidence {
  readonly code: string;
  /** One sentence with the ids and numbers that mattered. */
  readonly message: string;
  readonly at: number;
  readonly instanceIds: readonly string[];
}

export interface RolloutRecord {
  readonly schema: 1;
  readonly rolloutId: string;
  /** The lease's number: the fencing token of every mutation. */
  readonly epoch: number;
  readonly groupName: string;
  readonly startedAt: number;
  readonly options: RolloutOptions;
  readonly from: Release & { readonly launchTemplateVersion: string };
  readonly to: Release;
  /** What the group was before us, to restore (S5). */
  readonly original: {
    readonly minSize: number;
    readonly maxSize: number;
    readonly desiredCapacity: number;
    readonly launchTemplate: LaunchTemplateReference;
    readonly suspendedProcesses: readonly string[];
    /** The instances of the old release at the start. */
    readonly instanceIds: readonly string[];
    /** What `$Default` meant, to restore where we moved it. */
    readonly defaultLaunchTemplateVersion?: string;
    /** How many instances were healthy in every target group. 0: the environment was already broken. */
    readonly servingCount?: number;
  };
  /** Our own deltas that are in force now, each written before it was applied (S5, S6). */
  readonly ours: {
    /** How much of DesiredCapacity is ours: what the group would want without us is DesiredCapacity minus this. */
    readonly surge: number;
    readonly suspendedProcesses: readonly string[];
    readonly isLaunchTemplatePinned: boolean;
    /** Whether the release's launch template version was created by this rollout, and so may be deleted by it. */
    readonly hasCreatedLaunchTemplateVersion: boolean;
    /** The version that the group names because of us. */
    readonly pin?: Pin;
    /** The version that we created and deleted again: a read that still shows it is an old one. */
    readonly withdrawnVersion?: string;
    /** Sizes that we changed for a while. */
    readonly minSize?: TemporarySize;
    readonly maxSize?: TemporarySize;
    /** Whether `$Default` was moved by this rollout, and so may be moved back by it. */
    readonly hasMovedDefaultVersion?: boolean;
    /** Changes of capacity that were ordered and not seen yet. Written before they are applied. */
    readonly inFlight?: readonly CapacityChange[];
  };
  readonly phase: Phase;
  readonly phaseSince: number;
  /** When the last instance was verified or became warm, or the phase began: the progress deadline counts from here. */
  readonly progressAt: number;
  /** By instance id. */
  readonly instances: Readonly<Record<string, InstanceRecord>>;
  readonly evidence: readonly Evidence[];
  readonly outcome?: Outcome;
  /** `CODE: what a person must do or know`, with outcome needsHuman. */
  readonly needs?: string;
  /** The rollout is on its way back to `from`. */
  readonly isGoingBack?: boolean;
  /** Decisions that AWS refused, one after the other. */
  readonly failure?: ApplyFailure;
  /** What the group wanted of itself when last looked at, and for how many observations something else has been seen. */
  readonly base?: { readonly desiredCapacity: number; readonly otherValue?: number; readonly otherCount?: number };
  /** No old instance in service is healthy: the environment is broken, not only the release. */
  readonly isEnvironmentBroken?: boolean;
  /** How many times the final audit found an instance of another release and went back to roll. */
  readonly roundCount?: number;
}

export interface Pin {
  readonly version: string;
  readonly at: number;
  /** AWS accepted it. */
  readonly isConfirmed: boolean;
  /** An observation has shown it: from then on another value is somebody else's. */
  readonly isSeen: boolean;
  /** For how many observations in a row another value was seen. */
  readonly driftCount?: number;
}

export interface TemporarySize {
  /** What to restore. */
  readonly original: number;
  /** What we set last. */
  readonly during: number;
  /** Everything that we set, for a refused or unseen change leaves an earlier one. Any other value is somebody else's and stays. */
  readonly ordered?: readonly number[];
}

/** One change of DesiredCapacity by us, on its way. */
export type CapacityChange =
  | {
      readonly kind: 'setDesired';
      readonly from: number;
      readonly to: number;
      readonly at: number;
      readonly isConfirmed: boolean;
      /** Unconfirmed: by how much other changes of ours have moved DesiredCapacity since. */
      readonly shift?: number;
      /** Unconfirmed: the value that the last observations showed, and how many of them. */
      readonly seen?: { readonly desiredCapacity: number; readonly count: number };
    }
  | {
      readonly kind: 'enterStandby' | 'exitStandby' | 'quarantine' | 'terminate';
      readonly instanceIds: readonly string[];
      /** Whether DesiredCapacity moves with it. */
      readonly isCounted: boolean;
      readonly at: number;
      readonly isConfirmed: boolean;
      /** Unconfirmed: how many observations have not shown it. */
      readonly unseenCount?: number;
    };

export interface ApplyFailure {
  readonly count: number;
  readonly since: number;
  readonly code: string;
  readonly message: string;
}

/** What the rollout knows of one instance beyond what one observation shows. */
export interface InstanceRecord {
  readonly firstSeenAt: number;
  /** Healthy in every target group without a dip since then. */
  readonly healthySince?: number;
  readonly reportedVersion?: string;
  readonly verifiedAt?: number;
  readonly quarantinedAt?: number;
  /** What the instance said of its health when it last reported: `OK`, or the reason after `KO:`. */
  readonly reportedStatus?: string;
  readonly launchTemplateVersion?: string;
  /** The lifecycle state last seen. */
  readonly lifecycleState?: string;
  /** Not healthy any more since then, having been healthy. */
  readonly unhealthySince?: number;
  /** How often it was healthy and then was not. */
  readonly dipCount?: number;
  /** In Standby by our doing since then. */
  readonly warmAt?: number;
  /** Terminated or detached by our doing since then. */
  readonly leftAt?: number;
  /** Gone, and not by our doing. */
  readonly lostAt?: number;
  /** In how many observations in a row it was not to be seen. */
  readonly missedCount?: number;
}
