import type { AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { overlaps, parseIpv4Block, requireIpv4Block } from '../cidr.js';
import { required } from '../refusals.js';
import { requireResource } from '../resources.js';
import { localRoute } from '../routes.js';

const MOST_BLOCKS = 5;

/** A further IPv4 block of a VPC, with a local route in each of its tables. */
export function associateVpcCidrBlock(
  input: AssociateVpcCidrBlockRequest,
  context: OperationContext,
): AssociateVpcCidrBlockResult {
  const { ec2 } = context.state;
  const vpcId = requireResource('vpc', input.VpcId, context).VpcId!;
  const vpc = ec2.vpcs.get(vpcId)!;
  const block = requireIpv4Block(required(input.CidrBlock, 'cidrBlock'), 'cidrBlock');
  const own = vpc.CidrBlockAssociationSet ?? [];
  if (block.prefixLength < 16 || block.prefixLength > 28)
    throw new AwsError('InvalidVpc.Range', `The CIDR '${input.CidrBlock}' is invalid.`);
  const isTaken = own.some(({ CidrBlock = '' }) => {
    const other = parseIpv4Block(CidrBlock);
    return other !== undefined && overlaps(other, block);
  });
  if (isTaken)
    throw new AwsError(
      'InvalidVpc.Conflict',
      `The CIDR '${input.CidrBlock}' conflicts with another CIDR of the VPC '${vpcId}'.`,
    );
  if (own.length >= MOST_BLOCKS)
    throw new AwsError(
      'CidrLimitExceeded',
      `This network '${vpcId}' has met its maximum number of allowed CIDRs: ${MOST_BLOCKS}`,
    );
  const association = {
    AssociationId: context.ids.hex('vpc-cidr-assoc-', 17),
    CidrBlock: block.text,
    CidrBlockState: { State: 'associated' as const },
  };
  vpc.CidrBlockAssociationSet = [...own, association];
  for (const table of ec2.routeTables.values()) {
    if (table.VpcId === vpcId) table.Routes = [...(table.Routes ?? []), localRoute(block.text)];
  }
  return { VpcId: vpcId, CidrBlockAssociation: { ...association, CidrBlockState: { State: 'associating' } } };
}
