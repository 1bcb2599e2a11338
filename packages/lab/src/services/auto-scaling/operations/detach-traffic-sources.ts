import type { DetachTrafficSourcesType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { targetGroupArns } from '../traffic-source-identifiers.js';
import { detachLoadBalancerTargetGroups } from './detach-load-balancer-target-groups.js';

export function detachTrafficSources(input: DetachTrafficSourcesType, context: OperationContext): object {
  const TargetGroupARNs = targetGroupArns(input.TrafficSources);
  return detachLoadBalancerTargetGroups({ AutoScalingGroupName: input.AutoScalingGroupName, TargetGroupARNs }, context);
}
