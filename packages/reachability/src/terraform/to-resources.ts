// to-resources: planned resources of the AWS provider, as the resources of a template, so that both are read alike.
//
//   P2. Defaults are the provider's: an endpoint is a Gateway with private DNS off; a security group without rules lets nothing in and
//       nothing out; a VPC has DNS support and no DNS host names; a group is a member of its VPC's default one only when none is given.
import type { Resource } from '../template/properties.js';
import type { Kind, Reader } from './reader.js';

type Properties = Record<string, unknown>;
type Convert = (reader: Reader) => readonly Resource[];

function resource(reader: Reader, type: string, properties: Properties, id = reader.id): Resource {
  const known = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
  return { id, type, properties: known };
}

const one =
  (type: string, read: (reader: Reader) => Properties): Convert =>
  (reader) => [resource(reader, type, read(reader))];

/** A value, or a marker where it is written and not known. */
function plain(reader: Reader, name: string): unknown {
  const value = reader.value(name);
  if (value !== undefined && value !== '') return value;
  return reader.isDoubtful(name) ? `unresolved:${reader.resource.address}.${name}` : undefined;
}

// ---- security groups

function rulesOf(rule: Reader, side: 'Source' | 'Destination', groupsName = 'security_groups'): readonly Properties[] {
  const ports = {
    IpProtocol: plain(rule, 'protocol') ?? '-1',
    FromPort: plain(rule, 'from_port'),
    ToPort: plain(rule, 'to_port'),
  };
  const texts = (name: string) => listOf(plain(rule, name));
  const groups = rule.idsOf(groupsName, 'group') ?? [];
  return [
    ...texts('cidr_blocks').map((CidrIp) => ({ ...ports, CidrIp })),
    ...texts('ipv6_cidr_blocks').map((CidrIpv6) => ({ ...ports, CidrIpv6 })),
    ...groups.map((id) => ({ ...ports, [`${side}SecurityGroupId`]: id })),
    ...(rule.idsOf('prefix_list_ids', 'prefixList') ?? []).map((id) => ({ ...ports, [`${side}PrefixListId`]: id })),
    ...(rule.value('self') === true ? [{ ...ports, [`${side}SecurityGroupId`]: rule.id }] : []),
  ];
}

function inlineRules(reader: Reader, name: 'ingress' | 'egress'): unknown {
  const side = name === 'ingress' ? 'Source' : 'Destination';
  const blocks = reader.blocks(name);
  if (blocks.length === 0 && reader.isDoubtful(name)) return `unresolved:${reader.resource.address}.${name}`;
  return blocks.flatMap((rule) => rulesOf(rule, side));
}

const securityGroup: Convert = (reader) => [
  resource(reader, 'AWS::EC2::SecurityGroup', {
    GroupName: reader.text('name'),
    VpcId: reader.idOf('vpc_id', 'vpc'),
    SecurityGroupIngress: inlineRules(reader, 'ingress'),
    // The provider takes away the rule that EC2 gives.
    SecurityGroupEgress: inlineRules(reader, 'egress'),
  }),
];

const defaultSecurityGroup: Convert = (reader) => {
  const vpcId = reader.idOf('vpc_id', 'vpc');
  if (vpcId === undefined) return [];
  const properties = {
    GroupName: 'default',
    VpcId: vpcId,
    SecurityGroupIngress: inlineRules(reader, 'ingress'),
    SecurityGroupEgress: inlineRules(reader, 'egress'),
  };
  return [resource(reader, 'AWS::EC2::SecurityGroup', properties, `${vpcId}.DefaultSecurityGroup`)];
};

