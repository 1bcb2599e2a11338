import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetHealthCommand,
  paginateDescribeTargetGroups,
  type TargetGroup,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { awsDrainMs, type TargetGroupObservation, type TargetObservation } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk, collectPages } from '../clients/page.js';

/** What of a target group does not change from tick to tick. */
export type TargetGroupSettings = Omit<TargetGroupObservation, 'targets'> & {
  readonly loadBalancerArns: readonly string[];
  readonly protocol: string;
};

/** AWS takes at most 20 ARNs in one DescribeTargetGroups. */
const arnsPerCall = 20;

/** Throws what AWS says of the whole call where one of them is not there. */
export async function describeTargetGroups(
  { elbv2 }: AwsClients,
  targetGroupArns: readonly string[],
): Promise<TargetGroup[]> {
  const groups: TargetGroup[] = [];
  for (const TargetGroupArns of chunk(targetGroupArns, arnsPerCall)) {
    const pages = paginateDescribeTargetGroups({ client: elbv2 }, { TargetGroupArns });
    groups.push(...(await collectPages(pages, (page) => page.TargetGroups)));
  }
  return groups;
}

/** The target group of this name; undefined when there is none. */
export async function findTargetGroup({ elbv2 }: AwsClients, name: string): Promise<TargetGroup | undefined> {
  try {
    const pages = paginateDescribeTargetGroups({ client: elbv2 }, { Names: [name] });
    return (await collectPages(pages, (page) => page.TargetGroups))[0];
  } catch (error) {
    if (awsCodeOf(error)?.startsWith('TargetGroupNotFound')) return undefined;
    throw error;
  }
}

/** Every target group of the account in this region. */
export async function listTargetGroups({ elbv2 }: AwsClients): Promise<TargetGroup[]> {
  return collectPages(paginateDescribeTargetGroups({ client: elbv2 }, {}), (page) => page.TargetGroups);
}

export async function describeTargetGroupSettings(
  clients: AwsClients,
  targetGroupArns: readonly string[],
): Promise<TargetGroupSettings[]> {
  const groups = await describeTargetGroups(clients, targetGroupArns);
  return Promise.all(groups.map((group) => describeSettings(clients, group)));
}

/** How long the target group gives requests to a target that leaves, in milliseconds. */
export async function readDrainMs({ elbv2 }: AwsClients, TargetGroupArn: string): Promise<number> {
  const { Attributes } = await elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  const delay = Attributes?.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value;
  return delay === undefined ? awsDrainMs : Number(delay) * 1_000;
}

async function describeSettings(clients: AwsClients, group: TargetGroup): Promise<TargetGroupSettings> {
  const targetGroupArn = group.TargetGroupArn ?? '';
  return {
    targetGroupArn,
    name: group.TargetGroupName ?? '',
    healthCheck: {
      protocol: group.HealthCheckProtocol ?? group.Protocol ?? '',
      port: portOf(group),
      ...(group.HealthCheckPath === undefined ? {} : { path: group.HealthCheckPath }),
      ...(matcherOf(group) === undefined ? {} : { matcher: matcherOf(group) }),
    },
    healthCheckIntervalMs: (group.HealthCheckIntervalSeconds ?? 30) * 1000,
    healthyThresholdCount: group.HealthyThresholdCount ?? 5,
    deregistrationDelayMs: await readDrainMs(clients, targetGroupArn),
    loadBalancerArns: group.LoadBalancerArns ?? [],
    protocol: group.Protocol ?? '',
  };
}

function matcherOf({ Matcher }: TargetGroup): string | undefined {
  return Matcher?.HttpCode ?? Matcher?.GrpcCode;
}

function portOf({ HealthCheckPort = 'traffic-port', Port }: TargetGroup): string {
  return HealthCheckPort === 'traffic-port' && Port !== undefined ? String(Port) : HealthCheckPort;
}

/** Every target of the target group, whatever registered it. One call: AWS does not page it. */
export async function describeTargetHealth(
  { elbv2 }: AwsClients,
  targetGroupArn: string,
): Promise<TargetHealthDescription[]> {
  const answer = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
  return answer.TargetHealthDescriptions ?? [];
}

/** The same, as a rollout observes it. */
export async function describeTargets(clients: AwsClients, targetGroupArn: string): Promise<TargetObservation[]> {
  const described = await describeTargetHealth(clients, targetGroupArn);
  return described.map(({ Target, TargetHealth }) => ({
    instanceId: Target?.Id ?? '',
    port: Target?.Port ?? 0,
    state: TargetHealth?.State ?? 'unknown',
    reason: TargetHealth?.Reason,
    description: TargetHealth?.Description,
  }));
}
