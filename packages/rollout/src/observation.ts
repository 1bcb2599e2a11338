// What is seen of a group in one tick: data only, AWS's words. packages/aws makes it, decide() reads it.
//
// Times are epoch milliseconds. A state of AWS that we do not know stays a string, and means wait.

import type { PlainForward } from './canary-plan.js';
import type { CheckpointAnswer } from './contract/checkpoint.js';
import type { Failure } from './contract/failure.js';
import type { HealthCheck } from './contract/target-state.js';
import type { UnreadablePart } from './contract/unreadable-part.js';
import type { RequestAnswer } from './gates/request-answer.js';

/** A launch template as a group names it. `version` as the group has it: a number in decimal, `$Latest` or `$Default`. */
export interface LaunchTemplateReference {
  readonly launchTemplateId: string;
  readonly launchTemplateName: string;
  readonly version: string;
  /** It is that of the group's mixed instances policy. */
  readonly isOfPolicy?: boolean;
}

export interface InstanceObservation {
  readonly instanceId: string;
  readonly lifecycleState: string;
  readonly healthStatus: string;
  readonly availabilityZone: string;
  /** The number frozen at launch; undefined for an instance from a launch configuration. */
  readonly launchTemplateVersion?: string;
  readonly imageId?: string;
  /** EC2's state (`running`), undefined when DescribeInstances did not answer it (yet). */
  readonly instanceState?: string;
  /** EC2's code of the reason for that state, of one that does not run: `Client.UserInitiatedShutdown`. */
  readonly stateReason?: string;
  /** `ip-10-0-1-23.us-west-2.compute.internal`: what the instance's health page calls FQDN. */
  readonly privateDnsName?: string;
  readonly launchedAt?: number;
  readonly isProtectedFromScaleIn: boolean;
}

export interface TargetObservation {
  readonly instanceId: string;
  readonly port: number;
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
}

export interface TargetGroupObservation {
  readonly targetGroupArn: string;
  /** Its targets could not be read: `targets` is empty, and says nothing. Kind `missing`: the target group is gone. */
  readonly unreadable?: Failure;
  readonly name: string;
  /** Undefined: not told. */
  readonly healthCheck?: Omit<HealthCheck, 'targetGroupName'>;
  readonly healthCheckIntervalMs: number;
  readonly healthyThresholdCount: number;
  readonly deregistrationDelayMs: number;
  readonly targets: readonly TargetObservation[];
}

