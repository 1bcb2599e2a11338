import type { GetManagedPrefixListEntriesRequest, GetManagedPrefixListEntriesResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { pageOf } from '../paging.js';
import { installAwsPrefixLists } from '../prefix-lists.js';
import { requireResource } from '../resources.js';

export function getManagedPrefixListEntries(
  input: GetManagedPrefixListEntriesRequest,
  context: OperationContext,
): GetManagedPrefixListEntriesResult {
  installAwsPrefixLists(context);
  const list = requireResource('prefixList', input.PrefixListId, context);
  const { entries } = context.state.ec2.prefixLists.get(list.PrefixListId!)!;
  const page = pageOf(entries, input, { least: 1, most: 100 });
  return { Entries: copyOf([...page.items]), NextToken: page.nextToken };
}
