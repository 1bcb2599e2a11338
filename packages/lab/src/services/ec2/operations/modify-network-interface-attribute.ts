import type { ModifyNetworkInterfaceAttributeRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { groupsForSubnet, setGroups, showInterfaces } from '../network-interfaces.js';
import { missingParameter } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Groups, SourceDestCheck, Description and DeleteOnTermination. */
export function modifyNetworkInterfaceAttribute(
  input: ModifyNetworkInterfaceAttributeRequest,
  context: OperationContext,
): Record<string, never> {
  const { ec2 } = context.state;
  const eni = requireResource('networkInterface', input.NetworkInterfaceId, context);
  if (eni.RequesterManaged === true) {
    throw new AwsError('AuthFailure', 'You do not have permission to access the specified resource.');
  }
  const subnet = requireResource('subnet', eni.SubnetId, context);
  const groupIds = input.Groups?.length ? groupsForSubnet(input.Groups, subnet, context) : undefined;
  const { SourceDestCheck: check, Description: description, Attachment: attachment } = input;
  if (groupIds === undefined && check === undefined && description === undefined && attachment === undefined) {
    throw missingParameter('groupSet, sourceDestCheck, description or attachment');
  }
  if (check?.Value !== undefined) eni.SourceDestCheck = check.Value;
  if (description?.Value !== undefined) eni.Description = description.Value;
  if (attachment?.DeleteOnTermination !== undefined && eni.Attachment !== undefined) {
    eni.Attachment.DeleteOnTermination = attachment.DeleteOnTermination;
  }
  if (groupIds !== undefined) setGroups(eni, groupIds, ec2);
  if (eni.Attachment?.InstanceId !== undefined) showInterfaces(eni.Attachment.InstanceId, ec2);
  return {};
}
