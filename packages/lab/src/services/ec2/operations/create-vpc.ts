import type { CreateVpcRequest, CreateVpcResult, Vpc } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireIpv4Block } from '../cidr.js';
import { copyWithTags } from '../description.js';
import { newNetworkAcl } from '../network-acls.js';
import { installAwsPrefixLists } from '../prefix-lists.js';
import { notEmulated, required } from '../refusals.js';
import { newMainRouteTable } from '../route-tables.js';
import { newDefaultSecurityGroup } from '../security-groups.js';
import { putTags, tagsFor } from '../tags.js';

/** A new VPC comes with a main route table, a default network ACL that lets everything pass, and a default security group. */
export function createVpc(input: CreateVpcRequest, context: OperationContext): CreateVpcResult {
  const { ec2, accountId } = context.state;
  if (input.AmazonProvidedIpv6CidrBlock === true || input.Ipv6CidrBlock !== undefined)
    throw notEmulated('IPv6 in a VPC');
  const block = requireIpv4Block(required(input.CidrBlock, 'cidrBlock'), 'cidrBlock');
  if (block.prefixLength < 16 || block.prefixLength > 28) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${input.CidrBlock}' is invalid.`);
  }
  const tags = tagsFor('vpc', input.TagSpecifications);
  const vpc: Vpc = {
    VpcId: context.ids.hex('vpc-', 17),
    CidrBlock: block.text,
    CidrBlockAssociationSet: [
      {
        AssociationId: context.ids.hex('vpc-cidr-assoc-', 17),
        CidrBlock: block.text,
        CidrBlockState: { State: 'associated' },
      },
    ],
    DhcpOptionsId: 'default',
    InstanceTenancy: input.InstanceTenancy ?? 'default',
    Ipv6CidrBlockAssociationSet: [],
    IsDefault: false,
    OwnerId: accountId,
    State: 'available',
  };
  ec2.vpcs.set(vpc.VpcId!, vpc);
  ec2.vpcAttributes.set(vpc.VpcId!, { enableDnsSupport: true, enableDnsHostnames: false });
  putTags(ec2, vpc.VpcId!, tags);
  installAwsPrefixLists(context);
  newMainRouteTable(vpc, context);
  newNetworkAcl(vpc.VpcId!, { isDefault: true }, context);
  newDefaultSecurityGroup(vpc.VpcId!, context);
  return { Vpc: { ...copyWithTags('vpc', vpc, ec2), State: 'pending' } };
}
