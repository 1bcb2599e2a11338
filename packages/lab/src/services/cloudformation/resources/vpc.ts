// vpc: networks, their parts, and what they are put together with.
import type {
  AllocateAddressResult,
  AssociateAddressResult,
  AssociateRouteTableResult,
  AssociateVpcCidrBlockResult,
  CreateDhcpOptionsResult,
  CreateInternetGatewayResult,
  CreateManagedPrefixListResult,
  CreateNatGatewayResult,
  CreateRouteTableResult,
  CreateSubnetResult,
  CreateVpcPeeringConnectionResult,
  CreateVpcResult,
  DescribeAddressesResult,
  DescribeManagedPrefixListsResult,
  DescribeNatGatewaysResult,
  DescribeNetworkAclsResult,
  DescribeRouteTablesResult,
  DescribeSecurityGroupsResult,
  DescribeSubnetsResult,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2';
import { validationError } from '../refusals.js';
import { hasChanged, type Progress, pick, type ResourceRequest, type ResourceType } from './resource-type.js';
import { retagEc2, tagSpecifications } from './tags.js';

export const vpc: ResourceType = {
  acts: 'CidrBlock EnableDnsHostnames EnableDnsSupport InstanceTenancy Tags',
  updates: 'EnableDnsHostnames EnableDnsSupport Tags',
  create(request) {
    const { properties } = request;
    const { Vpc } = request.ask<CreateVpcResult>('ec2', 'CreateVpc', {
      ...pick(properties, 'CidrBlock InstanceTenancy'),
      ...tagSpecifications('vpc', request),
    });
    request.created(Vpc!.VpcId!);
    request.mark(Vpc!.VpcId!);
    setVpcAttributes(request);
  },
  update(request) {
    setVpcAttributes(request);
    retagEc2(request);
  },
  delete: (request) => void request.ask('ec2', 'DeleteVpc', { VpcId: request.physicalId }),
  attributes(request) {
    const VpcId = request.physicalId;
    const [found] = request.ask<DescribeVpcsResult>('ec2', 'DescribeVpcs', { VpcIds: [VpcId] }).Vpcs!;
    const ofVpc = [{ Name: 'vpc-id', Values: [VpcId] }];
    const groups = request.ask<DescribeSecurityGroupsResult>('ec2', 'DescribeSecurityGroups', {
      Filters: [...ofVpc, { Name: 'group-name', Values: ['default'] }],
    });
    const acls = request.ask<DescribeNetworkAclsResult>('ec2', 'DescribeNetworkAcls', {
      Filters: [...ofVpc, { Name: 'default', Values: ['true'] }],
    });
    return {
      VpcId,
      CidrBlock: found?.CidrBlock,
      CidrBlockAssociations: found?.CidrBlockAssociationSet?.map(({ AssociationId }) => AssociationId),
      Ipv6CidrBlocks: found?.Ipv6CidrBlockAssociationSet?.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock) ?? [],
      DefaultSecurityGroup: groups.SecurityGroups?.[0]?.GroupId,
      DefaultNetworkAcl: acls.NetworkAcls?.[0]?.NetworkAclId,
    };
  },
};

function setVpcAttributes(request: ResourceRequest): void {
  const { EnableDnsSupport = true, EnableDnsHostnames = false } = request.properties;
  const set = (name: string, Value: unknown) =>
    request.ask('ec2', 'ModifyVpcAttribute', { VpcId: request.physicalId, [name]: { Value } });
  if (hasChanged(request, 'EnableDnsSupport')) set('EnableDnsSupport', EnableDnsSupport);
  if (hasChanged(request, 'EnableDnsHostnames')) set('EnableDnsHostnames', EnableDnsHostnames);
}

export const vpcCidrBlock: ResourceType = {
  acts: 'VpcId CidrBlock',
  create(request) {
    const made = request.ask<AssociateVpcCidrBlockResult>(
      'ec2',
      'AssociateVpcCidrBlock',
      pick(request.properties, 'VpcId CidrBlock'),
    );
    request.created(made.CidrBlockAssociation!.AssociationId!);
  },
  delete: (request) => void request.ask('ec2', 'DisassociateVpcCidrBlock', { AssociationId: request.physicalId }),
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};

