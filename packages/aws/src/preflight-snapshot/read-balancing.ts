import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancerSnapshot, TargetGroupSnapshot } from '@directrix/preflight';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk } from '../clients/page.js';
import { listListeners, listRules } from '../observe/listeners.js';
import { describeTargetGroups, describeTargetHealth } from '../observe/target-groups.js';
import { readListenerUrl } from '../reports/listener.js';

const arnsPerCall = 20;

interface FoundTargetGroups {
  readonly found: readonly TargetGroupSnapshot[];
  readonly missingArns: readonly string[];
}

export async function readTargetGroups(clients: AwsClients, arns: readonly string[]): Promise<FoundTargetGroups> {
  const { elbv2 } = clients;
  const groups = (await Promise.all(chunk(arns, arnsPerCall).map((some) => findTargetGroups(clients, some)))).flat();
  const missingArns = arns.filter((arn) => !groups.some(({ TargetGroupArn }) => TargetGroupArn === arn));
  const found = await Promise.all(
    groups.map(async (targetGroup) => {
      const { TargetGroupArn = '' } = targetGroup;
      const [attributes, health] = await Promise.all([
        elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn })),
        describeTargetHealth(clients, TargetGroupArn),
      ]);
      return {
        targetGroup,
        attributes: Object.fromEntries(
          (attributes.Attributes ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const),
        ),
        health,
      };
    }),
  );
  return { found, missingArns };
}

// One that is gone refuses the call for all: then each is asked about alone.
async function findTargetGroups(clients: AwsClients, TargetGroupArns: string[]): Promise<readonly TargetGroup[]> {
  try {
    return await describeTargetGroups(clients, TargetGroupArns);
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('TargetGroupNotFound')) throw error;
    if (TargetGroupArns.length === 1) return [];
    return (await Promise.all(TargetGroupArns.map((arn) => findTargetGroups(clients, [arn])))).flat();
  }
}

/** The load balancers that the target groups belong to, with every rule. */
export async function readLoadBalancers(
  clients: AwsClients,
  targetGroups: readonly TargetGroupSnapshot[],
): Promise<readonly LoadBalancerSnapshot[]> {
  const { elbv2 } = clients;
  const arns = [...new Set(targetGroups.flatMap(({ targetGroup }) => targetGroup.LoadBalancerArns ?? []))];
  const found = await Promise.all(
    chunk(arns, arnsPerCall).map(async (LoadBalancerArns) => {
      const answer = await elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns }));
      return answer.LoadBalancers ?? [];
    }),
  );
  return Promise.all(
    found.flat().map(async (loadBalancer) => {
      const listeners = await listListeners(clients, loadBalancer.LoadBalancerArn);
      return {
        loadBalancer,
        listeners: await Promise.all(
          listeners.map(async (listener) => ({
            listener,
            url: await readListenerUrl(clients, listener.ListenerArn ?? ''),
            rules: await listRules(clients, listener.ListenerArn),
          })),
        ),
      };
    }),
  );
}
