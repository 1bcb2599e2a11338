import type { AttachLoadBalancerTargetGroupsType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { attachTargetGroups, checkTargetGroups } from '../traffic-source.js';

const MOST = 10;

export function attachLoadBalancerTargetGroups(
  input: AttachLoadBalancerTargetGroupsType,
  context: OperationContext,
): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const arns = input.TargetGroupARNs ?? [];
  if (arns.length > MOST)
    throw new AwsError('ValidationError', `At most ${MOST} target groups can be attached in one request.`);
  checkTargetGroups(context, arns);
  attachTargetGroups(record, arns, context);
  return {};
}
