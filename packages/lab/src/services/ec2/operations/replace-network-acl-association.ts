import type { ReplaceNetworkAclAssociationRequest, ReplaceNetworkAclAssociationResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { associateNetworkAcl } from '../network-acls.js';
import { invalidParameterValue, required } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Gives the association's subnet to another list of the same VPC. The association gets a new id. */
export function replaceNetworkAclAssociation(
  input: ReplaceNetworkAclAssociationRequest,
  context: OperationContext,
): ReplaceNetworkAclAssociationResult {
  const id = required(input.AssociationId, 'associationId');
  const acl = requireResource('networkAcl', input.NetworkAclId, context);
  const lists = [...context.state.ec2.networkAcls.values()];
  const from = lists.find((one) => one.Associations?.some((association) => association.NetworkAclAssociationId === id));
  const old = from?.Associations?.find((association) => association.NetworkAclAssociationId === id);
  if (old === undefined) {
    throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
  }
  if (from?.VpcId !== acl.VpcId) {
    throw invalidParameterValue(`network ACL ${acl.NetworkAclId} and association ${id} belong to different networks`);
  }
  const association = associateNetworkAcl(acl, old.SubnetId!, context);
  return { NewAssociationId: association.NetworkAclAssociationId };
}
