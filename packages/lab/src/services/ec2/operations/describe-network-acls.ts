import type { DescribeNetworkAclsRequest, DescribeNetworkAclsResult, NetworkAcl } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<NetworkAcl> = describedBy('NetworkAcl', {
  'network-acl-id': (a) => a.NetworkAclId,
  'vpc-id': (a) => a.VpcId,
  default: (a) => a.IsDefault,
  'owner-id': (a) => a.OwnerId,
  'association.association-id': (a) => a.Associations?.map((one) => one.NetworkAclAssociationId),
  'association.network-acl-id': (a) => a.Associations?.map((one) => one.NetworkAclId),
  'association.subnet-id': (a) => a.Associations?.map((one) => one.SubnetId),
  'entry.cidr': (a) => a.Entries?.map((entry) => entry.CidrBlock),
  'entry.egress': (a) => a.Entries?.map((entry) => entry.Egress),
  'entry.protocol': (a) => a.Entries?.map((entry) => entry.Protocol),
  'entry.rule-action': (a) => a.Entries?.map((entry) => entry.RuleAction),
  'entry.rule-number': (a) => a.Entries?.map((entry) => entry.RuleNumber),
});

export function describeNetworkAcls(
  input: DescribeNetworkAclsRequest,
  context: OperationContext,
): DescribeNetworkAclsResult {
  const { found, nextToken } = describe('networkAcl', { ...input, ids: input.NetworkAclIds }, fields, context);
  return { NetworkAcls: found, NextToken: nextToken };
}
