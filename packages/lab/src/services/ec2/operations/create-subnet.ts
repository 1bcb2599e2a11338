import type { CreateSubnetRequest, CreateSubnetResult, Subnet, Vpc } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { recountAddresses } from '../addresses.js';
import { contains, type Ipv4Block, overlaps, parseIpv4Block, requireIpv4Block } from '../cidr.js';
import { copyWithTags } from '../description.js';
import { associateNetworkAcl, defaultNetworkAcl } from '../network-acls.js';
import { invalidParameterValue, notEmulated, required } from '../refusals.js';
import { requireResource } from '../resources.js';
import { putTags, tagsFor } from '../tags.js';
import { zonesOf } from '../zones.js';

export function createSubnet(input: CreateSubnetRequest, context: OperationContext): CreateSubnetResult {
  const { ec2, accountId, region } = context.state;
  if (input.Ipv6CidrBlock !== undefined || input.Ipv6Native === true) throw notEmulated('IPv6 in a subnet');
  const vpc = requireResource('vpc', input.VpcId, context);
  const block = requireIpv4Block(required(input.CidrBlock, 'cidrBlock'), 'cidrBlock');
  checkBlock(block, vpc, input.CidrBlock!, context);
  const zone = zoneOf(input, context);
  const tags = tagsFor('subnet', input.TagSpecifications);
  const id = context.ids.hex('subnet-', 17);
  const subnet: Subnet = {
    SubnetId: id,
    SubnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${id}`,
    VpcId: vpc.VpcId,
    CidrBlock: block.text,
    AvailabilityZone: zone.ZoneName,
    AvailabilityZoneId: zone.ZoneId,
    AvailableIpAddressCount: 0,
    AssignIpv6AddressOnCreation: false,
    DefaultForAz: false,
    EnableDns64: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    MapCustomerOwnedIpOnLaunch: false,
    MapPublicIpOnLaunch: false,
    OwnerId: accountId,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    State: 'available',
  };
  ec2.subnets.set(id, subnet);
  recountAddresses(ec2, id);
  putTags(ec2, id, tags);
  associateNetworkAcl(defaultNetworkAcl(vpc.VpcId!, ec2), id, context);
  return { Subnet: copyWithTags('subnet', subnet, ec2) };
}

function checkBlock(block: Ipv4Block, vpc: Vpc, text: string, context: OperationContext): void {
  const isInside = (vpc.CidrBlockAssociationSet ?? []).some(({ CidrBlock = '' }) => {
    const outer = parseIpv4Block(CidrBlock);
    return outer !== undefined && contains(outer, block);
  });
  const isSized = block.prefixLength >= 16 && block.prefixLength <= 28;
  if (!isSized || !isInside) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  }
  for (const other of context.state.ec2.subnets.values()) {
    const taken = parseIpv4Block(other.CidrBlock ?? '');
    if (other.VpcId !== vpc.VpcId || taken === undefined || !overlaps(taken, block)) continue;
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
  }
}

/** The first zone when none is asked for. */
function zoneOf(input: CreateSubnetRequest, { state }: OperationContext) {
  const zones = zonesOf(state.region);
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input;
  if (name === undefined && id === undefined) return zones[0]!;
  const found = zones.find((zone) => (name === undefined ? zone.ZoneId === id : zone.ZoneName === name));
  if (found !== undefined) return found;
  const listed = zones.map((zone) => zone.ZoneName).join(', ');
  throw invalidParameterValue(
    `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${listed}.`,
  );
}
