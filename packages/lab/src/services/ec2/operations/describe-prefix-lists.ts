import type { DescribePrefixListsRequest, DescribePrefixListsResult, ManagedPrefixList } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import type { FilterFields } from '../filters.js';
import { installAwsPrefixLists } from '../prefix-lists.js';

const fields: FilterFields<ManagedPrefixList> = {
  'prefix-list-id': (l) => l.PrefixListId,
  'prefix-list-name': (l) => l.PrefixListName,
};

/** The lists that AWS keeps, with their blocks. */
export function describePrefixLists(
  input: DescribePrefixListsRequest,
  context: OperationContext,
): DescribePrefixListsResult {
  const { prefixLists } = context.state.ec2;
  installAwsPrefixLists(context);
  const awsOnly = [...prefixLists.values()].filter(({ list }) => list.OwnerId === 'AWS');
  const ids = input.PrefixListIds?.length ? input.PrefixListIds : awsOnly.map(({ list }) => list.PrefixListId!);
  const { found, nextToken } = describe('prefixList', { ...input, ids }, fields, context);
  return {
    PrefixLists: found.map(({ PrefixListId, PrefixListName }) => ({
      PrefixListId,
      PrefixListName,
      Cidrs: (prefixLists.get(PrefixListId!)?.entries ?? []).map((entry) => entry.Cidr ?? ''),
    })),
    NextToken: nextToken,
  };
}
