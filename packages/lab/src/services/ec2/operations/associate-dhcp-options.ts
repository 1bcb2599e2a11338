import type { AssociateDhcpOptionsRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireResource } from '../resources.js';

/** `default` means Amazon's own resolver and nothing else. */
export function associateDhcpOptions(
  input: AssociateDhcpOptionsRequest,
  context: OperationContext,
): Record<string, never> {
  const vpc = requireResource('vpc', input.VpcId, context);
  const isDefault = input.DhcpOptionsId === 'default';
  const id = isDefault ? 'default' : requireResource('dhcpOptions', input.DhcpOptionsId, context).DhcpOptionsId;
  vpc.DhcpOptionsId = id;
  return {};
}
