import type { Address } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { missingParameter } from './refusals.js';
import { requireResource } from './resources.js';

/** The Elastic IP that a request names, by allocation id or by the address itself. */
export function addressFor(
  input: { readonly AllocationId?: string | undefined; readonly PublicIp?: string | undefined },
  context: OperationContext,
): Address {
  if (input.AllocationId !== undefined) return requireResource('address', input.AllocationId, context);
  if (input.PublicIp === undefined) throw missingParameter('AllocationId');
  for (const address of context.state.ec2.addresses.values()) if (address.PublicIp === input.PublicIp) return address;
  throw new AwsError('InvalidAddress.NotFound', `Address '${input.PublicIp}' not found.`);
}