export interface ActivityObservation {
  readonly activityId: string;
  readonly statusCode: string;
  readonly statusMessage?: string;
  readonly cause: string;
  readonly description?: string;
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** What one instance said of itself through the load balancer. */
export interface VersionReport {
  readonly at: number;
  /** The instance, found by its FQDN; undefined when no instance of the group has that name. */
  readonly instanceId?: string;
  readonly fqdn: string;
  readonly version: string;
  /** `OK`, or the reason after `KO:`. */
  readonly status: string;
  readonly statusCode: number;
}

export interface GroupObservation {
  readonly name: string;
  /** A group is its ARN: one that is made again under the same name has another. */
  readonly groupArn?: string;
  /** Every zone that the group may use. */
  readonly availabilityZones?: readonly string[];
  /** How long its launch lifecycle hooks may hold an instance, all together; undefined: not known. */
  readonly launchHookTimeoutMs?: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  /**
   * The group's own, or its mixed instances policy's. Undefined: a launch configuration, or overrides with launch templates of their own,
   * which are refused before a rollout starts.
   */
  readonly launchTemplate?: LaunchTemplateReference;
  readonly healthCheckType: string;
  readonly healthCheckGracePeriodMs: number;
  readonly suspendedProcesses: readonly string[];
  readonly instances: readonly InstanceObservation[];
  /** Newest first; at least those since the rollout began. */
  readonly activities: readonly ActivityObservation[];
}

/** `MISSING`: no such alarm is there. `UNREAD`: CloudWatch could not be asked. */
export interface AlarmObservation {
  readonly name: string;
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA`, `MISSING`, `UNREAD`. */
  readonly state: string;
  /** AWS's words. */
  readonly reason?: string;
}

/** The instance that is tried outside of the group. */
export interface ProofObservation {
  readonly instanceId: string;
  /** EC2's state; `unknown` when EC2 does not know it (yet). */
  readonly instanceState: string;
  /** AWS's words, of one that ended: `Client.InternalError: …`; its code comes first. */
  readonly stateReason?: string;
  readonly imageId?: string;
  readonly privateDnsName?: string;
  /** In the shadow target group; undefined: not registered. */
  readonly target?: TargetObservation;
  readonly targetGroupName: string;
  /** The shadow target group is gone. */
  readonly isTargetGroupGone?: boolean;
  /** Answers through the rule of the shadow since the last look; undefined: nobody asks. */
  readonly answers?: readonly RequestAnswer[];
}

/** The action that leads users' requests on. */
export type ForwardObservation =
  /** One action that forwards. */
  | {
      readonly kind: 'forward';
      readonly targetGroups: readonly { readonly targetGroupArn: string; readonly weight?: number }[];
      readonly order?: number;
      readonly stickiness?: PlainForward['stickiness'];
    }
  /** Another action, or several; or no such rule any more. */
  | { readonly kind: 'other' };

export interface TrafficObservation {
  /** Whole minutes that CloudWatch has counted, oldest first. */
  readonly minutes: readonly TrafficMinute[];
  /** The 95th percentile of how long the stable target group took, of the last minute that has one. */
  readonly stableP95Ms?: number;
}

export interface TrafficMinute {
  /** When it began. */
  readonly at: number;
  readonly canary: TrafficCounts;
  readonly stable: TrafficCounts;
}

/** `slow`: undefined where nobody knows yet what slow is. */
export interface TrafficCounts {
  readonly requests: number;
  readonly failures: number;
  readonly slow?: number;
}

export interface Observation {
  readonly at: number;
  /**
   * By how much AWS's clock is ahead of ours. Times of AWS (`launchedAt`, an activity's `startedAt`) are AWS's; they are compared
   * with ours through it. Undefined: not measured, taken as none.
   */
  readonly awsClockOffsetMs?: number;
  /** What could not be read, part by part. */
  readonly unreadable?: readonly UnreadablePart[];
  readonly group: GroupObservation;
  /** Every target group that is attached to the group. */
  readonly targetGroups: readonly TargetGroupObservation[];
  /** The launch template's numbers that `$Latest` and `$Default` mean now. */
  readonly launchTemplate: { readonly latestVersion: string; readonly defaultVersion: string };
  /** Instances outside the group that the record names (quarantined, or missed), with EC2's state and the code of its reason. */
  readonly detached: readonly {
    readonly instanceId: string;
    readonly instanceState: string;
    readonly stateReason?: string;
  }[];
  /** New reports since the last tick. */
  readonly reports: readonly VersionReport[];
  /** Of new instances that the load balancer does not reach: what keeps them, by their own words on their console. */
  readonly consoles?: readonly { readonly instanceId: string; readonly status: string }[];
  /** What requests through the load balancer came to since the last tick; undefined while nobody asks. */
  readonly requests?: readonly RequestAnswer[];
  /** What was said at the checkpoint that the record waits at. */
  readonly answers?: readonly CheckpointAnswer[];
  /** The instance that is tried outside of the group; undefined while there is none. */
  readonly proof?: ProofObservation;
  /** Those that take part in the canary beside it. */
  readonly canaries?: readonly ProofObservation[];
  /** How the listener leads users' requests on; undefined: not asked, or not readable. */
  readonly forward?: ForwardObservation;
  /** What CloudWatch counts of the canary's target group and of the one beside it; undefined: not asked now, or not readable. */
  readonly traffic?: TrafficObservation;
  /** The alarms that the record names; undefined when they could not be read now. */
  readonly alarms?: readonly AlarmObservation[];
}
