import * as schemas from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { tryOut } from '../../control-plane/dry-run.js';
import type { Operation } from '../../control-plane/types.js';
import { ec2Operations } from './operations.js';
import { addSubnet, createTestNetwork, launchInstance, refusal } from './test-network.js';

/** Made by ssh-keygen, for nobody. */
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEV4YW1wbGVFeGFtcGxlRXhhbXBsZUV4YW1wbGVFeGFt nobody@example.org';

/** A network with one of nearly everything, and a good request for every operation that can be tried with DryRun. */
function createWorld() {
  const network = createTestNetwork();
  const { context, vpcId: VpcId, subnetId: SubnetId, groupId: GroupId, imageId: ImageId } = network;
  const call = (name: string, input: object) => ec2Operations[name]!(input, context) as Record<string, never>;
  const make = (name: string, input: object, ...path: string[]) =>
    path.reduce<unknown>((value, member) => (value as Record<string, unknown>)[member], call(name, input)) as string;

  const InstanceId = launchInstance(network);
  context.pass(60_000);
  const InternetGatewayId = make('CreateInternetGateway', {}, 'InternetGateway', 'InternetGatewayId');
  const spareGateway = make('CreateInternetGateway', {}, 'InternetGateway', 'InternetGatewayId');
  call('AttachInternetGateway', { InternetGatewayId, VpcId });
  const RouteTableId = make('CreateRouteTable', { VpcId }, 'RouteTable', 'RouteTableId');
  const spareTable = make('CreateRouteTable', { VpcId }, 'RouteTable', 'RouteTableId');
  call('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId });
  const AssociationId = make('AssociateRouteTable', { RouteTableId, SubnetId }, 'AssociationId');
  const AllocationId = make('AllocateAddress', {}, 'AllocationId');
  const NetworkAclId = make('CreateNetworkAcl', { VpcId }, 'NetworkAcl', 'NetworkAclId');
  const entry = { NetworkAclId, RuleNumber: 100, Egress: false };
  const entryBody = { Protocol: '-1', RuleAction: 'allow', CidrBlock: '0.0.0.0/0' };
  call('CreateNetworkAclEntry', { ...entry, ...entryBody });
  const spareSubnet = addSubnet(context, VpcId, '10.0.9.0/24', 'us-west-2c');
  const spareVpc = make('CreateVpc', { CidrBlock: '10.5.0.0/16' }, 'Vpc', 'VpcId');
  const group = { VpcId, GroupName: 'spare', Description: 'spare' };
  const spareGroup = make('CreateSecurityGroup', group, 'GroupId');
  const permission = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  const IpPermissions = [permission];
  call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
  const endpoint = { VpcId, VpcEndpointType: 'Interface', SubnetIds: [SubnetId] };
  const ssm = { ...endpoint, ServiceName: 'com.amazonaws.us-west-2.ssm' };
  const VpcEndpointId = make('CreateVpcEndpoint', ssm, 'VpcEndpoint', 'VpcEndpointId');
  const peers = { VpcId, PeerVpcId: spareVpc };
  const VpcPeeringConnectionId = make(
    'CreateVpcPeeringConnection',
    peers,
    'VpcPeeringConnection',
    'VpcPeeringConnectionId',
  );
  const NetworkInterfaceId = make('CreateNetworkInterface', { SubnetId }, 'NetworkInterface', 'NetworkInterfaceId');
  const template = { LaunchTemplateName: 'web', LaunchTemplateData: { ImageId, InstanceType: 't3.micro' } };
  const LaunchTemplateId = make('CreateLaunchTemplate', template, 'LaunchTemplate', 'LaunchTemplateId');
  const version = { LaunchTemplateId, SourceVersion: '1', LaunchTemplateData: { InstanceType: 't3.small' } };
  call('CreateLaunchTemplateVersion', version);
  const list = { AddressFamily: 'IPv4', MaxEntries: 1 };
  const PrefixListId = make('CreateManagedPrefixList', { ...list, PrefixListName: 'a' }, 'PrefixList', 'PrefixListId');
  const dhcp = { DhcpConfigurations: [{ Key: 'domain-name', Values: ['example.org'] }] };
  const DhcpOptionsId = make('CreateDhcpOptions', dhcp, 'DhcpOptions', 'DhcpOptionsId');
  const [rule] = [...context.state.ec2.securityGroupRules.values()].filter((one) => one.GroupId === GroupId);
  const SecurityGroupRuleId = rule?.SecurityGroupRuleId;
  const acls = [...context.state.ec2.networkAcls.values()];
  const aclAssociation = acls.flatMap((acl) => acl.Associations ?? [])[0]?.NetworkAclAssociationId;
  const InstanceIds = [InstanceId];
  context.state.ec2.recycleBin.rules.set('a', { ruleId: 'a', kind: 'image', days: 1, tags: [] });
  context.state.ec2.recycleBin.rules.set('b', { ruleId: 'b', kind: 'snapshot', days: 1, tags: [] });
  const VolumeId = make('CreateVolume', { AvailabilityZone: 'us-west-2a', Size: 8 }, 'VolumeId');
  const SnapshotId = make('CreateSnapshot', { VolumeId }, 'SnapshotId');
  const recycledSnapshot = make('CreateSnapshot', { VolumeId }, 'SnapshotId');
  call('DeleteSnapshot', { SnapshotId: recycledSnapshot });
  const recycledImage = make('RegisterImage', { Name: 'gone', ImageLocation: '/srv/gone' }, 'ImageId');
  call('DeregisterImage', { ImageId: recycledImage });
  const usage = { ImageId, ResourceTypes: [{ ResourceType: 'ec2:Instance' }] };
  const ReportId = make('CreateImageUsageReport', usage, 'ReportId');
  call('ImportKeyPair', { KeyName: 'spare', PublicKeyMaterial: Buffer.from(publicKey) });
  const launch = { ImageId, InstanceType: 't3.micro', SubnetId, MinCount: 1, MaxCount: 1 };

  const requests: Readonly<Record<string, object>> = {
    AcceptVpcPeeringConnection: { VpcPeeringConnectionId },
    AllocateAddress: {},
    AssociateAddress: { AllocationId, InstanceId },
    AssociateDhcpOptions: { VpcId, DhcpOptionsId },
    AssociateRouteTable: { RouteTableId, SubnetId: spareSubnet },
    CopyImage: { Name: 'copy', SourceImageId: ImageId, SourceRegion: 'us-west-2' },
    CreateImage: { InstanceId, Name: 'made' },
    CreateImageUsageReport: { ImageId, ResourceTypes: [{ ResourceType: 'ec2:Instance' }] },
    CreateKeyPair: { KeyName: 'a', KeyType: 'ed25519' },
    CreateSnapshot: { VolumeId },
    DeleteImageUsageReport: { ReportId },
    DeleteKeyPair: { KeyName: 'spare' },
    DeleteSnapshot: { SnapshotId },
    DeleteVolume: { VolumeId },
    DisableImage: { ImageId },
    DisableImageDeprecation: { ImageId },
    DisableImageDeregistrationProtection: { ImageId },
    EnableImage: { ImageId },
    EnableImageDeprecation: { ImageId, DeprecateAt: new Date('2020-01-01') },
    EnableImageDeregistrationProtection: { ImageId },
    ImportKeyPair: { KeyName: 'a', PublicKeyMaterial: Buffer.from(publicKey) },
    ListImagesInRecycleBin: {},
    ListSnapshotsInRecycleBin: {},
    ModifySnapshotAttribute: { SnapshotId, OperationType: 'add', UserIds: ['111122223333'] },
    RestoreImageFromRecycleBin: { ImageId: recycledImage },
    RestoreSnapshotFromRecycleBin: { SnapshotId: recycledSnapshot },
    AttachInternetGateway: { InternetGatewayId: spareGateway, VpcId: spareVpc },
    AttachNetworkInterface: { NetworkInterfaceId, InstanceId, DeviceIndex: 1 },
    AuthorizeSecurityGroupEgress: { GroupId, IpPermissions },
    AuthorizeSecurityGroupIngress: { GroupId: spareGroup, IpPermissions },
    CreateDefaultVpc: {},
    CreateDhcpOptions: dhcp,
    CreateInternetGateway: {},
    CreateLaunchTemplate: { ...template, LaunchTemplateName: 'other' },
    CreateLaunchTemplateVersion: version,
    CreateManagedPrefixList: { ...list, PrefixListName: 'b' },
    CreateNatGateway: { SubnetId, AllocationId },
    CreateNetworkAcl: { VpcId },
    CreateNetworkAclEntry: { ...entry, ...entryBody, RuleNumber: 101 },
    CreateNetworkInterface: { SubnetId },
    CreateRoute: { RouteTableId, DestinationCidrBlock: '1.0.0.0/8', GatewayId: InternetGatewayId },
    CreateRouteTable: { VpcId },
    CreateSecurityGroup: { ...group, GroupName: 'other' },
    CreateSubnet: { VpcId, CidrBlock: '10.0.8.0/24' },
    CreateTags: { Resources: [VpcId], Tags: [{ Key: 'a', Value: 'b' }] },
    CreateVolume: { AvailabilityZone: 'us-west-2a', Size: 8 },
    CreateVpc: { CidrBlock: '10.6.0.0/16' },
    CreateVpcEndpoint: { ...endpoint, ServiceName: 'com.amazonaws.us-west-2.logs', PrivateDnsEnabled: false },
    CreateVpcPeeringConnection: peers,
    DeleteDhcpOptions: { DhcpOptionsId },
    DeleteInternetGateway: { InternetGatewayId: spareGateway },
    DeleteLaunchTemplate: { LaunchTemplateId },
    DeleteLaunchTemplateVersions: { LaunchTemplateId, Versions: ['2'] },
    DeleteManagedPrefixList: { PrefixListId },
    DeleteNetworkAcl: { NetworkAclId },
    DeleteNetworkAclEntry: entry,
    DeleteNetworkInterface: { NetworkInterfaceId },
    DeleteRoute: { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' },
    DeleteRouteTable: { RouteTableId: spareTable },
    DeleteSecurityGroup: { GroupId: spareGroup },
    DeleteSubnet: { SubnetId: spareSubnet },
    DeleteTags: { Resources: [VpcId] },
    DeleteVpc: { VpcId: spareVpc },
    DeleteVpcEndpoints: { VpcEndpointIds: [VpcEndpointId] },
    DeleteVpcPeeringConnection: { VpcPeeringConnectionId },
    DeregisterImage: { ImageId },
    DetachInternetGateway: { InternetGatewayId, VpcId },
    DisassociateRouteTable: { AssociationId },
    ModifyImageAttribute: { ImageId, LaunchPermission: { Add: [{ UserId: '111122223333' }] } },
    ModifyInstanceAttribute: { InstanceId, Groups: [spareGroup] },
    ModifyInstanceMetadataOptions: { InstanceId, HttpTokens: 'required' },
    ModifyManagedPrefixList: { PrefixListId, PrefixListName: 'renamed' },
    ModifyLaunchTemplate: { LaunchTemplateId, DefaultVersion: '2' },
    ModifyNetworkInterfaceAttribute: { NetworkInterfaceId, Groups: [spareGroup] },
    ModifySecurityGroupRules: {
      GroupId,
      SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule: { IpProtocol: '-1', CidrIpv4: '10.0.0.0/16' } }],
    },
    ModifyVpcEndpoint: { VpcEndpointId, AddSecurityGroupIds: [spareGroup], AddSubnetIds: [spareSubnet] },
    RebootInstances: { InstanceIds },
    RegisterImage: { Name: 'another', ImageLocation: '/srv/another' },
    ReleaseAddress: { AllocationId },
    ReplaceNetworkAclAssociation: { AssociationId: aclAssociation, NetworkAclId },
    ReplaceNetworkAclEntry: { ...entry, ...entryBody, RuleAction: 'deny' },
    ReplaceRoute: { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', NetworkInterfaceId },
    ReplaceRouteTableAssociation: { AssociationId, RouteTableId: spareTable },
    RevokeSecurityGroupEgress: { GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
    RevokeSecurityGroupIngress: { GroupId, IpPermissions },
    RunInstances: launch,
    StartInstances: { InstanceIds },
    StopInstances: { InstanceIds },
    TerminateInstances: { InstanceIds },
    UpdateSecurityGroupRuleDescriptionsEgress: {
      GroupId,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: 'all' }],
    },
    UpdateSecurityGroupRuleDescriptionsIngress: {
      GroupId,
      IpPermissions: [{ ...permission, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'inside' }] }],
    },
  };
  return { context, requests, books: () => textOf(context.state.ec2) };
}

