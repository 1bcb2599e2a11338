import type { DeleteNetworkAclEntryRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireEntry } from '../network-acls.js';
import { invalidParameterValue, required } from '../refusals.js';
import { requireResource } from '../resources.js';

export function deleteNetworkAclEntry(
  input: DeleteNetworkAclEntryRequest,
  context: OperationContext,
): Record<string, never> {
  const acl = requireResource('networkAcl', input.NetworkAclId, context);
  const ruleNumber = required(input.RuleNumber, 'ruleNumber');
  if (ruleNumber === 32767) throw invalidParameterValue('The last rule of a network ACL cannot be deleted.');
  const present = requireEntry(acl, ruleNumber, required(input.Egress, 'egress'));
  acl.Entries = acl.Entries?.filter((one) => one !== present);
  return {};
}
