import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroupObservation, TargetObservation } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { chunk, collectPages } from '../clients/page.js';

/** What of a target group does not change from tick to tick. */
export type TargetGroupSettings = Omit<TargetGroupObservation, 'targets'> & {
  readonly loadBalancerArns: readonly string[];
  readonly protocol: string;
  readonly healthCheckPath?: string;
};

/** AWS takes at most 20 ARNs in one DescribeTargetGroups. */
const arnsPerCall = 20;

export async function describeTargetGroupSettings(
  clients: AwsClients,
  targetGroupArns: readonly string[],
): Promise<TargetGroupSettings[]> {
  const groups: TargetGroup[] = [];
  for (const TargetGroupArns of chunk(targetGroupArns, arnsPerCall))
    groups.push(
      ...(await collectPages(async (Marker) => {
        const page = await clients.elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns, Marker }));
        return { items: page.TargetGroups ?? [], next: page.NextMarker };
      })),
    );
  return Promise.all(groups.map((group) => describeSettings(clients, group)));
}

async function describeSettings(clients: AwsClients, group: TargetGroup): Promise<TargetGroupSettings> {
  const targetGroupArn = group.TargetGroupArn ?? '';
  const { Attributes } = await clients.elbv2.send(
    new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn }),
  );
  const delay = Attributes?.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value;
  return {
    targetGroupArn,
    name: group.TargetGroupName ?? '',
    healthCheckIntervalMs: (group.HealthCheckIntervalSeconds ?? 30) * 1000,
    healthyThresholdCount: group.HealthyThresholdCount ?? 5,
    deregistrationDelayMs: Number(delay ?? 300) * 1000,
    loadBalancerArns: group.LoadBalancerArns ?? [],
    protocol: group.Protocol ?? '',
    healthCheckPath: group.HealthCheckPath,
  };
}

/** Every target of the target group, whatever registered it. One call: AWS does not page it. */
export async function describeTargets(clients: AwsClients, targetGroupArn: string): Promise<TargetObservation[]> {
  const answer = await clients.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
  return (answer.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
    instanceId: Target?.Id ?? '',
    port: Target?.Port ?? 0,
    state: TargetHealth?.State ?? 'unknown',
    reason: TargetHealth?.Reason,
    description: TargetHealth?.Description,
  }));
}
