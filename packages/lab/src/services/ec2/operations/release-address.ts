import type { ReleaseAddressRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { addressFor } from '../elastic-addresses.js';

export function releaseAddress(input: ReleaseAddressRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const address = addressFor(input, context);
  if (address.AssociationId !== undefined) {
    throw new AwsError('InvalidIPAddress.InUse', `Address ${address.PublicIp} is in use.`);
  }
  ec2.addresses.delete(address.AllocationId!);
  ec2.tags.delete(address.AllocationId!);
  return {};
}
