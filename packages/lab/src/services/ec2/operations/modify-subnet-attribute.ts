import type { ModifySubnetAttributeRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { notEmulated } from '../refusals.js';
import { requireResource } from '../resources.js';

/** MapPublicIpOnLaunch; the other attributes are refused by name. */
export function modifySubnetAttribute(
  input: ModifySubnetAttributeRequest,
  context: OperationContext,
): Record<string, never> {
  const subnet = requireResource('subnet', input.SubnetId, context);
  const { SubnetId: _, MapPublicIpOnLaunch: mapPublicIp, ...others } = input;
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (other !== undefined) throw notEmulated(`${other} of ModifySubnetAttribute`);
  if (mapPublicIp?.Value !== undefined) subnet.MapPublicIpOnLaunch = mapPublicIp.Value;
  return {};
}
