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
  };
  /** Our own deltas that are in force now, each written before it was applied (S5, S6). */
  readonly ours: {
    /** How much of DesiredCapacity is ours. */
    readonly surge: number;
    readonly suspendedProcesses: readonly string[];
    readonly isLaunchTemplatePinned: boolean;
    /** Whether the release's launch template version was created by this rollout, and so may be deleted by it. */
    readonly hasCreatedLaunchTemplateVersion: boolean;
  };
  readonly phase: Phase;
  readonly phaseSince: number;
  /** When the last instance was verified, or the phase began: the progress deadline counts from here. */
  readonly progressAt: number;
  /** By instance id. */
  readonly instances: Readonly<Record<string, InstanceRecord>>;
  readonly evidence: readonly Evidence[];
  readonly outcome?: Outcome;
  readonly needs?: string;
}

/** What the rollout knows of one instance beyond what one observation shows. */
export interface InstanceRecord {
  readonly firstSeenAt: number;
  /** Healthy in every target group without a dip since then. */
  readonly healthySince?: number;
  readonly reportedVersion?: string;
  readonly verifiedAt?: number;
  readonly quarantinedAt?: number;
}
