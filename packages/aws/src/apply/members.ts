import {
  DescribeAutoScalingGroupsCommand,
  type DescribeAutoScalingGroupsCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import type { AwsClients } from '../clients/aws-clients.js';

/** The lifecycle state of each instance of the group now, so that a decision applied before is not applied again. */
export async function describeMembers(clients: AwsClients, groupName: string): Promise<ReadonlyMap<string, string>> {
  const answer: DescribeAutoScalingGroupsCommandOutput = await clients.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  const members = answer.AutoScalingGroups?.[0]?.Instances ?? [];
  return new Map(members.map(({ InstanceId, LifecycleState }) => [InstanceId ?? '', LifecycleState ?? 'unknown']));
}
