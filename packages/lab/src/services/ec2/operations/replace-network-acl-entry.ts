import type { ReplaceNetworkAclEntryRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { entryOf, requireEntry } from '../network-acls.js';
import { requireResource } from '../resources.js';

export function replaceNetworkAclEntry(
  input: ReplaceNetworkAclEntryRequest,
  context: OperationContext,
): Record<string, never> {
  const acl = requireResource('networkAcl', input.NetworkAclId, context);
  const entry = entryOf(input);
  const present = requireEntry(acl, entry.RuleNumber!, entry.Egress!);
  acl.Entries = acl.Entries?.map((one) => (one === present ? entry : one));
  return {};
}
