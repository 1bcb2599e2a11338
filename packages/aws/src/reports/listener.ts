import {
  type Action,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  type Listener,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import type { TargetGroupSettings } from '../observe/target-groups.js';

/** How a request gets to the target group through its load balancer. */
export interface ListenerRoute {
  /** Scheme, host and port, without a path: `http://web-1234.us-west-2.elb.amazonaws.com:80`. */
  readonly url: string;
  /** What the listener's rule wants in the Host header. */
  readonly host?: string;
}

/** Tag of a listener that says where a deployer reaches it, when not by the load balancer's DNS name. */
const urlTag = 'directrix:url';

/** The first listener that forwards plain requests to the target group; undefined when none does. */
export async function findListenerRoute(
  clients: AwsClients,
  targetGroup: Pick<TargetGroupSettings, 'targetGroupArn' | 'loadBalancerArns'>,
): Promise<ListenerRoute | undefined> {
  for (const LoadBalancerArn of targetGroup.loadBalancerArns) {
    const listeners = await collectPages(async (Marker) => {
      const page = await clients.elbv2.send(new DescribeListenersCommand({ LoadBalancerArn, Marker }));
      return { items: page.Listeners ?? [], next: page.NextMarker };
    });
    for (const listener of listeners) {
      const rule = await findRule(clients, listener, targetGroup.targetGroupArn);
      if (rule === undefined) continue;
      const url = await findUrl(clients, listener, LoadBalancerArn);
      if (url !== undefined) return { url, host: rule.host };
    }
  }
  return undefined;
}

async function findRule(
  clients: AwsClients,
  listener: Listener,
  targetGroupArn: string,
): Promise<{ readonly host?: string } | undefined> {
  if (forwardsTo(listener.DefaultActions, targetGroupArn)) return {};
  const rules = await collectPages(async (Marker) => {
    const page = await clients.elbv2.send(new DescribeRulesCommand({ ListenerArn: listener.ListenerArn, Marker }));
    return { items: page.Rules ?? [], next: page.NextMarker };
  });
  const rule = rules.find(({ Actions, Conditions }) => forwardsTo(Actions, targetGroupArn) && areByHost(Conditions));
  if (rule === undefined) return undefined;
  return {
    host: rule.Conditions?.flatMap((condition) => condition.HostHeaderConfig?.Values ?? condition.Values ?? [])[0],
  };
}

// A rule by path, header or source cannot be met by asking for the health page alone.
function areByHost(conditions: Rule['Conditions']): boolean {
  return (conditions ?? []).every(({ Field, HostHeaderConfig, Values }) => {
    const names = HostHeaderConfig?.Values ?? Values ?? [];
    return Field === 'host-header' && names[0] !== undefined && !/[*?]/.test(names[0]);
  });
}

function forwardsTo(actions: readonly Action[] | undefined, targetGroupArn: string): boolean {
  return (actions ?? []).some(
    (action) =>
      action.Type === 'forward' &&
      (action.TargetGroupArn === targetGroupArn ||
        (action.ForwardConfig?.TargetGroups ?? []).some((group) => group.TargetGroupArn === targetGroupArn)),
  );
}

async function findUrl(clients: AwsClients, listener: Listener, loadBalancerArn: string): Promise<string | undefined> {
  const tags = await clients.elbv2.send(new DescribeTagsCommand({ ResourceArns: [listener.ListenerArn ?? ''] }));
  const tagged = tags.TagDescriptions?.[0]?.Tags?.find(({ Key }) => Key === urlTag)?.Value;
  if (tagged !== undefined) return tagged.replace(/\/+$/, '');
  const scheme = listener.Protocol === 'HTTPS' ? 'https' : listener.Protocol === 'HTTP' ? 'http' : undefined;
  if (scheme === undefined) return undefined;
  const answer = await clients.elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [loadBalancerArn] }));
  const name = answer.LoadBalancers?.[0]?.DNSName;
  return name === undefined ? undefined : `${scheme}://${name}:${listener.Port}`;
}
