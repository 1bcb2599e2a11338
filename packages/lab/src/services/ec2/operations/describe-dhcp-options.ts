import type { DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult, DhcpOptions } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<DhcpOptions> = describedBy('DhcpOptions', {
  'dhcp-options-id': (o) => o.DhcpOptionsId,
  key: (o) => o.DhcpConfigurations?.map((one) => one.Key),
  value: (o) => o.DhcpConfigurations?.flatMap((one) => one.Values?.map((value) => value.Value)),
  'owner-id': (o) => o.OwnerId,
});

export function describeDhcpOptions(
  input: DescribeDhcpOptionsRequest,
  context: OperationContext,
): DescribeDhcpOptionsResult {
  const { found, nextToken } = describe('dhcpOptions', { ...input, ids: input.DhcpOptionsIds }, fields, context);
  return { DhcpOptions: found, NextToken: nextToken };
}
