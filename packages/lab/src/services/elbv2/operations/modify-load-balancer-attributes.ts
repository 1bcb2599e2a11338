import type {
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkLoadBalancerAttributes } from '../load-balancer-attributes.js';
import { requireLoadBalancer } from '../lookup.js';

export function modifyLoadBalancerAttributes(
  input: ModifyLoadBalancerAttributesInput,
  context: OperationContext,
): ModifyLoadBalancerAttributesOutput {
  const { attributes } = requireLoadBalancer(context.state.elbv2, input.LoadBalancerArn);
  checkLoadBalancerAttributes(input.Attributes ?? []);
  for (const { Key, Value } of input.Attributes ?? []) attributes.set(Key!, { Key, Value });
  return { Attributes: [...attributes.values()] };
}
