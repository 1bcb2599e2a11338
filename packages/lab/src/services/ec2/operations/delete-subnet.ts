import type { DeleteSubnetRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { dropNetworkAclAssociations } from '../network-acls.js';
import { dependencyViolation } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Refused while an interface is in it; its associations go with it. */
export function deleteSubnet(input: DeleteSubnetRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const id = requireResource('subnet', input.SubnetId, context).SubnetId!;
  if ([...ec2.networkInterfaces.values()].some((eni) => eni.SubnetId === id)) throw dependencyViolation('subnet', id);
  for (const table of ec2.routeTables.values()) {
    table.Associations = table.Associations?.filter((association) => association.SubnetId !== id);
  }
  dropNetworkAclAssociations(id, ec2);
  ec2.subnets.delete(id);
  ec2.tags.delete(id);
  return {};
}