/** aws_security_group_rule */
const securityGroupRule: Convert = (reader) => {
  const isEgress = reader.text('type') === 'egress';
  const side = isEgress ? 'Destination' : 'Source';
  const GroupId = reader.idOf('security_group_id', 'group');
  const source = reader.idOf('source_security_group_id', 'group');
  const self = reader.value('self') === true ? GroupId : undefined;
  const ports = {
    IpProtocol: plain(reader, 'protocol') ?? '-1',
    FromPort: plain(reader, 'from_port'),
    ToPort: plain(reader, 'to_port'),
  };
  const peers = [source, self]
    .filter((id) => id !== undefined)
    .map((id) => ({ ...ports, [`${side}SecurityGroupId`]: id }));
  const others = rulesOf(reader, side, 'none').filter((rule) => rule[`${side}SecurityGroupId`] === undefined);
  return [...peers, ...others].map((rule, index) =>
    resource(
      reader,
      `AWS::EC2::SecurityGroup${isEgress ? 'Egress' : 'Ingress'}`,
      { GroupId, ...rule },
      `${reader.id}#${index}`,
    ),
  );
};

/** aws_vpc_security_group_ingress_rule and …_egress_rule */
const singleRule =
  (direction: 'Ingress' | 'Egress'): Convert =>
  (reader) => {
    const side = direction === 'Ingress' ? 'Source' : 'Destination';
    return [
      resource(reader, `AWS::EC2::SecurityGroup${direction}`, {
        GroupId: reader.idOf('security_group_id', 'group'),
        IpProtocol: plain(reader, 'ip_protocol') ?? '-1',
        FromPort: plain(reader, 'from_port'),
        ToPort: plain(reader, 'to_port'),
        CidrIp: plain(reader, 'cidr_ipv4'),
        CidrIpv6: plain(reader, 'cidr_ipv6'),
        [`${side}SecurityGroupId`]: reader.idOf('referenced_security_group_id', 'group'),
        [`${side}PrefixListId`]: reader.idOf('prefix_list_id', 'prefixList'),
      }),
    ];
  };

// ---- routes

const ROUTE_TARGETS: readonly (readonly [string, string, Kind])[] = [
  ['gateway_id', 'GatewayId', 'gateway'],
  ['nat_gateway_id', 'NatGatewayId', 'nat'],
  ['vpc_peering_connection_id', 'VpcPeeringConnectionId', 'peering'],
  ['transit_gateway_id', 'TransitGatewayId', 'transit'],
  ['network_interface_id', 'NetworkInterfaceId', 'interface'],
  ['instance_id', 'InstanceId', 'instance'],
  ['vpc_endpoint_id', 'VpcEndpointId', 'endpoint'],
  ['carrier_gateway_id', 'CarrierGatewayId', 'gateway'],
  ['local_gateway_id', 'LocalGatewayId', 'gateway'],
  ['core_network_arn', 'CoreNetworkArn', 'gateway'],
];

function routeProperties(route: Reader, cidrName: string): Properties {
  const targets = ROUTE_TARGETS.flatMap(([name, key, kind]) => {
    const id = route.idOf(name, kind);
    return id === undefined ? [] : [[key, id] as const];
  });
  const isIpv6 = ['ipv6_cidr_block', 'destination_ipv6_cidr_block'].some((name) => Boolean(route.value(name)));
  return {
    DestinationCidrBlock: isIpv6 ? undefined : plain(route, cidrName),
    DestinationIpv6CidrBlock: plain(route, 'ipv6_cidr_block') ?? plain(route, 'destination_ipv6_cidr_block'),
    DestinationPrefixListId: route.idOf('destination_prefix_list_id', 'prefixList'),
    ...Object.fromEntries(targets),
  };
}

const routeTable =
  (own: (reader: Reader) => string | undefined): Convert =>
  (reader) => {
    const id = own(reader) ?? reader.id;
    const vpcId =
      reader.idOf('vpc_id', 'vpc') ??
      (id.endsWith('.MainRouteTable') ? id.slice(0, -'.MainRouteTable'.length) : undefined);
    const routes = reader.blocks('route');
    const doubtful =
      routes.length === 0 && reader.isDoubtful('route')
        ? [{ DestinationPrefixListId: `unresolved:${reader.resource.address}.route`, GatewayId: id }]
        : [];
    return [
      resource(reader, 'AWS::EC2::RouteTable', { VpcId: vpcId }, id),
      ...[...routes.map((route) => routeProperties(route, 'cidr_block')), ...doubtful].map((properties, index) =>
        resource(reader, 'AWS::EC2::Route', { RouteTableId: id, ...properties }, `${id}#${index}`),
      ),
    ];
  };

