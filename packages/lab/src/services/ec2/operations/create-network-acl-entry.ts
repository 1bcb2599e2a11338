import type { CreateNetworkAclEntryRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { entryOf, findEntry, sortEntries } from '../network-acls.js';
import { requireResource } from '../resources.js';

export function createNetworkAclEntry(
  input: CreateNetworkAclEntryRequest,
  context: OperationContext,
): Record<string, never> {
  const acl = requireResource('networkAcl', input.NetworkAclId, context);
  const entry = entryOf(input);
  if (findEntry(acl, entry.RuleNumber!, entry.Egress!) !== undefined) {
    throw new AwsError(
      'NetworkAclEntryAlreadyExists',
      `The network acl entry identified by ${entry.RuleNumber} already exists.`,
    );
  }
  acl.Entries?.push(entry);
  sortEntries(acl);
  return {};
}
