// The record: all that must survive a kill. Plain JSON, versioned, written before the change that it allows to undo (S5).

import type { CanaryPlan, PlainForward } from './canary-plan.js';
import type { ActKind } from './contract/act-kind.js';
import type { ApprovalRule, Checkpoints, Hook } from './contract/checkpoint.js';
import type { Evidence } from './contract/evidence.js';
import type { Failure } from './contract/failure.js';
import type { Need } from './contract/need.js';
import type { Phase } from './contract/phase.js';
import type { KeptHealthChecks } from './contract/target-state.js';
import type { AlarmGate } from './gates/alarm-gate.js';
import type { RequestGate } from './gates/request-gate.js';
import type { RequestWatch } from './gates/request-watch.js';
import type { TrafficGate } from './gates/traffic-gate.js';
import type { LaunchTemplateReference } from './observation.js';
import type { Proof, Shadow, ShadowPlace } from './shadow.js';

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
  /** MaxSize is raised for as long as the rollout needs more, and given back. */
  readonly isMaxSizeLent?: boolean;
  /** How long everything new serves, and everything old stays warm, before the warm ones go. 0: not at all. */
  readonly bakeMs: number;
  /** What is asked of the site meanwhile; undefined: users' requests are not judged. */
  readonly requests?: RequestWatch;
  /** CloudWatch alarms that halt the rollout, by name. */
  readonly alarmNames?: readonly string[];
  /** Phases that a person must approve. */
  readonly approvals?: ApprovalRule;
  /** What is run before and after phases. */
  readonly hooks?: readonly Hook[];
  /** Where one instance of the release is tried before users can reach it; undefined: nowhere. */
  readonly prove?: ShadowPlace;
  /** The first instance of the release is verified alone in the group before others are added: it could not be tried outside. */
  readonly isFirstAlone?: boolean;
  /** The share of users' requests that the release gets before the group does; undefined: none. Only with `prove`. */
  readonly canary?: CanaryPlan;
  /** No old instance leaves before as many new ones as are wanted are verified: then all do. */
  readonly isSwitchedAtOnce?: boolean;
  /** One Availability Zone after the other: old instances leave a zone only when no zone before it has one. */
  readonly isZoneByZone?: boolean;
  /** How long the old instances stay in Standby after the rollout is done. 0 or undefined: they are terminated. */
  readonly keepWarmMs?: number;
}

/** Instances in Standby that a rollout left there when it was done. */
export interface KeptWarm {
  /** Of the rollout that kept them. */
  readonly rolloutId: string;
  /** What they are of. */
  readonly release: Release & { readonly launchTemplateVersion: string };
  readonly instanceIds: readonly string[];
  /** `directrix finalize` ends them from then on. Epoch milliseconds. */
  readonly untilAt: number;
}

export type { Phase };

export type Outcome =
  /** Every instance is of the release. */
  | 'done'
  /** The release was bad: halted, and the group is as it was. */
  | 'rolledBack'
  /** We cannot go on by ourselves; `needs` says what for. */
  | 'needsHuman';

