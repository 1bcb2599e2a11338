import type { DetachLoadBalancerTargetGroupsType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireAttached } from '../attached.js';
import { requireGroup } from '../group.js';
import { detachTargetGroups } from '../traffic-source.js';

export function detachLoadBalancerTargetGroups(
  input: DetachLoadBalancerTargetGroupsType,
  context: OperationContext,
): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const arns = input.TargetGroupARNs ?? [];
  requireAttached(record, arns);
  detachTargetGroups(record, arns, context);
  return {};
}
