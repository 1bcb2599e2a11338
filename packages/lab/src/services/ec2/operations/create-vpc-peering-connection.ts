import type {
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  Vpc,
  VpcPeeringConnection,
  VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { overlaps, requireIpv4Block } from '../cidr.js';
import { copyWithTags } from '../description.js';
import { notEmulated } from '../refusals.js';
import { requireResource } from '../resources.js';
import { putTags, tagsFor } from '../tags.js';

const acceptedWithinMs = 7 * 24 * 3600 * 1000;

/** Between two VPCs of the lab's account and region. As in AWS, one of VPCs that overlap is made, and failed. */
export function createVpcPeeringConnection(
  input: CreateVpcPeeringConnectionRequest,
  context: OperationContext,
): CreateVpcPeeringConnectionResult {
  const { ec2, accountId, region } = context.state;
  if ((input.PeerOwnerId ?? accountId) !== accountId) throw notEmulated('peering with another account');
  if ((input.PeerRegion ?? region) !== region) throw notEmulated('peering with another region');
  const requester = requireResource('vpc', input.VpcId, context);
  const accepter = requireResource('vpc', input.PeerVpcId, context);
  const tags = tagsFor('vpc-peering-connection', input.TagSpecifications);
  const peering: VpcPeeringConnection = {
    VpcPeeringConnectionId: context.ids.hex('pcx-', 17),
    RequesterVpcInfo: vpcInfo(requester, context),
    AccepterVpcInfo: vpcInfo(accepter, context),
    ExpirationTime: new Date(context.now + acceptedWithinMs),
    Status: canBePeered(requester, accepter)
      ? { Code: 'pending-acceptance', Message: `Pending Acceptance by ${accountId}` }
      : { Code: 'failed', Message: 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range' },
  };
  ec2.vpcPeeringConnections.set(peering.VpcPeeringConnectionId!, peering);
  putTags(ec2, peering.VpcPeeringConnectionId!, tags);
  return { VpcPeeringConnection: copyWithTags('vpcPeeringConnection', peering, ec2) };
}

function canBePeered(one: Vpc, other: Vpc): boolean {
  const block = (vpc: Vpc) => requireIpv4Block(vpc.CidrBlock ?? '', 'cidrBlock');
  return !overlaps(block(one), block(other));
}

function vpcInfo(vpc: Vpc, { state }: OperationContext): VpcPeeringConnectionVpcInfo {
  return {
    VpcId: vpc.VpcId,
    OwnerId: state.accountId,
    Region: state.region,
    CidrBlock: vpc.CidrBlock,
    CidrBlockSet: [{ CidrBlock: vpc.CidrBlock }],
    Ipv6CidrBlockSet: [],
    PeeringOptions: {
      AllowDnsResolutionFromRemoteVpc: false,
      AllowEgressFromLocalClassicLinkToRemoteVpc: false,
      AllowEgressFromLocalVpcToRemoteClassicLink: false,
    },
  };
}