export interface RolloutRecord {
  readonly schema: 2;
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
    readonly groupArn?: string;
    readonly launchTemplate: LaunchTemplateReference;
    readonly suspendedProcesses: readonly string[];
    /** What DesiredCapacity was before somebody raised it and left processes suspended. */
    readonly raisedFrom?: number;
    /** The instances of the old release at the start. */
    readonly instanceIds: readonly string[];
    /** What `$Default` meant, to restore where we moved it. */
    readonly defaultLaunchTemplateVersion?: string;
    /** How many instances were healthy in every target group. 0: the environment was already broken. */
    readonly servingCount?: number;
    /** How the target groups asked when the rollout came. Absent in records of before this was kept. */
    readonly healthChecks?: KeptHealthChecks;
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
    /** What stands outside of the group because of us. */
    readonly shadow?: Shadow;
    /** The action of the listener that leads a share of users' requests to the canary because of us. */
    readonly forward?: ForwardLoan;
  };
  readonly phase: Phase;
  readonly phaseSince: number;
  /** When the last instance was verified or became warm, or the phase began: the progress deadline counts from here. */
  readonly progressAt: number;
  /** When everything in service was last seen to be of the release and proven: a standstill counts from there. */
  readonly wholeAt?: number;
  /** By instance id. */
  readonly instances: Readonly<Record<string, InstanceRecord>>;
  readonly evidence: readonly Evidence[];
  readonly outcome?: Outcome;
  /** With outcome needsHuman; before, on the way to it. */
  readonly needs?: Need;
  /** The rollout is on its way back to `from`. */
  readonly isGoingBack?: boolean;
  /** Per kind of act: how often it was refused, one after the other. What passes by itself is not counted. */
  readonly refusals?: Readonly<Partial<Record<ActKind, Refused>>>;
  /** What AWS is too busy for, though nobody refused it, until it is accepted. */
  readonly delayed?: { readonly act: ActKind; readonly since: number; readonly failure: Failure };
  /** Since when the group could not be read well enough to go on. */
  readonly unreadableSince?: number;
  /** What the rollout is for. Undefined: to deploy. What a rollback rolls away from is not good. */
  readonly purpose?: 'deploy' | 'rollback';
  /** Since when everything temporary was given back, and only rest is awaited. */
  readonly givenBackAt?: number;
  /**
   * What the group wanted of itself when last looked at, since when that is believed (epoch milliseconds), and for how many observations
   * something else has been seen.
   */
  readonly base?: {
    readonly desiredCapacity: number;
    readonly since?: number;
    readonly otherValue?: number;
    readonly otherCount?: number;
  };
  /** No old instance in service is healthy: the environment is broken, not only the release. */
  readonly isEnvironmentBroken?: boolean;
  /** What the gates have seen so far. */
  readonly gates?: {
    readonly requests?: RequestGate;
    readonly alarms?: AlarmGate;
    readonly traffic?: TrafficGate;
  };
  /** What was passed, and what is waited at. */
  readonly checkpoints?: Checkpoints;
  /** When a checkpoint last held the rollout: a standstill counts from there. */
  readonly heldAt?: number;
  /** How many times the final audit found an instance of another release and went back to roll. */
  readonly roundCount?: number;
  /** What was learned of the instance that is tried outside of the group. */
  readonly proof?: Proof;
  /** With outcome done: until when the old instances stay in Standby. */
  readonly warmUntilAt?: number;
  /** What an earlier rollout keeps in Standby. */
  readonly earlierWarm?: KeptWarm;
  /** How far the canary is. */
  readonly canary?: Canary;
}

/** There from before the first weight is ordered until AWS has taken the original back. */
export interface ForwardLoan {
  /** What to restore. */
  readonly original: PlainForward;
  /** The shadow target group. */
  readonly targetGroupArn: string;
  /** Every share that was ordered, for a refused or unseen one may have taken effect. */
  readonly ordered: readonly number[];
  /** The share that AWS accepted last, and when. */
  readonly inForce?: { readonly share: number; readonly at: number };
  /** For how many observations in a row it was somebody else's. */
  readonly otherCount?: number;
}

/** Times are epoch milliseconds. */
export interface Canary {
  /** Index of the step that is next, or in force. */
  readonly step: number;
  /** Its share is in force since then. */
  readonly since?: number;
  /** When a share came into force, each time: a minute with one in it compares nothing. */
  readonly changedAts?: readonly number[];
  /** What was learned of those beside the first, by instance id. */
  readonly others?: Readonly<Record<string, Proof>>;
  /** Set once: the last step is over, and every gate has passed. */
  readonly verdict?: 'passed';
  /** When the listener was as before again: requests to the canary may be under way still. */
  readonly backAt?: number;
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
  /** A pin of ours before this one took effect, so the group may name a version because of us even where this one was refused. */
  readonly hadEffect?: boolean;
}

interface TemporarySize {
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
      readonly kind: 'enterStandby' | 'exitStandby' | 'quarantine' | 'terminate' | 'attach';
      readonly instanceIds: readonly string[];
      /** Whether DesiredCapacity moves with it. */
      readonly isCounted: boolean;
      readonly at: number;
      readonly isConfirmed: boolean;
      /** Unconfirmed: how many observations have not shown it. */
      readonly unseenCount?: number;
    };

export interface Refused {
  readonly count: number;
  readonly since: number;
  /** The last. */
  readonly failure: Failure;
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
  /** Kept warm by an earlier rollout, and woken by this one since then. */
  readonly revivedAt?: number;
  /** Proved outside of the group, and attached to it by us since then. */
  readonly joinedAt?: number;
  /** Terminated or detached by our doing since then. */
  readonly leftAt?: number;
  /** InService, as last seen, since then. */
  readonly inServiceAt?: number;
  /** InService, and in a target group nothing checks it: it is not registered there, or no listener leads there. */
  readonly isUnchecked?: boolean;
  /** Checked again since then, as far as was seen. */
  readonly checkedAt?: number;
  /** Gone, and not by our doing. */
  readonly lostAt?: number;
  /** Lost: EC2's code of the reason, `Client.UserInitiatedShutdown`. */
  readonly stateReason?: string;
  /** Lost, and in how many observations in a row it is in the group all the same. */
  readonly foundCount?: number;
  /** For how many observations since then no activity has said why. */
  readonly unexplainedCount?: number;
  /** EC2 took a Spot instance back: that says nothing of what ran on it. */
  readonly interruptedAt?: number;
  /** In how many observations in a row it was not to be seen. */
  readonly missedCount?: number;
}
