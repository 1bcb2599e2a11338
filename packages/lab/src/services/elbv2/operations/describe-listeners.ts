import type { DescribeListenersInput, DescribeListenersOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { requireListener, requireLoadBalancer } from '../lookup.js';

export function describeListeners(input: DescribeListenersInput, context: OperationContext): DescribeListenersOutput {
  const { elbv2 } = context.state;
  const { ListenerArns: arns = [], LoadBalancerArn: loadBalancerArn } = input;
  if (arns.length === 0 && loadBalancerArn === undefined) {
    throw new AwsError('ValidationError', 'You must specify either listener ARNs or a load balancer ARN');
  }
  if (loadBalancerArn !== undefined) requireLoadBalancer(elbv2, loadBalancerArn);
  const found =
    arns.length > 0
      ? arns.map((arn) => requireListener(elbv2, arn).listener)
      : [...elbv2.listeners.values()]
          .map((record) => record.listener)
          .filter((listener) => listener.LoadBalancerArn === loadBalancerArn);
  const page = takePage(found, input.Marker, input.PageSize ?? 400, 'ValidationError');
  return { Listeners: page.items.map((listener) => ({ ...listener })), NextMarker: page.next };
}