// ---- network ACLs

function aclEntry(entry: Reader, isEgress: boolean, ruleName: string, actionName: string): Properties {
  const from = plain(entry, 'from_port');
  const protocol = plain(entry, 'protocol');
  return {
    RuleNumber: plain(entry, ruleName),
    Egress: isEgress,
    Protocol: protocol === 'all' ? '-1' : (protocol ?? '-1'),
    RuleAction: plain(entry, actionName),
    CidrBlock: plain(entry, 'cidr_block'),
    Ipv6CidrBlock: plain(entry, 'ipv6_cidr_block'),
    ...(from !== undefined && { PortRange: { From: from, To: plain(entry, 'to_port') } }),
  };
}

const networkAcl =
  (isDefault: boolean): Convert =>
  (reader) => {
    const id = reader.id;
    const vpcId = reader.idOf('vpc_id', 'vpc') ?? (isDefault ? id.replace(/\.DefaultNetworkAcl$/, '') : undefined);
    const entries = (['ingress', 'egress'] as const).flatMap((name) => {
      if (reader.blocks(name).length === 0 && reader.isDoubtful(name))
        return [{ RuleNumber: `unresolved:${reader.resource.address}.${name}`, Egress: name === 'egress' }];
      return reader.blocks(name).map((entry) => aclEntry(entry, name === 'egress', 'rule_no', 'action'));
    });
    return [
      resource(reader, 'AWS::EC2::NetworkAcl', { VpcId: vpcId }, id),
      ...entries.map((entry, index) =>
        resource(reader, 'AWS::EC2::NetworkAclEntry', { NetworkAclId: id, ...entry }, `${id}#${index}`),
      ),
      ...(reader.idsOf('subnet_ids', 'subnet') ?? []).map((SubnetId, index) =>
        resource(
          reader,
          'AWS::EC2::SubnetNetworkAclAssociation',
          { NetworkAclId: id, SubnetId },
          `${id}#association${index}`,
        ),
      ),
    ];
  };

// ---- endpoints

const endpoint: Convert = (reader) => [
  resource(reader, 'AWS::EC2::VPCEndpoint', {
    VpcId: reader.idOf('vpc_id', 'vpc'),
    ServiceName: plain(reader, 'service_name'),
    VpcEndpointType: plain(reader, 'vpc_endpoint_type') ?? 'Gateway',
    PrivateDnsEnabled: plain(reader, 'private_dns_enabled') ?? false,
    SubnetIds:
      reader.idsOf('subnet_ids', 'subnet') ??
      reader.blocks('subnet_configuration').flatMap((one) => one.idOf('subnet_id', 'subnet') ?? []),
    SecurityGroupIds: reader.idsOf('security_group_ids', 'group') ?? [],
    RouteTableIds: reader.idsOf('route_table_ids', 'table') ?? [],
    PolicyDocument: plain(reader, 'policy'),
  }),
];

// ---- machines

function interfaceProperties(block: Reader): Properties {
  return {
    DeviceIndex: plain(block, 'device_index'),
    SubnetId: block.idOf('subnet_id', 'subnet'),
    Groups: block.idsOf('security_groups', 'group'),
    AssociatePublicIpAddress: flag(plain(block, 'associate_public_ip_address')),
    NetworkInterfaceId: block.idOf('network_interface_id', 'interface'),
  };
}

/** In a launch template the provider keeps a flag as a text, and no flag as an empty one. */
function flag(value: unknown): unknown {
  return value === '' ? undefined : value;
}

