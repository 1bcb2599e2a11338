import {
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  findTrialPlace,
  isHttp,
  type ListenedTargetGroup,
  type NoTrialListener,
  type RoutedListener,
  routeThrough,
  type TrialPlace,
} from '@directrix/preflight';
import type { AwsClients } from '../clients/aws-clients.js';
import { listListeners, listRules } from '../observe/listeners.js';
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

/** Asks a lab to show the tag that it knows and AWS does not have. AWS ignores the header. */
const labHeader = { name: 'x-directrix-lab', value: 'listener-url' } as const;

/** Where an instance of a release can be tried before users reach it: findTrialPlace, of what AWS says now. */
export async function findShadowPlace(
  clients: AwsClients,
  targetGroups: readonly Pick<TargetGroupSettings, 'targetGroupArn' | 'loadBalancerArns'>[],
  path: string,
  url?: string,
): Promise<TrialPlace | NoTrialListener> {
  const listened: ListenedTargetGroup[] = [];
  for (const { targetGroupArn, loadBalancerArns } of targetGroups) {
    const listeners: RoutedListener[] = [];
    for (const LoadBalancerArn of loadBalancerArns)
      for (const listener of await listListeners(clients, LoadBalancerArn)) {
        const rules = isHttp(listener) ? await listRules(clients, listener.ListenerArn ?? '') : [];
        listeners.push({ listener, rules });
      }
    listened.push({ targetGroupArn, listeners });
  }
  return findTrialPlace(listened, path, url);
}

/** The first listener through which requests for `path` reach the target group; undefined when there is none. */
export async function findListenerRoute(
  clients: AwsClients,
  targetGroup: Pick<TargetGroupSettings, 'targetGroupArn' | 'loadBalancerArns'>,
  path: string,
): Promise<ListenerRoute | undefined> {
  for (const LoadBalancerArn of targetGroup.loadBalancerArns) {
    for (const listener of await listListeners(clients, LoadBalancerArn)) {
      const { ListenerArn = '' } = listener;
      const [rules, url] = await Promise.all([listRules(clients, ListenerArn), readListenerUrl(clients, ListenerArn)]);
      const route = routeThrough({ listener, rules, url }, targetGroup.targetGroupArn, path);
      if (route.kind === 'none') continue;
      const own = url ?? (await ownUrl(clients, listener, LoadBalancerArn));
      if (own !== undefined) return { url: own, host: route.host };
    }
  }
  return undefined;
}

/** Where a deployer reaches the listener, by its tag; undefined without one. */
export async function readListenerUrl(clients: AwsClients, listenerArn: string): Promise<string | undefined> {
  const command = new DescribeTagsCommand({ ResourceArns: [listenerArn] });
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers[labHeader.name] = labHeader.value;
      return next(args);
    },
    { step: 'build', name: 'askForListenerUrl' },
  );
  const tags = await clients.elbv2.send(command);
  const tagged = tags.TagDescriptions?.[0]?.Tags?.find(({ Key }) => Key === urlTag)?.Value;
  return tagged?.replace(/\/+$/, '');
}

async function ownUrl(clients: AwsClients, listener: Listener, loadBalancerArn: string): Promise<string | undefined> {
  const answer = await clients.elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [loadBalancerArn] }));
  const name = answer.LoadBalancers?.[0]?.DNSName;
  return name === undefined ? undefined : `${listener.Protocol?.toLowerCase()}://${name}:${listener.Port}`;
}
