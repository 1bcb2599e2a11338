import type {
  Activity,
  AutoScalingGroup,
  LaunchConfiguration,
  LifecycleHook,
  ScalingPolicy,
  ScheduledUpdateGroupAction,
} from '@aws-sdk/client-auto-scaling';

/** What a lifecycle hook waits for on behalf of one instance. */
export interface HookWait {
  readonly hookName: string;
  readonly token: string;
  readonly heartbeatTimeoutMs: number;
  readonly defaultResult: string;
  /** When the default result applies; a heartbeat moves it, up to `lastDeadline`. */
  deadline: number;
  readonly lastDeadline: number;
  result?: string;
}

/** Where an instance goes when it leaves service. */
export type Departure = 'terminate' | 'detach' | 'standby';

/** What Auto Scaling knows of one of a group's instances besides what it describes. */
export interface MemberRecord {
  readonly instanceId: string;
  /** The launch, termination, detachment or move that is in progress. */
  activity?: Activity;
  /** Lifecycle hooks run on launch and termination, not on attach, detach and standby. */
  runsLaunchHooks: boolean;
  hookWaits?: HookWait[];
  departure?: Departure;
  /** EC2 terminate was called. */
  isTerminationRequested?: boolean;
  /** Who found it unhealthy; an ELB verdict is acted on a few at a time, the others at once. */
  unhealthyBy?: 'EC2' | 'ELB' | 'user';
}

/** A group in the SDK's shape (Instances and SuspendedProcesses included), and what Auto Scaling knows besides. */
export interface GroupRecord {
  readonly group: AutoScalingGroup;
  readonly hooks: LifecycleHook[];
  /** Newest first. */
  readonly activities: Activity[];
  /** By instance id: when the instance came InService, which starts its grace period. */
  readonly inServiceSince: Map<string, number>;
  /** By target group ARN: Adding, Added, InService (after the first healthy target) or Removing. */
  readonly trafficSourceStates: Map<string, string>;
  /** By instance id: everything in `group.Instances`. */
  readonly members: Map<string, MemberRecord>;
  readonly scheduledActions: Map<string, ScheduledUpdateGroupAction>;
  readonly policies: Map<string, ScalingPolicy>;
  /** By policy name: when an alarm last made it change the desired capacity, epoch milliseconds. */
  readonly actedAt: Map<string, number>;
  /** Why the desired capacity last changed, in the words of an activity's cause; gone once the group is there. */
  capacityReason?: string;
  /** Launches that failed in a row, and when the next may be tried. */
  launchFailures: number;
  launchRetryAt?: number;
  /** An instance beyond the desired capacity while zones are brought into balance, and when that may be tried again. */
  isRebalancing: boolean;
  rebalanceRetryAt?: number;
  /** The desired capacity for which it was already said that every candidate is protected. */
  protectionNoticeFor?: number;
}

export interface AutoScalingState {
  readonly groups: Map<string, GroupRecord>;
  readonly launchConfigurations: Map<string, LaunchConfiguration>;
  /** Of deleted groups, newest first, for DescribeScalingActivities with IncludeDeletedGroups. */
  readonly deletedGroupActivities: Activity[];
}

export function createAutoScalingState(): AutoScalingState {
  return { groups: new Map(), launchConfigurations: new Map(), deletedGroupActivities: [] };
}
