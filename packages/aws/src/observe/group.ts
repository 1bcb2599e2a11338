import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  paginateDescribeAutoScalingGroups,
  type UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
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

/** Every group of the region, by name. */
export async function describeGroups(clients: AwsClients): Promise<readonly AutoScalingGroup[]> {
  const groups = await collectPages(
    paginateDescribeAutoScalingGroups({ client: clients.autoScaling }, {}),
    (page) => page.AutoScalingGroups,
  );
  return groups.sort((left, right) =>
    (left.AutoScalingGroupName ?? '').localeCompare(right.AutoScalingGroupName ?? ''),
  );
}

async function describeUnknownGroup(clients: AwsClients, groupName: string): Promise<DirectrixError> {
  const names = (await describeGroups(clients)).map((group) => group.AutoScalingGroupName ?? '');
  const region = await clients.autoScaling.config.region();
  const near = nearestNames(groupName, names);
  return new DirectrixError('GROUP_NOT_FOUND', `There is no Auto Scaling group ${groupName} in ${region}.`, {
    kind: 'missing',
    source: '--group',
    hint:
      names.length === 0
        ? `${region} has no Auto Scaling group at all: is AWS_REGION right?`
        : near.length > 0
          ? `did you mean ${near.join(' or ')}?`
          : `there are ${names.length}: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`,
  });
}

/** Names this version of the launch template in the group, and leaves all else of how it launches as it is. */
export function namingVersion(
  group: Pick<AutoScalingGroup, 'MixedInstancesPolicy'>,
  LaunchTemplateId: string,
  Version: string,
): Pick<UpdateAutoScalingGroupCommandInput, 'LaunchTemplate' | 'MixedInstancesPolicy'> {
  const policy = group.MixedInstancesPolicy;
  if (policy === undefined) return { LaunchTemplate: { LaunchTemplateId, Version } };
  const LaunchTemplateSpecification = { LaunchTemplateId, Version };
  return {
    MixedInstancesPolicy: { ...policy, LaunchTemplate: { ...policy.LaunchTemplate, LaunchTemplateSpecification } },
  };
}

/** Every target group that is attached, however it was attached. */
export function targetGroupArnsOf(group: AutoScalingGroup): string[] {
  const sources = (group.TrafficSources ?? []).filter((source) => source.Type === undefined || source.Type === 'elbv2');
  return [...new Set([...(group.TargetGroupARNs ?? []), ...sources.map((source) => source.Identifier ?? '')])].filter(
    (arn) => arn !== '',
  );
}
