import type { DeleteDhcpOptionsRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { dependencyViolation } from '../refusals.js';
import { requireResource } from '../resources.js';

export function deleteDhcpOptions(input: DeleteDhcpOptionsRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const id = requireResource('dhcpOptions', input.DhcpOptionsId, context).DhcpOptionsId!;
  if ([...ec2.vpcs.values()].some((vpc) => vpc.DhcpOptionsId === id)) throw dependencyViolation('dhcpOptions', id);
  ec2.dhcpOptions.delete(id);
  ec2.tags.delete(id);
  return {};
}