function launchData(reader: Reader): Properties {
  const interfaces = reader.blocks('network_interfaces').map((one) => prune(interfaceProperties(one)));
  const profile = reader.blocks('iam_instance_profile')[0];
  return prune({
    ImageId: plain(reader, 'image_id'),
    InstanceType: plain(reader, 'instance_type'),
    SecurityGroupIds: emptyAsNone(reader.idsOf('vpc_security_group_ids', 'group')),
    NetworkInterfaces: interfaces.length === 0 ? undefined : interfaces,
    IamInstanceProfile:
      profile && prune({ Arn: profile.idOf('arn', 'profile'), Name: profile.idOf('name', 'profile') }),
  });
}

function prune(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined && value !== ''));
}

function emptyAsNone(list: readonly string[] | undefined): readonly string[] | undefined {
  return list?.length === 0 ? undefined : list;
}

function templateOf(reader: Reader | undefined): Properties | undefined {
  if (reader === undefined) return undefined;
  return prune({
    LaunchTemplateId: reader.idOf('id', 'launchTemplate') ?? reader.idOf('launch_template_id', 'launchTemplate'),
    LaunchTemplateName: reader.idOf('name', 'launchTemplate') ?? reader.idOf('launch_template_name', 'launchTemplate'),
  });
}

const autoScalingGroup: Convert = (reader) => {
  const mixed = reader
    .blocks('mixed_instances_policy')[0]
    ?.blocks('launch_template')[0]
    ?.blocks('launch_template_specification')[0];
  return [
    resource(reader, 'AWS::AutoScaling::AutoScalingGroup', {
      VPCZoneIdentifier: reader.idsOf('vpc_zone_identifier', 'subnet'),
      LaunchTemplate: templateOf(reader.blocks('launch_template')[0]),
      MixedInstancesPolicy: mixed && { LaunchTemplate: { LaunchTemplateSpecification: templateOf(mixed) } },
      LaunchConfigurationName: reader.idOf('launch_configuration', 'launchConfiguration'),
      MinSize: plain(reader, 'min_size'),
      MaxSize: plain(reader, 'max_size'),
      DesiredCapacity: plain(reader, 'desired_capacity'),
      HealthCheckType: plain(reader, 'health_check_type') ?? 'EC2',
      HealthCheckGracePeriod: plain(reader, 'health_check_grace_period') ?? 300,
      TargetGroupARNs: reader.idsOf('target_group_arns', 'targetGroup'),
    }),
  ];
};

const instance: Convert = (reader) => [
  resource(reader, 'AWS::EC2::Instance', {
    SubnetId: reader.idOf('subnet_id', 'subnet'),
    SecurityGroupIds: emptyAsNone(reader.idsOf('vpc_security_group_ids', 'group')),
    AssociatePublicIpAddress: plain(reader, 'associate_public_ip_address'),
    PrivateIpAddress: reader.text('private_ip') || undefined,
    LaunchTemplate: templateOf(reader.blocks('launch_template')[0]),
    Tags: tagsOf(reader),
  }),
];

function tagsOf(reader: Reader): unknown {
  const tags = reader.value('tags');
  if (typeof tags !== 'object' || tags === null) return undefined;
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

const loadBalancer: Convert = (reader) => {
  const mapped = reader.blocks('subnet_mapping').flatMap((one) => one.idOf('subnet_id', 'subnet') ?? []);
  return [
    resource(reader, 'AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Name: reader.text('name'),
      Type: plain(reader, 'load_balancer_type') ?? 'application',
      Scheme: reader.value('internal') === true ? 'internal' : 'internet-facing',
      Subnets: mapped.length > 0 ? mapped : (reader.idsOf('subnets', 'subnet') ?? []),
      SecurityGroups: reader.idsOf('security_groups', 'group'),
    }),
  ];
};

function actionsOf(reader: Reader, name: string): unknown {
  return reader.blocks(name).map((action) => {
    const single = action.idOf('target_group_arn', 'targetGroup');
    const groups = action
      .blocks('forward')
      .flatMap((one) => one.blocks('target_group').flatMap((group) => group.idOf('arn', 'targetGroup') ?? []));
    const all = [...(single === undefined ? [] : [single]), ...groups];
    return {
      Type: plain(action, 'type'),
      ...(all.length > 0 && {
        TargetGroupArn: all[0],
        ForwardConfig: { TargetGroups: all.map((TargetGroupArn) => ({ TargetGroupArn })) },
      }),
    };
  });
}

