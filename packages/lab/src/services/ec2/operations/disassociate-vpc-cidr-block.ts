import type { DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { contains, parseIpv4Block } from '../cidr.js';
import { required } from '../refusals.js';

/** The primary block stays, and so does one that holds subnets. */
export function disassociateVpcCidrBlock(
  input: DisassociateVpcCidrBlockRequest,
  context: OperationContext,
): DisassociateVpcCidrBlockResult {
  const { ec2 } = context.state;
  const id = required(input.AssociationId, 'associationId');
  const vpc = [...ec2.vpcs.values()].find((one) =>
    one.CidrBlockAssociationSet?.some(({ AssociationId }) => AssociationId === id),
  );
  const association = vpc?.CidrBlockAssociationSet?.find(({ AssociationId }) => AssociationId === id);
  if (vpc === undefined || association === undefined)
    throw new AwsError(
      'InvalidVpcCidrBlockAssociationID.NotFound',
      `The vpc CIDR block association ID '${id}' does not exist`,
    );
  if (association.CidrBlock === vpc.CidrBlock)
    throw new AwsError(
      'OperationNotPermitted',
      `The vpc CIDR block with association ID ${id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
    );
  const block = parseIpv4Block(association.CidrBlock ?? '');
  const isUsed = [...ec2.subnets.values()].some((subnet) => {
    const inner = parseIpv4Block(subnet.CidrBlock ?? '');
    return subnet.VpcId === vpc.VpcId && block !== undefined && inner !== undefined && contains(block, inner);
  });
  if (isUsed)
    throw new AwsError(
      'DependencyViolation',
      `The vpc CIDR block '${association.CidrBlock}' has dependencies and cannot be deleted.`,
    );
  vpc.CidrBlockAssociationSet = vpc.CidrBlockAssociationSet?.filter((one) => one !== association);
  for (const table of ec2.routeTables.values()) {
    if (table.VpcId !== vpc.VpcId) continue;
    table.Routes = table.Routes?.filter(
      (route) => route.DestinationCidrBlock !== association.CidrBlock || route.GatewayId !== 'local',
    );
  }
  return {
    VpcId: vpc.VpcId,
    CidrBlockAssociation: { ...association, CidrBlockState: { State: 'disassociating' } },
  };
}
