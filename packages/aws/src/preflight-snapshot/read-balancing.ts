import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type Listener,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancerSnapshot, TargetGroupSnapshot } from '@directrix/preflight';
import type { AwsClients } from '../clients/aws-clients.js';
import { chunk, collectPages } from '../clients/page.js';

const arnsPerCall = 20;

export async function readTargetGroups(
  clients: AwsClients,
  arns: readonly string[],
): Promise<readonly TargetGroupSnapshot[]> {
  const { elbv2 } = clients;
  const groups: TargetGroup[] = [];
  for (const TargetGroupArns of chunk(arns, arnsPerCall))
    groups.push(...((await elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns }))).TargetGroups ?? []));
  return Promise.all(
    groups.map(async (targetGroup) => {
      const { TargetGroupArn } = targetGroup;
      const [attributes, health] = await Promise.all([
        elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn })),
        elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
      ]);
      return {
        targetGroup,
        attributes: Object.fromEntries(
          (attributes.Attributes ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const),
        ),
        health: health.TargetHealthDescriptions ?? [],
      };
    }),
  );
}

/** The load balancers that the target groups belong to, with every rule. */
export async function readLoadBalancers(
  { elbv2 }: AwsClients,
  targetGroups: readonly TargetGroupSnapshot[],
): Promise<readonly LoadBalancerSnapshot[]> {
  const arns = [...new Set(targetGroups.flatMap(({ targetGroup }) => targetGroup.LoadBalancerArns ?? []))];
  const found = await Promise.all(
    chunk(arns, arnsPerCall).map(async (LoadBalancerArns) => {
      const answer = await elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns }));
      return answer.LoadBalancers ?? [];
    }),
  );
  return Promise.all(
    found.flat().map(async (loadBalancer) => {
      const listeners = await collectPages<Listener>(async (Marker) => {
        const page = await elbv2.send(
          new DescribeListenersCommand({ LoadBalancerArn: loadBalancer.LoadBalancerArn, Marker }),
        );
        return { items: page.Listeners ?? [], next: page.NextMarker };
      });
      return {
        loadBalancer,
        listeners: await Promise.all(
          listeners.map(async (listener) => ({
            listener,
            rules: await collectPages(async (Marker) => {
              const page = await elbv2.send(new DescribeRulesCommand({ ListenerArn: listener.ListenerArn, Marker }));
              return { items: page.Rules ?? [], next: page.NextMarker };
            }),
          })),
        ),
      };
    }),
  );
}
