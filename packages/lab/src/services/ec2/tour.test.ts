import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  GetConsoleOutputCommand,
  ModifyVpcAttributeCommand,
  paginateDescribeInstances,
  RegisterImageCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, expect, test } from 'vitest';
import { createTestLab } from '../../testing/create-test-lab.js';

const started: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
});

/** The SDK's own client on a lab: what is sent and what comes back went through its serialisation and through the lab's. */
function createTour() {
  const { lab, clock, dataPlane, defects } = createTestLab();
  started.push(lab);
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  const client = new EC2Client({
    region: 'us-west-2',
    credentials,
    requestHandler: lab.requestHandler,
    maxAttempts: 1,
  });
  const send: EC2Client['send'] = ((command: never) => clock.run(client.send(command))) as EC2Client['send'];
  return { lab, clock, client, dataPlane, defects, send };
}

async function createNetwork(send: EC2Client['send']) {
  const tags = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: 'web' }] }];
  const { Vpc } = await send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: tags }));
  const VpcId = Vpc?.VpcId;
  const { Subnet } = await send(
    new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-west-2b' }),
  );
  const { GroupId } = await send(new CreateSecurityGroupCommand({ VpcId, GroupName: 'web', Description: 'the web' }));
  return { vpcId: VpcId!, subnetId: Subnet!.SubnetId!, groupId: GroupId! };
}

test('the SDK builds a VPC and reads it back as it was built', async () => {
  const { send, defects } = createTour();
  const { vpcId, subnetId, groupId } = await createNetwork(send);

  const { InternetGateway } = await send(new CreateInternetGatewayCommand({}));
  const gatewayId = InternetGateway?.InternetGatewayId;
  await send(new AttachInternetGatewayCommand({ InternetGatewayId: gatewayId, VpcId: vpcId }));
  const { RouteTable } = await send(new CreateRouteTableCommand({ VpcId: vpcId }));
  const routeTableId = RouteTable?.RouteTableId;
  const everywhere = { RouteTableId: routeTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gatewayId };
  await send(new CreateRouteCommand(everywhere));
  await send(new AssociateRouteTableCommand({ RouteTableId: routeTableId, SubnetId: subnetId }));
  await send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpProtocol: '6',
      FromPort: 80,
      ToPort: 80,
      CidrIp: '0.0.0.0/0',
    }),
  );

  const { Vpcs } = await send(new DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: ['w*'] }] }));
  expect(Vpcs).toHaveLength(1);
  expect(Vpcs?.[0]).toMatchObject({ VpcId: vpcId, CidrBlock: '10.0.0.0/16', IsDefault: false, State: 'available' });
  const { Subnets } = await send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
  expect(Subnets?.[0]).toMatchObject({ AvailabilityZone: 'us-west-2b', AvailableIpAddressCount: 251 });
  const { RouteTables } = await send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId!] }));
  expect(RouteTables?.[0]?.Routes).toEqual([
    expect.objectContaining({ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }),
    expect.objectContaining({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: gatewayId, State: 'active' }),
  ]);
  const { SecurityGroups } = await send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
  expect(SecurityGroups?.[0]?.IpPermissions).toEqual([
    expect.objectContaining({ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }),
  ]);
  expect(defects).toEqual([]);
});