const targetGroup: Convert = (reader) => {
  const check = reader.blocks('health_check')[0];
  return [
    resource(reader, 'AWS::ElasticLoadBalancingV2::TargetGroup', {
      Name: reader.text('name'),
      VpcId: reader.idOf('vpc_id', 'vpc'),
      Port: plain(reader, 'port'),
      Protocol: plain(reader, 'protocol'),
      TargetType: plain(reader, 'target_type') ?? 'instance',
      HealthCheckPath: check && plain(check, 'path'),
      HealthCheckPort: check && plain(check, 'port'),
      HealthCheckProtocol: check && plain(check, 'protocol'),
      HealthCheckIntervalSeconds: check && plain(check, 'interval'),
      HealthCheckTimeoutSeconds: check && plain(check, 'timeout'),
      HealthyThresholdCount: check && plain(check, 'healthy_threshold'),
      UnhealthyThresholdCount: check && plain(check, 'unhealthy_threshold'),
      Matcher: check && { HttpCode: plain(check, 'matcher') },
      TargetGroupAttributes: [
        { Key: 'deregistration_delay.timeout_seconds', Value: String(plain(reader, 'deregistration_delay') ?? 300) },
      ],
    }),
  ];
};

// ---- names and identities

const hostedZone: Convert = (reader) => [
  resource(reader, 'AWS::Route53::HostedZone', {
    Name: plain(reader, 'name'),
    VPCs: reader.blocks('vpc').flatMap((one) => {
      const VPCId = one.idOf('vpc_id', 'vpc');
      return VPCId === undefined ? [] : [{ VPCId }];
    }),
  }),
];

const record: Convert = (reader) => {
  const alias = reader.blocks('alias')[0];
  return [
    resource(reader, 'AWS::Route53::RecordSet', {
      HostedZoneId: reader.idOf('zone_id', 'zone'),
      Name: plain(reader, 'name'),
      Type: plain(reader, 'type'),
      ResourceRecords: plain(reader, 'records'),
      AliasTarget: alias && { DNSName: aliasName(alias) },
    }),
  ];
};

// An alias to an endpoint's own name: the endpoint is known, its name is not.
function aliasName(alias: Reader): unknown {
  const name = alias.text('name');
  if (name !== undefined) return name;
  const id = alias.idOf('name', 'endpoint');
  return id === undefined || id.startsWith('unresolved:')
    ? `unresolved:${alias.resource.address}.alias`
    : { endpoint: id };
}

function documentOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.startsWith('unresolved:')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

const peering: Convert = (reader) => [
  resource(reader, 'AWS::EC2::VPCPeeringConnection', {
    VpcId: reader.idOf('vpc_id', 'vpc'),
    PeerVpcId: reader.idOf('peer_vpc_id', 'vpc'),
    PeerRegion: plain(reader, 'peer_region'),
    Status: reader.text('accept_status') ?? (reader.value('auto_accept') === true ? 'active' : 'pending-acceptance'),
  }),
];

const isDisabled = (reader: Reader, name: string) => reader.value(name) === false || reader.value(name) === 'disable';

