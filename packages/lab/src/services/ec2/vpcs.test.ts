import { CreateVpcCommand, DescribeVpcsCommand, EC2Client, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createTestLab } from '../../testing/create-test-lab.js';
import { associateDhcpOptions } from './operations/associate-dhcp-options.js';
import { createDefaultVpc } from './operations/create-default-vpc.js';
import { createDhcpOptions } from './operations/create-dhcp-options.js';
import { createSubnet } from './operations/create-subnet.js';
import { createVpc } from './operations/create-vpc.js';
import { deleteDhcpOptions } from './operations/delete-dhcp-options.js';
import { deleteSecurityGroup } from './operations/delete-security-group.js';
import { deleteSubnet } from './operations/delete-subnet.js';
import { deleteVpc } from './operations/delete-vpc.js';
import { describeNetworkAcls } from './operations/describe-network-acls.js';
import { describeRouteTables } from './operations/describe-route-tables.js';
import { describeSecurityGroups } from './operations/describe-security-groups.js';
import { describeSubnets } from './operations/describe-subnets.js';
import { describeVpcAttribute } from './operations/describe-vpc-attribute.js';
import { describeVpcs } from './operations/describe-vpcs.js';
import { modifySubnetAttribute } from './operations/modify-subnet-attribute.js';
import { modifyVpcAttribute } from './operations/modify-vpc-attribute.js';
import { addSubnet, createEc2Context, createTestNetwork, launchInstance, refusal } from './test-network.js';