test('the SDK sees an interface endpoint become available, with its names and interfaces', async () => {
  const { send, clock } = createTour();
  const { vpcId, subnetId, groupId } = await createNetwork(send);
  const endpoint = {
    VpcId: vpcId,
    VpcEndpointType: 'Interface' as const,
    ServiceName: 'com.amazonaws.us-west-2.ssm',
    SubnetIds: [subnetId],
    SecurityGroupIds: [groupId],
  };
  await expect(send(new CreateVpcEndpointCommand(endpoint))).rejects.toMatchObject({
    name: 'InvalidParameter',
    message: `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
  });
  await send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
  const attribute = await send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsHostnames' }));
  expect(attribute.EnableDnsHostnames?.Value).toBe(true);

  const { VpcEndpoint } = await send(new CreateVpcEndpointCommand(endpoint));
  const VpcEndpointIds = [VpcEndpoint!.VpcEndpointId!];
  expect(VpcEndpoint?.State).toBe('pending');
  await clock.advance(60_000);
  const { VpcEndpoints } = await send(new DescribeVpcEndpointsCommand({ VpcEndpointIds }));
  expect(VpcEndpoints?.[0]).toMatchObject({ State: 'available', PrivateDnsEnabled: true });
  expect(VpcEndpoints?.[0]?.DnsEntries?.map((entry) => entry.DnsName)).toContain('ssm.us-west-2.amazonaws.com');
  const { NetworkInterfaces } = await send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: VpcEndpoints?.[0]?.NetworkInterfaceIds }),
  );
  expect(NetworkInterfaces?.[0]).toMatchObject({ InterfaceType: 'vpc_endpoint', Groups: [{ GroupId: groupId }] });
});

test('the SDK launches from a template, pages, reads the console and terminates', async () => {
  const { send, clock, client, dataPlane, lab } = createTour();
  const { subnetId, groupId } = await createNetwork(send);
  const { ImageId } = await send(
    new RegisterImageCommand({ Name: 'hyperbola-0.149.1', ImageLocation: '/srv/hyperbola' }),
  );
  const { LaunchTemplate } = await send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'web',
      LaunchTemplateData: { ImageId, InstanceType: 't3.micro', SecurityGroupIds: [groupId] },
    }),
  );
  const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId;
  await send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId,
      SourceVersion: '1',
      LaunchTemplateData: { UserData: Buffer.from('#!/bin/sh').toString('base64') },
    }),
  );
  const { LaunchTemplateVersions } = await send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['$Latest'] }),
  );
  expect(LaunchTemplateVersions?.[0]).toMatchObject({
    VersionNumber: 2,
    LaunchTemplateData: { ImageId, InstanceType: 't3.micro', SecurityGroupIds: [groupId] },
  });

  const { Instances = [] } = await send(
    new RunInstancesCommand({
      LaunchTemplate: { LaunchTemplateId, Version: '2' },
      SubnetId: subnetId,
      MinCount: 7,
      MaxCount: 7,
    }),
  );
  expect(Instances).toHaveLength(7);
  const [first] = Instances;
  const InstanceIds = [first!.InstanceId!];
  await clock.advance(lab.state.ec2.instances.size * 10_000);
  const { Reservations } = await send(new DescribeInstancesCommand({ InstanceIds }));
  const instance = Reservations?.[0]?.Instances?.[0];
  expect(instance).toMatchObject({ State: { Name: 'running', Code: 16 }, SecurityGroups: [{ GroupId: groupId }] });
  expect(instance?.LaunchTime).toBeInstanceOf(Date);
  expect(instance?.PrivateDnsName).toMatch(/^ip-10-0-1-\d+\.us-west-2\.compute\.internal$/);
  expect(dataPlane.performed).toContainEqual({ kind: 'startMachine', instanceId: first?.InstanceId });

  const seen = await clock.run(collectIds(client));
  expect([...seen].sort()).toEqual(Instances.map((one) => one.InstanceId).sort());

  dataPlane.controlPlane().report({ service: 'ec2', type: 'console', instanceId: first!.InstanceId!, text: 'héllo\n' });
  const { Output = '' } = await send(new GetConsoleOutputCommand({ InstanceId: first?.InstanceId }));
  expect(Buffer.from(Output, 'base64').toString('utf8')).toBe('héllo\n');

  const { TerminatingInstances } = await send(new TerminateInstancesCommand({ InstanceIds }));
  expect(TerminatingInstances?.[0]).toMatchObject({
    PreviousState: { Name: 'running' },
    CurrentState: { Name: 'shutting-down' },
  });
});

async function collectIds(client: EC2Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of paginateDescribeInstances({ client, pageSize: 5 }, {})) {
    for (const { Instances = [] } of page.Reservations ?? []) ids.push(...Instances.map((one) => one.InstanceId!));
  }
  return ids;
}