export const subnet: ResourceType = {
  acts: 'VpcId CidrBlock AvailabilityZone AvailabilityZoneId Ipv6CidrBlock Ipv6Native MapPublicIpOnLaunch Tags',
  updates: 'MapPublicIpOnLaunch Tags',
  create(request) {
    const { Subnet } = request.ask<CreateSubnetResult>('ec2', 'CreateSubnet', {
      ...pick(request.properties, 'VpcId CidrBlock AvailabilityZone AvailabilityZoneId Ipv6CidrBlock Ipv6Native'),
      ...tagSpecifications('subnet', request),
    });
    request.created(Subnet!.SubnetId!);
    request.mark(Subnet!.SubnetId!);
    mapPublicAddresses(request);
  },
  update(request) {
    mapPublicAddresses(request);
    retagEc2(request);
  },
  delete: (request) => void request.ask('ec2', 'DeleteSubnet', { SubnetId: request.physicalId }),
  attributes(request) {
    const SubnetId = request.physicalId;
    const [found] = request.ask<DescribeSubnetsResult>('ec2', 'DescribeSubnets', { SubnetIds: [SubnetId] }).Subnets!;
    const acls = request.ask<DescribeNetworkAclsResult>('ec2', 'DescribeNetworkAcls', {
      Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }],
    });
    const association = acls.NetworkAcls?.[0]?.Associations?.find((one) => one.SubnetId === SubnetId);
    return {
      SubnetId,
      ...pick(found ?? {}, 'AvailabilityZone AvailabilityZoneId CidrBlock VpcId'),
      Ipv6CidrBlocks: found?.Ipv6CidrBlockAssociationSet?.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock) ?? [],
      NetworkAclAssociationId: association?.NetworkAclAssociationId,
    };
  },
};

function mapPublicAddresses(request: ResourceRequest): void {
  if (!hasChanged(request, 'MapPublicIpOnLaunch')) return;
  const Value = request.properties.MapPublicIpOnLaunch ?? false;
  request.ask('ec2', 'ModifySubnetAttribute', { SubnetId: request.physicalId, MapPublicIpOnLaunch: { Value } });
}

export const internetGateway: ResourceType = {
  acts: 'Tags',
  updates: 'Tags',
  create(request) {
    const made = request.ask<CreateInternetGatewayResult>(
      'ec2',
      'CreateInternetGateway',
      tagSpecifications('internet-gateway', request),
    );
    request.created(made.InternetGateway!.InternetGatewayId!);
    request.mark(request.physicalId);
  },
  update: (request) => retagEc2(request),
  delete: (request) => void request.ask('ec2', 'DeleteInternetGateway', { InternetGatewayId: request.physicalId }),
  attributes: ({ physicalId }) => ({ InternetGatewayId: physicalId }),
};

export const vpcGatewayAttachment: ResourceType = {
  acts: 'VpcId InternetGatewayId',
  updates: 'InternetGatewayId',
  create(request) {
    const { VpcId, InternetGatewayId } = request.properties;
    if (InternetGatewayId === undefined)
      throw validationError('Either VpnGatewayId or InternetGatewayId must be specified');
    request.ask('ec2', 'AttachInternetGateway', { VpcId, InternetGatewayId });
    request.created(`IGW|${VpcId}`);
  },
  update(request) {
    const { VpcId } = request.properties;
    request.ask('ec2', 'DetachInternetGateway', { VpcId, InternetGatewayId: request.previous.InternetGatewayId });
    request.ask('ec2', 'AttachInternetGateway', { VpcId, InternetGatewayId: request.properties.InternetGatewayId });
  },
  delete: (request) =>
    void request.ask('ec2', 'DetachInternetGateway', pick(request.properties, 'VpcId InternetGatewayId')),
  attributes: () => ({ AttachmentType: 'IGW' }),
};

export const routeTable: ResourceType = {
  acts: 'VpcId Tags',
  updates: 'Tags',
  create(request) {
    const made = request.ask<CreateRouteTableResult>('ec2', 'CreateRouteTable', {
      VpcId: request.properties.VpcId,
      ...tagSpecifications('route-table', request),
    });
    request.created(made.RouteTable!.RouteTableId!);
    request.mark(request.physicalId);
  },
  update: (request) => retagEc2(request),
  delete: (request) => void request.ask('ec2', 'DeleteRouteTable', { RouteTableId: request.physicalId }),
  attributes: ({ physicalId }) => ({ RouteTableId: physicalId }),
};

const DESTINATIONS = 'DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId';
const ROUTE_TARGETS =
  'GatewayId NatGatewayId InstanceId NetworkInterfaceId VpcEndpointId VpcPeeringConnectionId TransitGatewayId EgressOnlyInternetGatewayId CarrierGatewayId';

export const route: ResourceType = {
  acts: `RouteTableId ${DESTINATIONS} ${ROUTE_TARGETS}`,
  updates: ROUTE_TARGETS,
  create(request) {
    const { properties } = request;
    request.ask('ec2', 'CreateRoute', pick(properties, `RouteTableId ${DESTINATIONS} ${ROUTE_TARGETS}`));
    request.created(`${properties.RouteTableId}|${Object.values(pick(properties, DESTINATIONS)).join('')}`);
  },
  update: (request) =>
    void request.ask('ec2', 'ReplaceRoute', pick(request.properties, `RouteTableId ${DESTINATIONS} ${ROUTE_TARGETS}`)),
  delete: (request) => void request.ask('ec2', 'DeleteRoute', pick(request.properties, `RouteTableId ${DESTINATIONS}`)),
  attributes: ({ properties }) => ({
    CidrBlock: properties.DestinationCidrBlock ?? properties.DestinationIpv6CidrBlock,
  }),
};

