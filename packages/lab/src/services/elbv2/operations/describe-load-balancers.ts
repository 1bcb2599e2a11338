import type {
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { requireLoadBalancer } from '../lookup.js';

export function describeLoadBalancers(
  input: DescribeLoadBalancersInput,
  context: OperationContext,
): DescribeLoadBalancersOutput {
  const { elbv2 } = context.state;
  const all = [...elbv2.loadBalancers.values()].map((record) => record.loadBalancer);
  const names = input.Names ?? [];
  const missing = names.filter((name) => !all.some((loadBalancer) => loadBalancer.LoadBalancerName === name));
  if (missing.length > 0) {
    throw new AwsError('LoadBalancerNotFound', `Load balancers '[${missing.join(', ')}]' not found`);
  }
  const arns = input.LoadBalancerArns ?? [];
  for (const arn of arns) requireLoadBalancer(elbv2, arn);
  const found = all.filter(
    (loadBalancer) =>
      (names.length === 0 || names.includes(loadBalancer.LoadBalancerName!)) &&
      (arns.length === 0 || arns.includes(loadBalancer.LoadBalancerArn!)),
  );
  const page = takePage(found, input.Marker, input.PageSize ?? 400, 'ValidationError');
  return { LoadBalancers: [...page.items], NextMarker: page.next };
}
