import type { Address, AllocateAddressRequest, AllocateAddressResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { drawPublicAddress } from '../addresses.js';
import { copyOf } from '../copy.js';
import { putTags, tagsFor } from '../tags.js';

export function allocateAddress(input: AllocateAddressRequest, context: OperationContext): AllocateAddressResult {
  const { ec2, region } = context.state;
  const tags = tagsFor('elastic-ip', input.TagSpecifications);
  const address: Address = {
    AllocationId: context.ids.hex('eipalloc-', 17),
    Domain: 'vpc',
    NetworkBorderGroup: region,
    PublicIp: drawPublicAddress(ec2, context.ids),
    PublicIpv4Pool: 'amazon',
  };
  ec2.addresses.set(address.AllocationId!, address);
  putTags(ec2, address.AllocationId!, tags);
  return copyOf(address);
}