describe('a VPC', () => {
  test('comes with a main route table, a default ACL that lets everything pass, and a default group for its own members', () => {
    const context = createEc2Context();
    const { Vpc } = createVpc({ CidrBlock: '10.0.0.0/16' }, context);
    expect(Vpc?.DhcpOptionsId).toBe('default');
    const [table] = describeRouteTables({}, context).RouteTables!;
    expect(table?.Associations).toMatchObject([{ Main: true }]);
    expect(table?.Routes).toMatchObject([{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }]);
    const [acl] = describeNetworkAcls({}, context).NetworkAcls!;
    expect(acl?.IsDefault).toBe(true);
    expect(acl?.Entries?.map((entry) => [entry.Egress, entry.RuleNumber, entry.RuleAction])).toEqual([
      [true, 100, 'allow'],
      [true, 32767, 'deny'],
      [false, 100, 'allow'],
      [false, 32767, 'deny'],
    ]);
    const [group] = describeSecurityGroups({}, context).SecurityGroups!;
    expect(group?.GroupName).toBe('default');
    expect(group?.IpPermissions?.[0]?.UserIdGroupPairs).toEqual([{ GroupId: group?.GroupId, UserId: '123456789012' }]);
    expect(group?.IpPermissionsEgress?.[0]?.IpRanges).toEqual([{ CidrIp: '0.0.0.0/0' }]);
  });

  test('has DNS support on and DNS host names off until somebody says otherwise, one attribute at a time', () => {
    const context = createEc2Context();
    const VpcId = createVpc({ CidrBlock: '10.0.0.0/16' }, context).Vpc!.VpcId!;
    const read = () => [
      describeVpcAttribute({ VpcId, Attribute: 'enableDnsSupport' }, context).EnableDnsSupport?.Value,
      describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' }, context).EnableDnsHostnames?.Value,
    ];
    expect(read()).toEqual([true, false]);
    const on = { Value: true };
    const both = { VpcId, EnableDnsSupport: on, EnableDnsHostnames: on };
    expect(refusal(() => modifyVpcAttribute(both, context)).code).toBe('InvalidParameterCombination');
    modifyVpcAttribute({ VpcId, EnableDnsHostnames: on }, context);
    expect(read()).toEqual([true, true]);
  });

  test.each([
    ['10.0.0.0/8', 'InvalidVpc.Range', "The CIDR '10.0.0.0/8' is invalid."],
    ['10.0.0.0/29', 'InvalidVpc.Range', "The CIDR '10.0.0.0/29' is invalid."],
    [
      '10.0.0',
      'InvalidParameterValue',
      'Value (10.0.0) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
    ],
  ])('is refused for the block %s', (CidrBlock, code, message) => {
    expect(refusal(() => createVpc({ CidrBlock }, createEc2Context()))).toEqual({ code, message });
  });

  test('keeps its block in canonical form', () => {
    expect(createVpc({ CidrBlock: '10.0.7.9/16' }, createEc2Context()).Vpc?.CidrBlock).toBe('10.0.0.0/16');
  });

  test('cannot be deleted while something is in it, and takes with it what it came with', () => {
    const { context, vpcId, subnetId, groupId } = createTestNetwork();
    expect(refusal(() => deleteVpc({ VpcId: vpcId }, context))).toEqual({
      code: 'DependencyViolation',
      message: `The vpc '${vpcId}' has dependencies and cannot be deleted.`,
    });
    deleteSubnet({ SubnetId: subnetId }, context);
    expect(refusal(() => deleteVpc({ VpcId: vpcId }, context)).code).toBe('DependencyViolation');
    deleteSecurityGroup({ GroupId: groupId }, context);
    deleteVpc({ VpcId: vpcId }, context);
    const { vpcs, routeTables, networkAcls, securityGroups, securityGroupRules } = context.state.ec2;
    expect([vpcs, routeTables, networkAcls, securityGroups, securityGroupRules].map((books) => books.size)).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  test('that does not exist is named in the refusal', () => {
    const context = createEc2Context();
    expect(refusal(() => describeVpcs({ VpcIds: ['vpc-1'] }, context))).toEqual({
      code: 'InvalidVpcID.NotFound',
      message: "The vpc ID 'vpc-1' does not exist",
    });
    expect(refusal(() => describeVpcs({ VpcIds: ['web'] }, context))).toEqual({
      code: 'InvalidVpcID.Malformed',
      message: 'Invalid id: "web" (expecting "vpc-...")',
    });
  });

  test('by default is there only when it was asked for, once', () => {
    const context = createEc2Context();
    expect(describeVpcs({}, context).Vpcs).toEqual([]);
    createDefaultVpc({}, context);
    const found = describeSubnets({ Filters: [{ Name: 'default-for-az', Values: ['true'] }] }, context).Subnets;
    expect(found?.map((subnet) => subnet.AvailabilityZone)).toEqual(
      [...'abcdef'].map((letter) => `us-west-2${letter}`),
    );
    expect(refusal(() => createDefaultVpc({}, context)).code).toBe('DefaultVpcAlreadyExists');
  });

  test('keeps its DHCP options from being deleted while it uses them', () => {
    const { context, vpcId } = createTestNetwork();
    const asked = { DhcpConfigurations: [{ Key: 'domain-name-servers', Values: ['10.0.0.9'] }] };
    const DhcpOptionsId = createDhcpOptions(asked, context).DhcpOptions?.DhcpOptionsId;
    associateDhcpOptions({ VpcId: vpcId, DhcpOptionsId }, context);
    expect(refusal(() => deleteDhcpOptions({ DhcpOptionsId }, context)).code).toBe('DependencyViolation');
    associateDhcpOptions({ VpcId: vpcId, DhcpOptionsId: 'default' }, context);
    deleteDhcpOptions({ DhcpOptionsId }, context);
    expect(context.state.ec2.dhcpOptions.size).toBe(0);
  });
});

describe('a subnet', () => {
  test.each([
    ['10.0.1.128/25', 'InvalidSubnet.Conflict', "The CIDR '10.0.1.128/25' conflicts with another subnet"],
    ['10.1.0.0/24', 'InvalidSubnet.Range', "The CIDR '10.1.0.0/24' is invalid."],
    ['10.0.2.0/29', 'InvalidSubnet.Range', "The CIDR '10.0.2.0/29' is invalid."],
  ])('is refused for the block %s', (CidrBlock, code, message) => {
    const { context, vpcId: VpcId } = createTestNetwork();
    expect(refusal(() => createSubnet({ VpcId, CidrBlock }, context))).toEqual({ code, message });
  });

  test('has five addresses less than its block, and one less for each interface', () => {
    const network = createTestNetwork();
    const count = () => describeSubnets({}, network.context).Subnets?.[0]?.AvailableIpAddressCount;
    expect(count()).toBe(251);
    launchInstance(network);
    expect(count()).toBe(250);
    expect(refusal(() => deleteSubnet({ SubnetId: network.subnetId }, network.context)).code).toBe(
      'DependencyViolation',
    );
  });

  test('gives its instances a public address when it is set to', () => {
    const network = createTestNetwork();
    const { context, subnetId } = network;
    modifySubnetAttribute({ SubnetId: subnetId, MapPublicIpOnLaunch: { Value: true } }, context);
    const { instance } = context.state.ec2.instances.get(launchInstance(network))!;
    expect(instance.PublicIpAddress).toMatch(/^54\.200\./);
    expect(instance.PublicDnsName).toBe(
      `ec2-${instance.PublicIpAddress?.replaceAll('.', '-')}.us-west-2.compute.amazonaws.com`,
    );
  });

  test('belongs to the default ACL of its VPC', () => {
    const { context, vpcId } = createTestNetwork();
    const subnetId = addSubnet(context, vpcId, '10.0.2.0/24', 'us-west-2b');
    const [acl] = describeNetworkAcls({ Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }] }, context)
      .NetworkAcls!;
    expect(acl?.IsDefault).toBe(true);
  });
});

test('every operation that changes something, and none that reads, has the network decided anew', async () => {
  const { lab } = createTestLab();
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  const ec2 = new EC2Client({ region: 'us-west-2', credentials, requestHandler: lab.requestHandler });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const before = lab.state.ec2.networkRevision;
  await ec2.send(new DescribeVpcsCommand({}));
  expect(lab.state.ec2.networkRevision).toBe(before);
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: Vpc?.VpcId, EnableDnsSupport: { Value: false } }));
  expect(lab.state.ec2.networkRevision).toBe(before + 1);
  await lab.close();
});

test('what Describe hands out is a copy', () => {
  const { context, vpcId } = createTestNetwork();
  describeVpcs({ VpcIds: [vpcId] }, context).Vpcs![0]!.CidrBlockAssociationSet!.length = 0;
  expect(context.state.ec2.vpcs.get(vpcId)?.CidrBlockAssociationSet).toHaveLength(1);
});
