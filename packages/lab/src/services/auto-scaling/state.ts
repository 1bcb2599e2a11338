import type { Activity, AutoScalingGroup, LifecycleHook } from '@aws-sdk/client-auto-scaling';

/** A group in the SDK's shape (Instances and SuspendedProcesses included), and what Auto Scaling knows besides. */
export interface GroupRecord {
  readonly group: AutoScalingGroup;
  readonly hooks: LifecycleHook[];
  /** Newest first. */
  readonly activities: Activity[];
  /** By instance id: when the instance came InService, which starts its grace period. */
  readonly inServiceSince: Map<string, number>;
  /** By target group ARN: Adding, Added or InService (after the first healthy target). */
  readonly trafficSourceStates: Map<string, string>;
}

export interface AutoScalingState {
  readonly groups: Map<string, GroupRecord>;
}

export function createAutoScalingState(): AutoScalingState {
  return { groups: new Map() };
}
