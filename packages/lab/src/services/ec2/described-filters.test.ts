import { DescribeNetworkInterfacesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { createTestLab } from '../../testing/create-test-lab.js';
import { describedReader } from './described-filters.js';
import { describeNetworkAcls } from './operations/describe-network-acls.js';
import { describeRouteTables } from './operations/describe-route-tables.js';
import { describeSecurityGroups } from './operations/describe-security-groups.js';
import { describeVpcs } from './operations/describe-vpcs.js';
import { createTestNetwork } from './test-network.js';

test.each([
  ['Vpc', 'vpc-id', { VpcId: 'vpc-1' }, ['vpc-1']],
  [
    'Vpc',
    'cidr-block-association.state',
    { CidrBlockAssociationSet: [{ CidrBlockState: { State: 'associated' } }] },
    ['associated'],
  ],
  ['RouteTable', 'association.main', { Associations: [{ Main: true }, { Main: false }] }, [true, false]],
  ['NetworkInterface', 'group-id', { Groups: [{ GroupId: 'sg-1' }] }, ['sg-1']],
  [
    'NetworkInterface',
    'addresses.private-ip-address',
    { PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.4' }] },
    ['10.0.0.4'],
  ],
  ['Instance', 'block-device-mapping.volume-id', { BlockDeviceMappings: [{ Ebs: { VolumeId: 'vol-1' } }] }, ['vol-1']],
  ['Instance', 'tenancy', { Placement: { Tenancy: 'default' } }, ['default']],
  [
    'Instance',
    'network-interface.addresses.primary',
    { NetworkInterfaces: [{ PrivateIpAddresses: [{ Primary: true }] }] },
    [true],
  ],
  ['InstanceTypeInfo', 'vcpu-info.default-cores', { VCpuInfo: { DefaultCores: 1 } }, [1]],
  [
    'SecurityGroup',
    'egress.ip-permission.cidr',
    { IpPermissionsEgress: [{ IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
    ['0.0.0.0/0'],
  ],
  ['Vpc', 'vpc-id', {}, []],
])('the filter of %s %s reads %j', (structure, filter, resource, values) => {
  expect(describedReader(structure, filter)?.(resource)).toEqual(values);
});

test.each([
  ['Vpc', 'colour'],
  ['Vpc', 'vpc-id.id'],
  ['Vpc', ''],
  ['NoSuchThing', 'vpc-id'],
  ['Instance', 'placement'],
])('%s has no filter %s', (structure, filter) => {
  expect(describedReader(structure, filter)).toBeUndefined();
});

test('filters of what the lab has find it', () => {
  const { context, vpcId } = createTestNetwork();
  const find = (Name: string, value: string) => ({ Filters: [{ Name, Values: [value] }] });
  expect(describeVpcs(find('cidr-block-association.cidr-block', '10.0.0.0/16'), context).Vpcs).toHaveLength(1);
  expect(describeVpcs(find('cidr-block-association.cidr-block', '10.9.0.0/16'), context).Vpcs).toEqual([]);
  expect(describeRouteTables(find('association.main', 'true'), context).RouteTables).toHaveLength(1);
  expect(describeNetworkAcls(find('entry.rule-action', 'deny'), context).NetworkAcls).toHaveLength(1);
  expect(
    describeSecurityGroups(find('egress.ip-permission.cidr', '0.0.0.0/0'), context).SecurityGroups?.length,
  ).toBeGreaterThan(0);
  expect(describeSecurityGroups(find('vpc-id', vpcId), context).SecurityGroups?.length).toBeGreaterThan(0);
});

test('a documented filter that is not emulated is said to be so; an invented one is the client’s fault', async () => {
  const { lab } = createTestLab();
  const ec2 = new EC2Client({
    region: 'us-west-2',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestHandler: lab.requestHandler,
    maxAttempts: 1,
  });
  const filter = (Name: string) => ({ Filters: [{ Name, Values: ['x'] }] });
  await expect(ec2.send(new DescribeVpcsCommand(filter('colour')))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: "The filter 'colour' is invalid",
  });
  await ec2.send(new DescribeNetworkInterfacesCommand(filter('attachment.status')));
  const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2');
  await expect(ec2.send(new DescribeInstancesCommand(filter('requester-id')))).rejects.toMatchObject({
    name: 'UnsupportedOperation',
    message: 'The lab does not emulate the filter requester-id of DescribeInstances.',
  });
  expect(lab.notEmulated()).toMatchObject([
    { service: 'ec2', what: 'the filter requester-id of DescribeInstances', count: 1 },
  ]);
  await lab.close();
});