function textOf(state: object): string {
  return JSON.stringify(state, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}

const worldRequests = createWorld().requests;

describe('a dry run', () => {
  test.each(Object.keys(worldRequests))('of %s says that it would succeed and changes nothing', (name) => {
    const { context, requests, books } = createWorld();
    const operation = ec2Operations[name] as Operation<object, object>;
    const [before, effectsBefore, timersBefore] = [books(), context.effects.length, context.scheduled.length];
    const { code } = refusal(() => tryOut(name, operation, { ...requests[name], DryRun: true }, context));
    expect(code).toBe('DryRunOperation');
    expect(books()).toBe(before);
    expect([context.effects.length, context.scheduled.length]).toEqual([effectsBefore, timersBefore]);
  });

  test('does not promise too much: each of these requests succeeds', () => {
    for (const name of Object.keys(worldRequests)) {
      const { context, requests } = createWorld();
      const operation = ec2Operations[name] as Operation<object, object>;
      expect(() => operation(requests[name]!, context), name).not.toThrow();
    }
  });
});

describe('the service', () => {
  test('has a dry run or a reason for none in every operation that changes something', () => {
    // These have no DryRun member in the SDK's model, or none that is needed to try them (DisassociateAddress and the NAT
    // gateway need what the other requests here use up).
    const without = [
      'AssociateVpcCidrBlock',
      'DisassociateVpcCidrBlock',
      'ModifyVpcAttribute',
      'ModifySubnetAttribute',
      'DisassociateAddress',
      'DeleteNatGateway',
    ];
    const changing = Object.keys(ec2Operations).filter((name) => !/^(Describe|Get)/.test(name));
    expect(changing.filter((name) => !Object.hasOwn(worldRequests, name)).sort()).toEqual(without.sort());
  });

  test('names its operations as AWS does: each has a schema in the SDK', () => {
    const unknown = Object.keys(ec2Operations).filter((name) => !Object.hasOwn(schemas, `${name}$`));
    expect(unknown).toEqual([]);
  });

  test('makes the same books of the same requests at the same times', () => {
    expect(createWorld().books()).toBe(createWorld().books());
  });
});
