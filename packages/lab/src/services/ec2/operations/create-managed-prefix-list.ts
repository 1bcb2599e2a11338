import type {
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireIpv4Block } from '../cidr.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { invalidParameterValue, notEmulated, required } from '../refusals.js';
import { putTags, tagsFor } from '../tags.js';

const operation = 'CreateManagedPrefixList';

export function createManagedPrefixList(
  input: CreateManagedPrefixListRequest,
  context: OperationContext,
): CreateManagedPrefixListResult {
  const { ec2, accountId, region } = context.state;
  const madeEarlier = ec2.prefixLists.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return { PrefixList: copyWithTags('prefixList', madeEarlier.list, ec2) };
  const name = required(input.PrefixListName, 'prefixListName');
  const mostEntries = required(input.MaxEntries, 'maxEntries');
  if (input.AddressFamily === 'IPv6') throw notEmulated('IPv6 prefix lists');
  if (input.AddressFamily !== 'IPv4') throw invalidParameterValue(`Invalid address family: ${input.AddressFamily}`);
  if (name.startsWith('com.amazonaws')) throw invalidParameterValue('Prefix list name cannot start with com.amazonaws');
  const entries = (input.Entries ?? []).map(({ Cidr, Description }) => ({
    Cidr: requireIpv4Block(required(Cidr, 'cidr'), 'cidr').text,
    ...(Description === undefined ? {} : { Description }),
  }));
  if (entries.length > mostEntries) {
    throw new AwsError(
      'PrefixListMaxEntriesExceeded',
      'You have exceeded the maximum number of entries for the prefix list.',
    );
  }
  const tags = tagsFor('prefix-list', input.TagSpecifications);
  const id = context.ids.hex('pl-', 17);
  const list: ManagedPrefixList = {
    PrefixListId: id,
    PrefixListArn: `arn:aws:ec2:${region}:${accountId}:prefix-list/${id}`,
    PrefixListName: name,
    AddressFamily: 'IPv4',
    MaxEntries: mostEntries,
    OwnerId: accountId,
    State: 'create-complete',
    Version: 1,
  };
  ec2.prefixLists.set(id, { list, entries });
  putTags(ec2, id, tags);
  rememberMade(operation, input, id, context);
  return { PrefixList: copyWithTags('prefixList', list, ec2) };
}
