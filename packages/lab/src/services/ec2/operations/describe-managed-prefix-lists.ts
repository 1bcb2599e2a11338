import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';
import { installAwsPrefixLists } from '../prefix-lists.js';

const fields: FilterFields<ManagedPrefixList> = describedBy('ManagedPrefixList', {
  'owner-id': (l) => l.OwnerId,
  'prefix-list-id': (l) => l.PrefixListId,
  'prefix-list-name': (l) => l.PrefixListName,
});

export function describeManagedPrefixLists(
  input: DescribeManagedPrefixListsRequest,
  context: OperationContext,
): DescribeManagedPrefixListsResult {
  installAwsPrefixLists(context);
  const request = { ...input, ids: input.PrefixListIds };
  const { found, nextToken } = describe('prefixList', request, fields, context, { least: 1, most: 100 });
  return { PrefixLists: found, NextToken: nextToken };
}
