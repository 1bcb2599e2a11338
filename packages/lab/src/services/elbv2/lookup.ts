// Finding what a request names, or refusing with the text of AWS.
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ElbV2State, ListenerRecord, TargetGroupRecord } from './state.js';

type LoadBalancerRecord = ElbV2State['loadBalancers'] extends Map<string, infer Value> ? Value : never;

export function requireLoadBalancer(state: ElbV2State, arn: string | undefined): LoadBalancerRecord {
  const found = arn === undefined ? undefined : state.loadBalancers.get(arn);
  if (!found) throw new AwsError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
  return found;
}

export function requireTargetGroup(state: ElbV2State, arn: string | undefined): TargetGroupRecord {
  const found = arn === undefined ? undefined : state.targetGroups.get(arn);
  if (!found) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
  return found;
}

export function requireListener(state: ElbV2State, arn: string | undefined): ListenerRecord {
  const found = arn === undefined ? undefined : state.listeners.get(arn);
  if (!found) throw new AwsError('ListenerNotFound', 'One or more listeners not found');
  return found;
}

export function requireRule(
  state: ElbV2State,
  arn: string | undefined,
): { readonly listener: ListenerRecord; readonly rule: Rule } {
  for (const listener of state.listeners.values()) {
    const rule = arn === undefined ? undefined : listener.rules.get(arn);
    if (rule) return { listener, rule };
  }
  throw new AwsError('RuleNotFound', 'One or more rules not found');
}
