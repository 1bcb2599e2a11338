// warm: what an ended rollout keeps in Standby, of a group as AWS describes it.
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { findKeptWarm, type KeptWarm, type RolloutRecord } from '@directrix/rollout';

/** Undefined where nothing is left of it, and where the group is another one of that name. */
export function findWarmIn(record: RolloutRecord, group: AutoScalingGroup): KeptWarm | undefined {
  const { groupArn } = record.original;
  if (groupArn !== undefined && group.AutoScalingGroupARN !== groupArn) return undefined;
  const instances = (group.Instances ?? []).map(({ InstanceId = '', LifecycleState = 'unknown' }) => ({
    instanceId: InstanceId,
    lifecycleState: LifecycleState,
  }));
  return findKeptWarm(record, { group: { instances } });
}
