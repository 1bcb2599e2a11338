import type { AttachTrafficSourcesType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { targetGroupArns } from '../traffic-source-identifiers.js';
import { attachLoadBalancerTargetGroups } from './attach-load-balancer-target-groups.js';

export function attachTrafficSources(input: AttachTrafficSourcesType, context: OperationContext): object {
  const TargetGroupARNs = targetGroupArns(input.TrafficSources);
  return attachLoadBalancerTargetGroups({ AutoScalingGroupName: input.AutoScalingGroupName, TargetGroupARNs }, context);
}
