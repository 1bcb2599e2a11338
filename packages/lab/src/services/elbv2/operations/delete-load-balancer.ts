import type { DeleteLoadBalancerInput, DeleteLoadBalancerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { dropListener } from '../listeners.js';
import { deleteLoadBalancerInterface, loadBalancerInterfaces } from '../load-balancer-interface.js';
import { refreshTargetGroupUse } from '../target-group-use.js';

/** Its listeners go with it; its target groups stay. An unknown ARN is no error, as on AWS. */
export function deleteLoadBalancer(
  input: DeleteLoadBalancerInput,
  context: OperationContext,
): DeleteLoadBalancerOutput {
  const { elbv2, ec2 } = context.state;
  const arn = input.LoadBalancerArn!;
  const record = elbv2.loadBalancers.get(arn);
  if (!record) return {};
  if (record.attributes.get('deletion_protection.enabled')?.Value === 'true') {
    throw new AwsError(
      'OperationNotPermitted',
      `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  for (const [listenerArn, { listener }] of [...elbv2.listeners]) {
    if (listener.LoadBalancerArn === arn) dropListener(elbv2, listenerArn);
  }
  elbv2.loadBalancers.delete(arn);
  elbv2.tags.delete(arn);
  for (const attached of loadBalancerInterfaces(ec2, arn)) deleteLoadBalancerInterface(attached, context);
  refreshTargetGroupUse(elbv2);
  context.emit({ kind: 'listenersChanged' });
  return {};
}
