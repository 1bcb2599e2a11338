import type { DescribeTargetGroupsInput, DescribeTargetGroupsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { requireLoadBalancer, requireTargetGroup } from '../lookup.js';

export function describeTargetGroups(
  input: DescribeTargetGroupsInput,
  context: OperationContext,
): DescribeTargetGroupsOutput {
  const { elbv2 } = context.state;
  const { Names: names = [], TargetGroupArns: arns = [], LoadBalancerArn: loadBalancerArn } = input;
  const all = [...elbv2.targetGroups.values()].map((record) => record.targetGroup);
  for (const arn of arns) requireTargetGroup(elbv2, arn);
  if (names.some((name) => !all.some((group) => group.TargetGroupName === name))) {
    throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
  }
  if (loadBalancerArn !== undefined) requireLoadBalancer(elbv2, loadBalancerArn);
  const found = all.filter(
    (group) =>
      (arns.length === 0 || arns.includes(group.TargetGroupArn!)) &&
      (names.length === 0 || names.includes(group.TargetGroupName!)) &&
      (loadBalancerArn === undefined || group.LoadBalancerArns?.includes(loadBalancerArn)),
  );
  const page = takePage(found, input.Marker, input.PageSize ?? 400, 'ValidationError');
  return { TargetGroups: page.items.map((group) => ({ ...group })), NextMarker: page.next };
}
