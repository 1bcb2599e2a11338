import type { DescribeVpcsRequest, DescribeVpcsResult, Vpc } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<Vpc> = describedBy('Vpc', {
  'vpc-id': (v) => v.VpcId,
  cidr: (v) => v.CidrBlock,
  cidrBlock: (v) => v.CidrBlock,
  'cidr-block-association.cidr-block': (v) => v.CidrBlockAssociationSet?.map((one) => one.CidrBlock),
  'dhcp-options-id': (v) => v.DhcpOptionsId,
  isDefault: (v) => v.IsDefault,
  'is-default': (v) => v.IsDefault,
  'owner-id': (v) => v.OwnerId,
  state: (v) => v.State,
});

export function describeVpcs(input: DescribeVpcsRequest, context: OperationContext): DescribeVpcsResult {
  const { found, nextToken } = describe('vpc', { ...input, ids: input.VpcIds }, fields, context);
  return { Vpcs: found, NextToken: nextToken };
}