// A subnet has one table at a time: a replacement moves the association, and the old one has then gone by itself.
export const subnetRouteTableAssociation: ResourceType = {
  acts: 'RouteTableId SubnetId',
  create(request) {
    const { RouteTableId, SubnetId } = request.properties;
    const tables = request.ask<DescribeRouteTablesResult>('ec2', 'DescribeRouteTables', {
      Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }],
    });
    const present = tables.RouteTables?.[0]?.Associations?.find((one) => one.SubnetId === SubnetId);
    const made =
      present === undefined
        ? request.ask<AssociateRouteTableResult>('ec2', 'AssociateRouteTable', { RouteTableId, SubnetId }).AssociationId
        : request.ask<{ readonly NewAssociationId?: string }>('ec2', 'ReplaceRouteTableAssociation', {
            AssociationId: present.RouteTableAssociationId,
            RouteTableId,
          }).NewAssociationId;
    request.created(made!);
  },
  delete: (request) => void request.ask('ec2', 'DisassociateRouteTable', { AssociationId: request.physicalId }),
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};

// Ref is the public address; the allocation is an attribute.
export const eip: ResourceType = {
  acts: 'Domain InstanceId Address NetworkBorderGroup Tags',
  updates: 'InstanceId Tags',
  create(request) {
    const made = request.ask<AllocateAddressResult>('ec2', 'AllocateAddress', {
      ...pick(request.properties, 'Domain Address NetworkBorderGroup'),
      ...tagSpecifications('elastic-ip', request),
    });
    request.created(made.PublicIp!);
    request.mark(made.AllocationId!);
    if (request.properties.InstanceId !== undefined) associate(request, made.AllocationId!);
  },
  update(request) {
    const address = addressOf(request);
    if (hasChanged(request, 'InstanceId')) {
      if (request.previous.InstanceId !== undefined && address?.AssociationId !== undefined)
        request.ask('ec2', 'DisassociateAddress', { AssociationId: address.AssociationId });
      if (request.properties.InstanceId !== undefined) associate(request, address!.AllocationId!);
    }
    retagEc2(request, address?.AllocationId);
  },
  delete(request) {
    const address = addressOf(request);
    if (address?.AssociationId !== undefined && request.properties.InstanceId !== undefined)
      request.ask('ec2', 'DisassociateAddress', { AssociationId: address.AssociationId });
    request.ask('ec2', 'ReleaseAddress', { AllocationId: address?.AllocationId });
  },
  attributes: (request) => ({ PublicIp: request.physicalId, AllocationId: addressOf(request)?.AllocationId }),
};

function associate(request: ResourceRequest, AllocationId: string): void {
  request.ask('ec2', 'AssociateAddress', { AllocationId, InstanceId: request.properties.InstanceId });
}

function addressOf(request: ResourceRequest) {
  return request.ask<DescribeAddressesResult>('ec2', 'DescribeAddresses', { PublicIps: [request.physicalId] })
    .Addresses?.[0];
}

export const eipAssociation: ResourceType = {
  acts: 'AllocationId EIP InstanceId NetworkInterfaceId PrivateIpAddress',
  create(request) {
    const { EIP, ...rest } = request.properties;
    const made = request.ask<AssociateAddressResult>('ec2', 'AssociateAddress', {
      ...rest,
      ...(EIP !== undefined && { PublicIp: EIP }),
    });
    request.created(made.AssociationId!);
  },
  delete: (request) => void request.ask('ec2', 'DisassociateAddress', { AssociationId: request.physicalId }),
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};

export const natGateway: ResourceType = {
  acts: 'AllocationId SubnetId VpcId ConnectivityType PrivateIpAddress Tags',
  updates: 'Tags',
  create(request) {
    const made = request.ask<CreateNatGatewayResult>('ec2', 'CreateNatGateway', {
      ...pick(request.properties, 'AllocationId SubnetId VpcId ConnectivityType PrivateIpAddress'),
      ...tagSpecifications('natgateway', request),
    });
    request.created(made.NatGateway!.NatGatewayId!);
    request.mark(request.physicalId);
  },
  progress: (request): Progress => {
    const gateway = natGatewayOf(request);
    if (gateway?.State === 'failed')
      throw validationError(
        `NatGateway ${request.physicalId} is in state failed and hence failed to stabilize. Detailed failure message: ${gateway.FailureMessage}`,
      );
    return gateway?.State === 'available' ? 'ready' : 'working';
  },
  update: (request) => retagEc2(request),
  delete: (request) => void request.ask('ec2', 'DeleteNatGateway', { NatGatewayId: request.physicalId }),
  isGone: (request) => {
    const state = natGatewayOf(request)?.State;
    return state === undefined || state === 'deleted';
  },
  attributes: (request) => ({
    NatGatewayId: request.physicalId,
    EniId: natGatewayOf(request)?.NatGatewayAddresses?.[0]?.NetworkInterfaceId,
  }),
};

