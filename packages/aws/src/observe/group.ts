import { type AutoScalingGroup, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DirectrixError } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { nearestNames } from './nearest-names.js';

/** The group as AWS describes it. Throws GROUP_NOT_FOUND, which lists the names that are near. */
export async function describeGroup(clients: AwsClients, groupName: string): Promise<AutoScalingGroup> {
  const answer = await clients.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  const group = answer.AutoScalingGroups?.[0];
  if (group !== undefined) return group;
  throw await describeUnknownGroup(clients, groupName);
}

async function describeUnknownGroup(clients: AwsClients, groupName: string): Promise<DirectrixError> {
  const names = await collectPages(async (NextToken) => {
    const page = await clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({ NextToken }));
    return {
      items: (page.AutoScalingGroups ?? []).map((group) => group.AutoScalingGroupName ?? ''),
      next: page.NextToken,
    };
  });
  const region = await clients.autoScaling.config.region();
  const near = nearestNames(groupName, names);
  return new DirectrixError('GROUP_NOT_FOUND', `There is no Auto Scaling group ${groupName} in ${region}.`, {
    source: '--group',
    hint:
      names.length === 0
        ? `${region} has no Auto Scaling group at all: is AWS_REGION right?`
        : near.length > 0
          ? `did you mean ${near.join(' or ')}?`
          : `there are ${names.length}: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`,
  });
}

/** Every target group that is attached, however it was attached. */
export function targetGroupArnsOf(group: AutoScalingGroup): string[] {
  const sources = (group.TrafficSources ?? []).filter((source) => source.Type === undefined || source.Type === 'elbv2');
  return [...new Set([...(group.TargetGroupARNs ?? []), ...sources.map((source) => source.Identifier ?? '')])].filter(
    (arn) => arn !== '',
  );
}
