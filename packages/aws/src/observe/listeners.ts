import {
  type Listener,
  paginateDescribeListeners,
  paginateDescribeRules,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';

export function listListeners({ elbv2 }: AwsClients, LoadBalancerArn: string | undefined): Promise<Listener[]> {
  return collectPages(paginateDescribeListeners({ client: elbv2 }, { LoadBalancerArn }), (page) => page.Listeners);
}

export function listRules({ elbv2 }: AwsClients, ListenerArn: string | undefined): Promise<Rule[]> {
  return collectPages(paginateDescribeRules({ client: elbv2 }, { ListenerArn }), (page) => page.Rules);
}