function natGatewayOf(request: ResourceRequest) {
  return request.ask<DescribeNatGatewaysResult>('ec2', 'DescribeNatGateways', {
    Filter: [{ Name: 'nat-gateway-id', Values: [request.physicalId] }],
  }).NatGateways?.[0];
}

export const vpcPeeringConnection: ResourceType = {
  acts: 'VpcId PeerVpcId PeerOwnerId PeerRegion Tags',
  noEffect: 'PeerRoleArn',
  updates: 'Tags',
  create(request) {
    const made = request.ask<CreateVpcPeeringConnectionResult>('ec2', 'CreateVpcPeeringConnection', {
      ...pick(request.properties, 'VpcId PeerVpcId PeerOwnerId PeerRegion'),
      ...tagSpecifications('vpc-peering-connection', request),
    });
    const VpcPeeringConnectionId = made.VpcPeeringConnection!.VpcPeeringConnectionId!;
    request.created(VpcPeeringConnectionId);
    request.mark(VpcPeeringConnectionId);
    // Within one account CloudFormation accepts for the other side.
    request.ask('ec2', 'AcceptVpcPeeringConnection', { VpcPeeringConnectionId });
  },
  update: (request) => retagEc2(request),
  delete: (request) =>
    void request.ask('ec2', 'DeleteVpcPeeringConnection', { VpcPeeringConnectionId: request.physicalId }),
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};

export const prefixList: ResourceType = {
  acts: 'PrefixListName AddressFamily MaxEntries Entries Tags',
  updates: 'Tags',
  create(request) {
    const { PrefixListName, AddressFamily, Entries = [], MaxEntries = Entries.length } = request.properties;
    const made = request.ask<CreateManagedPrefixListResult>('ec2', 'CreateManagedPrefixList', {
      PrefixListName,
      AddressFamily,
      MaxEntries,
      Entries,
      ...tagSpecifications('prefix-list', request),
    });
    request.created(made.PrefixList!.PrefixListId!);
    request.mark(request.physicalId);
  },
  update: (request) => retagEc2(request),
  delete: (request) => void request.ask('ec2', 'DeleteManagedPrefixList', { PrefixListId: request.physicalId }),
  attributes(request) {
    const answer = request.ask<DescribeManagedPrefixListsResult>('ec2', 'DescribeManagedPrefixLists', {
      PrefixListIds: [request.physicalId],
    });
    const found = answer.PrefixLists?.[0];
    return {
      PrefixListId: request.physicalId,
      Arn: found?.PrefixListArn,
      OwnerId: found?.OwnerId,
      Version: found?.Version,
    };
  },
};

export const dhcpOptions: ResourceType = {
  acts: 'DomainName DomainNameServers NtpServers NetbiosNameServers NetbiosNodeType Tags',
  updates: 'Tags',
  create(request) {
    const { DomainName, DomainNameServers, NtpServers, NetbiosNameServers, NetbiosNodeType } = request.properties;
    const given = {
      'domain-name': DomainName,
      'domain-name-servers': DomainNameServers,
      'ntp-servers': NtpServers,
      'netbios-name-servers': NetbiosNameServers,
      'netbios-node-type': NetbiosNodeType,
    };
    const made = request.ask<CreateDhcpOptionsResult>('ec2', 'CreateDhcpOptions', {
      DhcpConfigurations: Object.entries(given).flatMap(([Key, value]) =>
        value === undefined ? [] : [{ Key, Values: [value].flat() }],
      ),
      ...tagSpecifications('dhcp-options', request),
    });
    request.created(made.DhcpOptions!.DhcpOptionsId!);
    request.mark(request.physicalId);
  },
  update: (request) => retagEc2(request),
  delete: (request) => void request.ask('ec2', 'DeleteDhcpOptions', { DhcpOptionsId: request.physicalId }),
  attributes: ({ physicalId }) => ({ DhcpOptionsId: physicalId }),
};

export const vpcDhcpOptionsAssociation: ResourceType = {
  acts: 'DhcpOptionsId VpcId',
  create(request) {
    const { DhcpOptionsId, VpcId } = request.properties;
    request.ask('ec2', 'AssociateDhcpOptions', { DhcpOptionsId, VpcId });
    request.created(`${DhcpOptionsId}|${VpcId}`);
  },
  delete: (request) =>
    void request.ask('ec2', 'AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId: request.properties.VpcId }),
};