/** What makes what, by the type in the provider. Types that have no part in a network are passed over. */
export const CONVERTERS: Readonly<Record<string, Convert>> = {
  aws_vpc: one('AWS::EC2::VPC', (reader) => ({
    CidrBlock: plain(reader, 'cidr_block'),
    EnableDnsSupport: plain(reader, 'enable_dns_support') ?? true,
    EnableDnsHostnames: plain(reader, 'enable_dns_hostnames') ?? false,
  })),
  aws_default_vpc: one('AWS::EC2::VPC', (reader) => ({
    CidrBlock: plain(reader, 'cidr_block'),
    EnableDnsSupport: plain(reader, 'enable_dns_support') ?? true,
    EnableDnsHostnames: plain(reader, 'enable_dns_hostnames') ?? true,
    IsPartial: true,
  })),
  aws_vpc_ipv4_cidr_block_association: one('AWS::EC2::VPCCidrBlock', (reader) => ({
    VpcId: reader.idOf('vpc_id', 'vpc'),
    CidrBlock: plain(reader, 'cidr_block'),
  })),
  aws_vpc_dhcp_options: one('AWS::EC2::DHCPOptions', (reader) => ({
    DomainNameServers: plain(reader, 'domain_name_servers'),
  })),
  aws_vpc_dhcp_options_association: one('AWS::EC2::VPCDHCPOptionsAssociation', (reader) => ({
    VpcId: reader.idOf('vpc_id', 'vpc'),
    DhcpOptionsId: reader.idOf('dhcp_options_id', 'dhcp'),
  })),
  aws_subnet: one('AWS::EC2::Subnet', (reader) => ({
    VpcId: reader.idOf('vpc_id', 'vpc'),
    CidrBlock: plain(reader, 'cidr_block'),
    AvailabilityZone: plain(reader, 'availability_zone'),
    MapPublicIpOnLaunch: plain(reader, 'map_public_ip_on_launch') ?? false,
  })),
  aws_internet_gateway: (reader) => {
    const VpcId = reader.idOf('vpc_id', 'vpc');
    const gateway = resource(reader, 'AWS::EC2::InternetGateway', {});
    const attachment = { InternetGatewayId: reader.id, VpcId };
    return VpcId === undefined
      ? [gateway]
      : [gateway, resource(reader, 'AWS::EC2::VPCGatewayAttachment', attachment, `${reader.id}#attachment`)];
  },
  aws_internet_gateway_attachment: one('AWS::EC2::VPCGatewayAttachment', (reader) => ({
    InternetGatewayId: reader.idOf('internet_gateway_id', 'internetGateway'),
    VpcId: reader.idOf('vpc_id', 'vpc'),
  })),
  aws_nat_gateway: one('AWS::EC2::NatGateway', (reader) => ({
    SubnetId: reader.idOf('subnet_id', 'subnet'),
    ConnectivityType: plain(reader, 'connectivity_type') ?? 'public',
  })),
  aws_route_table: routeTable(() => undefined),
  aws_default_route_table: routeTable((reader) => reader.idOf('default_route_table_id', 'table')),
  aws_route: one('AWS::EC2::Route', (reader) => ({
    RouteTableId: reader.idOf('route_table_id', 'table'),
    ...routeProperties(reader, 'destination_cidr_block'),
  })),
  aws_route_table_association: one('AWS::EC2::SubnetRouteTableAssociation', (reader) => ({
    RouteTableId: reader.idOf('route_table_id', 'table'),
    SubnetId: reader.idOf('subnet_id', 'subnet'),
  })),
  aws_main_route_table_association: one('AWS::EC2::MainRouteTableAssociation', (reader) => ({
    RouteTableId: reader.idOf('route_table_id', 'table'),
    VpcId: reader.idOf('vpc_id', 'vpc'),
  })),
  aws_network_acl: networkAcl(false),
  aws_default_network_acl: networkAcl(true),
  aws_network_acl_rule: one('AWS::EC2::NetworkAclEntry', (reader) => ({
    NetworkAclId: reader.idOf('network_acl_id', 'acl'),
    ...aclEntry(reader, reader.value('egress') === true, 'rule_number', 'rule_action'),
  })),
  aws_network_acl_association: one('AWS::EC2::SubnetNetworkAclAssociation', (reader) => ({
    NetworkAclId: reader.idOf('network_acl_id', 'acl'),
    SubnetId: reader.idOf('subnet_id', 'subnet'),
  })),
  aws_security_group: securityGroup,
  aws_default_security_group: defaultSecurityGroup,
  aws_security_group_rule: securityGroupRule,
  aws_vpc_security_group_ingress_rule: singleRule('Ingress'),
  aws_vpc_security_group_egress_rule: singleRule('Egress'),
  aws_vpc_endpoint: endpoint,
  aws_vpc_endpoint_route_table_association: one('Endpoint::RouteTable', (reader) => ({
    VpcEndpointId: reader.idOf('vpc_endpoint_id', 'endpoint'),
    RouteTableId: reader.idOf('route_table_id', 'table'),
  })),
  aws_vpc_endpoint_subnet_association: one('Endpoint::Subnet', (reader) => ({
    VpcEndpointId: reader.idOf('vpc_endpoint_id', 'endpoint'),
    SubnetId: reader.idOf('subnet_id', 'subnet'),
  })),
  aws_vpc_endpoint_security_group_association: one('Endpoint::SecurityGroup', (reader) => ({
    VpcEndpointId: reader.idOf('vpc_endpoint_id', 'endpoint'),
    SecurityGroupId: reader.idOf('security_group_id', 'group'),
    ReplacesDefault: reader.value('replace_default_association') === true,
  })),
  aws_vpc_endpoint_policy: one('Endpoint::Policy', (reader) => ({
    VpcEndpointId: reader.idOf('vpc_endpoint_id', 'endpoint'),
    PolicyDocument: plain(reader, 'policy'),
  })),
  aws_vpc_peering_connection: peering,
  aws_vpc_peering_connection_accepter: one('Peering::Accepter', (reader) => ({
    VpcPeeringConnectionId: reader.idOf('vpc_peering_connection_id', 'peering'),
    AutoAccept: reader.value('auto_accept') === true,
  })),
  aws_ec2_transit_gateway: one('AWS::EC2::TransitGateway', (reader) => ({
    DefaultRouteTableAssociation: isDisabled(reader, 'default_route_table_association') ? 'disable' : 'enable',
    DefaultRouteTablePropagation: isDisabled(reader, 'default_route_table_propagation') ? 'disable' : 'enable',
    SecurityGroupReferencingSupport: plain(reader, 'security_group_referencing_support') ?? 'disable',
  })),
  aws_ec2_transit_gateway_vpc_attachment: one('AWS::EC2::TransitGatewayAttachment', (reader) => ({
    TransitGatewayId: reader.idOf('transit_gateway_id', 'transit'),
    VpcId: reader.idOf('vpc_id', 'vpc'),
    SubnetIds: reader.idsOf('subnet_ids', 'subnet'),
    IsAssociated: !isDisabled(reader, 'transit_gateway_default_route_table_association'),
    IsPropagated: !isDisabled(reader, 'transit_gateway_default_route_table_propagation'),
  })),
  aws_ec2_transit_gateway_route_table: one('AWS::EC2::TransitGatewayRouteTable', (reader) => ({
    TransitGatewayId: reader.idOf('transit_gateway_id', 'transit'),
  })),
  aws_ec2_transit_gateway_route_table_association: one('AWS::EC2::TransitGatewayRouteTableAssociation', (reader) => ({
    TransitGatewayAttachmentId: reader.idOf('transit_gateway_attachment_id', 'attachment'),
    TransitGatewayRouteTableId: reader.idOf('transit_gateway_route_table_id', 'transitTable'),
  })),
  aws_ec2_transit_gateway_route_table_propagation: one('AWS::EC2::TransitGatewayRouteTablePropagation', (reader) => ({
    TransitGatewayAttachmentId: reader.idOf('transit_gateway_attachment_id', 'attachment'),
    TransitGatewayRouteTableId: reader.idOf('transit_gateway_route_table_id', 'transitTable'),
  })),
  aws_ec2_transit_gateway_route: one('AWS::EC2::TransitGatewayRoute', (reader) => ({
    TransitGatewayRouteTableId: reader.idOf('transit_gateway_route_table_id', 'transitTable'),
    TransitGatewayAttachmentId: reader.idOf('transit_gateway_attachment_id', 'attachment'),
    DestinationCidrBlock: plain(reader, 'destination_cidr_block'),
    Blackhole: reader.value('blackhole') === true,
  })),
  aws_ec2_managed_prefix_list: one('AWS::EC2::PrefixList', (reader) => ({
    PrefixListName: reader.text('name'),
    Entries: reader.blocks('entry').map((entry) => ({ Cidr: plain(entry, 'cidr') })),
  })),
  aws_prefix_list: one('AWS::EC2::PrefixList', (reader) => ({
    PrefixListName: reader.text('name'),
    Entries: listOf(reader.value('cidr_blocks')).map((Cidr) => ({ Cidr })),
  })),
  aws_instance: instance,
  aws_eip: one('AWS::EC2::EIP', (reader) => ({ InstanceId: reader.idOf('instance', 'instance') })),
  aws_eip_association: one('AWS::EC2::EIPAssociation', (reader) => ({
    InstanceId: reader.idOf('instance_id', 'instance'),
  })),
  aws_launch_template: one('AWS::EC2::LaunchTemplate', (reader) => ({
    LaunchTemplateName: reader.text('name'),
    LaunchTemplateData: launchData(reader),
    Tags: tagsOf(reader),
  })),
  aws_launch_configuration: one('AWS::AutoScaling::LaunchConfiguration', (reader) => ({
    SecurityGroups: reader.idsOf('security_groups', 'group'),
    AssociatePublicIpAddress: plain(reader, 'associate_public_ip_address'),
    IamInstanceProfile: reader.idOf('iam_instance_profile', 'profile'),
  })),
  aws_autoscaling_group: autoScalingGroup,
  aws_autoscaling_lifecycle_hook: one('AWS::AutoScaling::LifecycleHook', (reader) => ({
    AutoScalingGroupName: reader.idOf('autoscaling_group_name', 'autoScalingGroup'),
    LifecycleHookName: reader.text('name'),
    LifecycleTransition: plain(reader, 'lifecycle_transition'),
    HeartbeatTimeout: plain(reader, 'heartbeat_timeout'),
    DefaultResult: plain(reader, 'default_result'),
  })),
  aws_lb: loadBalancer,
  aws_alb: loadBalancer,
  aws_lb_target_group: targetGroup,
  aws_alb_target_group: targetGroup,
  aws_lb_listener: one('AWS::ElasticLoadBalancingV2::Listener', (reader) => ({
    LoadBalancerArn: reader.idOf('load_balancer_arn', 'loadBalancer'),
    Port: plain(reader, 'port'),
    Protocol: plain(reader, 'protocol'),
    DefaultActions: actionsOf(reader, 'default_action'),
  })),
  aws_lb_listener_rule: one('AWS::ElasticLoadBalancingV2::ListenerRule', (reader) => ({
    ListenerArn: reader.idOf('listener_arn', 'listener'),
    Actions: actionsOf(reader, 'action'),
  })),
  aws_route53_zone: hostedZone,
  aws_route53_zone_association: one('HostedZone::Association', (reader) => ({
    HostedZoneId: reader.idOf('zone_id', 'zone'),
    VpcId: reader.idOf('vpc_id', 'vpc'),
  })),
  aws_route53_record: record,
  aws_iam_instance_profile: one('AWS::IAM::InstanceProfile', (reader) => ({ Roles: [reader.idOf('role', 'role')] })),
  aws_iam_role: one('AWS::IAM::Role', (reader) => ({
    Policies: reader.blocks('inline_policy').map((policy) => ({
      PolicyName: policy.text('name'),
      PolicyDocument: documentOf(plain(policy, 'policy')),
    })),
    ManagedPolicyArns: listOf(reader.value('managed_policy_arns')),
  })),
  aws_iam_role_policy: one('AWS::IAM::RolePolicy', (reader) => ({
    RoleName: reader.idOf('role', 'role'),
    PolicyDocument: documentOf(plain(reader, 'policy')),
  })),
  aws_iam_policy: one('AWS::IAM::ManagedPolicy', (reader) => ({ PolicyDocument: documentOf(plain(reader, 'policy')) })),
  aws_iam_role_policy_attachment: one('Role::Attachment', (reader) => ({
    RoleName: reader.idOf('role', 'role'),
    PolicyArn: reader.idOf('policy_arn', 'policy'),
  })),
};
