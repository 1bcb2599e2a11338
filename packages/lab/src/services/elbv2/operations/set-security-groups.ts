import type { SetSecurityGroupsInput, SetSecurityGroupsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { setInterfaceGroups } from '../load-balancer-interface.js';
import { requireSecurityGroups } from '../load-balancer-network.js';
import { requireLoadBalancer } from '../lookup.js';

export function setSecurityGroups(input: SetSecurityGroupsInput, context: OperationContext): SetSecurityGroupsOutput {
  const { loadBalancer } = requireLoadBalancer(context.state.elbv2, input.LoadBalancerArn);
  const ids = requireSecurityGroups(context.state, loadBalancer.VpcId!, input.SecurityGroups);
  loadBalancer.SecurityGroups = ids;
  setInterfaceGroups(loadBalancer.LoadBalancerArn!, ids, context);
  return { SecurityGroupIds: ids };
}
