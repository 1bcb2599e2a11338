// What deploy tools of others call on their way, and what they get.
import { expect, test } from 'vitest';
import { associateVpcCidrBlock } from './operations/associate-vpc-cidr-block.js';
import { createManagedPrefixList } from './operations/create-managed-prefix-list.js';
import { createRouteTable } from './operations/create-route-table.js';
import { describeRouteTables } from './operations/describe-route-tables.js';
import { describeVpcClassicLink } from './operations/describe-vpc-classic-link.js';
import { describeVpcClassicLinkDnsSupport } from './operations/describe-vpc-classic-link-dns-support.js';
import { describeVpcs } from './operations/describe-vpcs.js';
import { disassociateVpcCidrBlock } from './operations/disassociate-vpc-cidr-block.js';
import { getLaunchTemplateData } from './operations/get-launch-template-data.js';
import { getManagedPrefixListEntries } from './operations/get-managed-prefix-list-entries.js';
import { modifyManagedPrefixList } from './operations/modify-managed-prefix-list.js';
import { runInstances } from './operations/run-instances.js';
import { addSubnet, createTestNetwork, refusal } from './test-network.js';

test('a VPC has further blocks: subnets in them, a local route in every table, and away again', () => {
  const { context, vpcId } = createTestNetwork();
  expect(refusal(() => addSubnet(context, vpcId, '10.1.0.0/24', 'us-west-2a')).code).toBe('InvalidSubnet.Range');
  const made = associateVpcCidrBlock({ VpcId: vpcId, CidrBlock: '10.1.0.0/16' }, context);
  const AssociationId = made.CidrBlockAssociation?.AssociationId;
  createRouteTable({ VpcId: vpcId }, context);
  for (const { Routes } of describeRouteTables({}, context).RouteTables ?? [])
    expect(Routes?.filter(({ GatewayId }) => GatewayId === 'local').map((route) => route.DestinationCidrBlock)).toEqual(
      ['10.0.0.0/16', '10.1.0.0/16'],
    );
  addSubnet(context, vpcId, '10.1.0.0/24', 'us-west-2a');
  expect(refusal(() => disassociateVpcCidrBlock({ AssociationId }, context)).code).toBe('DependencyViolation');
  for (const subnet of context.state.ec2.subnets.values())
    if (subnet.CidrBlock === '10.1.0.0/24') context.state.ec2.subnets.delete(subnet.SubnetId!);
  disassociateVpcCidrBlock({ AssociationId }, context);
  const filter = [{ Name: 'cidr-block-association.cidr-block', Values: ['10.1.0.0/16'] }];
  expect(describeVpcs({ Filters: filter }, context).Vpcs).toEqual([]);
});

test.each([
  ['10.0.128.0/17', 'InvalidVpc.Conflict'],
  ['11.0.0.0/8', 'InvalidVpc.Range'],
])('%s is no further block of 10.0.0.0/16: %s', (CidrBlock, code) => {
  const { context, vpcId } = createTestNetwork();
  expect(refusal(() => associateVpcCidrBlock({ VpcId: vpcId, CidrBlock }, context)).code).toBe(code);
});

test('a VPC has five blocks at most, and keeps its first', () => {
  const { context, vpcId } = createTestNetwork();
  for (const second of [1, 2, 3, 4]) associateVpcCidrBlock({ VpcId: vpcId, CidrBlock: `10.${second}.0.0/16` }, context);
  expect(refusal(() => associateVpcCidrBlock({ VpcId: vpcId, CidrBlock: '10.5.0.0/16' }, context)).code).toBe(
    'CidrLimitExceeded',
  );
  const first = describeVpcs({}, context).Vpcs?.[0]?.CidrBlockAssociationSet?.[0]?.AssociationId;
  expect(refusal(() => disassociateVpcCidrBlock({ AssociationId: first }, context)).code).toBe('OperationNotPermitted');
});

test('a prefix list is changed by its present version only, and not beyond its maximum', () => {
  const { context } = createTestNetwork();
  const asked = {
    PrefixListName: 'offices',
    MaxEntries: 2,
    AddressFamily: 'IPv4',
    Entries: [{ Cidr: '192.0.2.0/24' }],
  };
  const PrefixListId = createManagedPrefixList(asked, context).PrefixList?.PrefixListId;
  const change = (more: object) => modifyManagedPrefixList({ PrefixListId, CurrentVersion: 1, ...more }, context);
  expect(
    change({ AddEntries: [{ Cidr: '198.51.100.0/24' }], RemoveEntries: [{ Cidr: '192.0.2.0/24' }] }).PrefixList
      ?.Version,
  ).toBe(2);
  expect(getManagedPrefixListEntries({ PrefixListId }, context).Entries).toEqual([{ Cidr: '198.51.100.0/24' }]);
  expect(refusal(() => change({ AddEntries: [{ Cidr: '203.0.113.0/24' }] })).code).toBe('PrefixListVersionMismatch');
  const many = { CurrentVersion: 2, AddEntries: [{ Cidr: '203.0.113.0/25' }, { Cidr: '203.0.113.128/25' }] };
  expect(refusal(() => change(many)).code).toBe('PrefixListMaxEntriesExceeded');
  expect(change({ ...many, MaxEntries: 5, PrefixListName: 'all' }).PrefixList).toMatchObject({
    PrefixListName: 'all',
    Version: 3,
  });
  expect(refusal(() => modifyManagedPrefixList({ PrefixListId: 'pl-68a54001', MaxEntries: 9 }, context)).code).toBe(
    'InvalidPrefixListModification',
  );
});

test('an instance gives the data of a template that launches its like', () => {
  const { context, subnetId, imageId } = createTestNetwork();
  const launched = runInstances(
    { ImageId: imageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, SubnetId: subnetId, UserData: 'aGVsbG8=' },
    context,
  );
  const InstanceId = launched.Instances?.[0]?.InstanceId;
  const { LaunchTemplateData } = getLaunchTemplateData({ InstanceId }, context);
  expect(LaunchTemplateData).toMatchObject({
    ImageId: imageId,
    InstanceType: 't3.micro',
    UserData: 'aGVsbG8=',
    NetworkInterfaces: [{ SubnetId: subnetId, DeviceIndex: 0 }],
  });
});

test('no VPC has ClassicLink', () => {
  const { context, vpcId } = createTestNetwork();
  expect(describeVpcClassicLink({ VpcIds: [vpcId] }, context).Vpcs).toEqual([
    { VpcId: vpcId, ClassicLinkEnabled: false },
  ]);
  expect(describeVpcClassicLinkDnsSupport({}, context).Vpcs).toEqual([
    { VpcId: vpcId, ClassicLinkDnsSupported: false },
  ]);
  expect(refusal(() => describeVpcClassicLink({ VpcIds: ['vpc-1'] }, context)).code).toBe('InvalidVpcID.NotFound');
});
