import type { ModifyManagedPrefixListRequest, ModifyManagedPrefixListResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireIpv4Block } from '../cidr.js';
import { copyWithTags } from '../description.js';
import { installAwsPrefixLists } from '../prefix-lists.js';
import { required } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Entries that are added or removed make a new version, and CurrentVersion must be the present one. */
export function modifyManagedPrefixList(
  input: ModifyManagedPrefixListRequest,
  context: OperationContext,
): ModifyManagedPrefixListResult {
  const { ec2 } = context.state;
  installAwsPrefixLists(context);
  const id = requireResource('prefixList', input.PrefixListId, context).PrefixListId!;
  const record = ec2.prefixLists.get(id)!;
  const { list } = record;
  if (list.OwnerId === 'AWS')
    throw new AwsError('InvalidPrefixListModification', 'Cannot modify a prefix list that is managed by AWS.');
  const added = (input.AddEntries ?? []).map(({ Cidr, Description }) => ({
    Cidr: requireIpv4Block(required(Cidr, 'cidr'), 'cidr').text,
    ...(Description === undefined ? {} : { Description }),
  }));
  const removed = new Set((input.RemoveEntries ?? []).map(({ Cidr }) => required(Cidr, 'cidr')));
  const changesEntries = added.length > 0 || removed.size > 0;
  if (changesEntries && input.CurrentVersion !== undefined && input.CurrentVersion !== list.Version)
    throw new AwsError('PrefixListVersionMismatch', 'The prefix list has the incorrect version number.');
  const most = input.MaxEntries ?? list.MaxEntries ?? 0;
  const entries = [
    ...record.entries.filter(({ Cidr = '' }) => !removed.has(Cidr) && !added.some((one) => one.Cidr === Cidr)),
    ...added,
  ];
  if (entries.length > most)
    throw new AwsError(
      'PrefixListMaxEntriesExceeded',
      'You have exceeded the maximum number of entries for the prefix list.',
    );
  list.PrefixListName = input.PrefixListName ?? list.PrefixListName;
  list.MaxEntries = most;
  if (changesEntries) {
    record.entries.splice(0, record.entries.length, ...entries);
    list.Version = (list.Version ?? 1) + 1;
  }
  list.State = 'modify-complete';
  return { PrefixList: { ...copyWithTags('prefixList', list, ec2), State: 'modify-in-progress' } };
}
