import type { CreateVpcEndpointRequest } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createRouteTable } from './operations/create-route-table.js';
import { createVpcEndpoint } from './operations/create-vpc-endpoint.js';
import { deleteNetworkInterface } from './operations/delete-network-interface.js';
import { deleteVpcEndpoints } from './operations/delete-vpc-endpoints.js';
import { describeNetworkInterfaces } from './operations/describe-network-interfaces.js';
import { describeRouteTables } from './operations/describe-route-tables.js';
import { describeVpcEndpointServices } from './operations/describe-vpc-endpoint-services.js';
import { describeVpcEndpoints } from './operations/describe-vpc-endpoints.js';
import { modifyVpcAttribute } from './operations/modify-vpc-attribute.js';
import { modifyVpcEndpoint } from './operations/modify-vpc-endpoint.js';
import { addGroup, addSubnet, createTestNetwork, refusal, type TestNetwork } from './test-network.js';

const ssm = 'com.amazonaws.us-west-2.ssm';
const s3 = 'com.amazonaws.us-west-2.s3';

function createEndpoint(network: TestNetwork, asked: Partial<CreateVpcEndpointRequest> = {}) {
  const { context, vpcId, subnetId, groupId } = network;
  const byDefault = { VpcId: vpcId, VpcEndpointType: 'Interface', ServiceName: ssm } as const;
  const wanted = { ...byDefault, SubnetIds: [subnetId], SecurityGroupIds: [groupId], ...asked };
  return createVpcEndpoint(wanted, context).VpcEndpoint!;
}

function endpointIn({ context }: TestNetwork, id: string | undefined) {
  return describeVpcEndpoints({ VpcEndpointIds: [id!] }, context).VpcEndpoints![0]!;
}

function interfacesOf(network: TestNetwork, id: string | undefined) {
  const { NetworkInterfaceIds } = endpointIn(network, id);
  return describeNetworkInterfaces({ NetworkInterfaceIds }, network.context).NetworkInterfaces!;
}

describe('an interface endpoint', () => {
  test('has one interface in each of its subnets, and becomes available in its time', () => {
    const network = createTestNetwork();
    const { context, vpcId, subnetId, groupId } = network;
    const other = addSubnet(context, vpcId, '10.0.2.0/24', 'us-west-2b');
    const { VpcEndpointId, State } = createEndpoint(network, { SubnetIds: [subnetId, other] });
    expect(State).toBe('pending');
    context.pass(context.timing.vpcEndpointPendingMs);
    expect(endpointIn(network, VpcEndpointId).State).toBe('available');
    const interfaces = interfacesOf(network, VpcEndpointId);
    expect(interfaces.map((eni) => eni.SubnetId)).toEqual([subnetId, other]);
    expect(interfaces[0]).toMatchObject({
      InterfaceType: 'vpc_endpoint',
      RequesterManaged: true,
      Status: 'in-use',
      Groups: [{ GroupId: groupId }],
    });
  });

  test('wears the default group of the VPC when it is given none', () => {
    const network = createTestNetwork();
    const { VpcEndpointId } = createEndpoint(network, { SecurityGroupIds: [] });
    expect(endpointIn(network, VpcEndpointId).Groups).toMatchObject([{ GroupName: 'default' }]);
  });

  test('has private DNS unless told otherwise, and only then answers by the name of the service', () => {
    const network = createTestNetwork();
    const names = (id: string | undefined) => endpointIn(network, id).DnsEntries?.map((entry) => entry.DnsName);
    const without = createEndpoint(network, { PrivateDnsEnabled: false });
    expect(names(without.VpcEndpointId)).not.toContain('ssm.us-west-2.amazonaws.com');
    const withIt = createEndpoint(network);
    expect(withIt.PrivateDnsEnabled).toBe(true);
    expect(names(withIt.VpcEndpointId)).toContain('ssm.us-west-2.amazonaws.com');
    expect(names(withIt.VpcEndpointId)?.[0]).toMatch(
      /^vpce-[0-9a-f]+-[0-9a-f]{8}\.ssm\.us-west-2\.vpce\.amazonaws\.com$/,
    );
    expect(names(withIt.VpcEndpointId)?.[1]).toMatch(/-us-west-2a\.ssm\./);
  });

  test.each([{ EnableDnsSupport: { Value: false } }, { EnableDnsHostnames: { Value: false } }])(
    'cannot have private DNS in a VPC with %j',
    (attribute) => {
      const network = createTestNetwork();
      const { context, vpcId } = network;
      modifyVpcAttribute({ VpcId: vpcId, ...attribute }, context);
      const expected = {
        code: 'InvalidParameter',
        message: `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
      };
      expect(refusal(() => createEndpoint(network))).toEqual(expected);
      const { VpcEndpointId } = createEndpoint(network, { PrivateDnsEnabled: false });
      expect(refusal(() => modifyVpcEndpoint({ VpcEndpointId, PrivateDnsEnabled: true }, context))).toEqual(expected);
    },
  );

  test('cannot have private DNS while another one of the VPC holds the name', () => {
    const network = createTestNetwork();
    const { context, vpcId } = network;
    const first = createEndpoint(network);
    expect(refusal(() => createEndpoint(network))).toEqual({
      code: 'InvalidParameter',
      message: `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ssm.us-west-2.amazonaws.com in the VPC ${vpcId}`,
    });
    const { VpcEndpointId } = createEndpoint(network, { PrivateDnsEnabled: false });
    const takeOver = { VpcEndpointId, PrivateDnsEnabled: true };
    expect(refusal(() => modifyVpcEndpoint(takeOver, context)).code).toBe('InvalidParameter');
    modifyVpcEndpoint({ VpcEndpointId: first.VpcEndpointId, PrivateDnsEnabled: false }, context);
    modifyVpcEndpoint(takeOver, context);
    expect(endpointIn(network, VpcEndpointId).PrivateDnsEnabled).toBe(true);
  });

  test('takes and leaves subnets, one in each zone', () => {
    const network = createTestNetwork();
    const { context, vpcId, subnetId } = network;
    const { VpcEndpointId } = createEndpoint(network);
    const [sameZone, otherZone] = [
      addSubnet(context, vpcId, '10.0.2.0/24', 'us-west-2a'),
      addSubnet(context, vpcId, '10.0.3.0/24', 'us-west-2b'),
    ];
    expect(refusal(() => modifyVpcEndpoint({ VpcEndpointId, AddSubnetIds: [sameZone] }, context)).code).toBe(
      'DuplicateSubnetsInSameZone',
    );
    modifyVpcEndpoint({ VpcEndpointId, AddSubnetIds: [otherZone], RemoveSubnetIds: [subnetId] }, context);
    expect(endpointIn(network, VpcEndpointId).SubnetIds).toEqual([otherZone]);
    expect(interfacesOf(network, VpcEndpointId).map((eni) => eni.AvailabilityZone)).toEqual(['us-west-2b']);
  });

  test('changes groups on its interfaces too, and keeps one at least', () => {
    const network = createTestNetwork();
    const { context, vpcId, groupId } = network;
    const { VpcEndpointId } = createEndpoint(network);
    const management = addGroup(context, vpcId, 'management');
    expect(refusal(() => modifyVpcEndpoint({ VpcEndpointId, RemoveSecurityGroupIds: [groupId] }, context)).code).toBe(
      'InvalidParameter',
    );
    const change = { AddSecurityGroupIds: [management], RemoveSecurityGroupIds: [groupId] };
    modifyVpcEndpoint({ VpcEndpointId, ...change }, context);
    expect(endpointIn(network, VpcEndpointId).Groups).toEqual([{ GroupId: management, GroupName: 'management' }]);
    expect(interfacesOf(network, VpcEndpointId)[0]?.Groups).toEqual([{ GroupId: management, GroupName: 'management' }]);
  });

  test('has an open policy, another one, and an open one again', () => {
    const network = createTestNetwork();
    const { context } = network;
    const { VpcEndpointId, PolicyDocument: open } = createEndpoint(network);
    expect(JSON.parse(open!).Statement).toMatchObject([{ Effect: 'Allow', Principal: '*' }]);
    const policy = '{"Statement":[]}';
    modifyVpcEndpoint({ VpcEndpointId, PolicyDocument: policy }, context);
    expect(endpointIn(network, VpcEndpointId).PolicyDocument).toBe(policy);
    expect(refusal(() => modifyVpcEndpoint({ VpcEndpointId, PolicyDocument: '{' }, context)).code).toBe(
      'InvalidPolicyDocument',
    );
    modifyVpcEndpoint({ VpcEndpointId, ResetPolicy: true }, context);
    expect(endpointIn(network, VpcEndpointId).PolicyDocument).toBe(open);
  });

  test('holds its name until its deletion is over, and its interfaces belong to nobody else', () => {
    const network = createTestNetwork();
    const { context } = network;
    const { VpcEndpointId } = createEndpoint(network);
    const [NetworkInterfaceId] = endpointIn(network, VpcEndpointId).NetworkInterfaceIds!;
    expect(refusal(() => deleteNetworkInterface({ NetworkInterfaceId }, context)).message).toMatch(/currently in use/);
    const { Unsuccessful } = deleteVpcEndpoints({ VpcEndpointIds: [VpcEndpointId!, 'vpce-1'] }, context);
    expect(Unsuccessful).toEqual([
      {
        ResourceId: 'vpce-1',
        Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: "The Vpc Endpoint Id 'vpce-1' does not exist" },
      },
    ]);
    expect(endpointIn(network, VpcEndpointId).State).toBe('deleting');
    expect(refusal(() => createEndpoint(network)).code).toBe('InvalidParameter');
    context.pass(context.timing.vpcEndpointPendingMs);
    expect(context.state.ec2.networkInterfaces.size).toBe(0);
    expect(createEndpoint(network).PrivateDnsEnabled).toBe(true);
  });

  test('of a service that does not exist is refused', () => {
    const network = createTestNetwork();
    expect(refusal(() => createEndpoint(network, { ServiceName: 'com.amazonaws.us-west-2.smm' }))).toEqual({
      code: 'InvalidServiceName',
      message: "The Vpc Endpoint Service 'com.amazonaws.us-west-2.smm' does not exist",
    });
    const listed = describeVpcEndpointServices({ ServiceNames: [ssm] }, network.context).ServiceDetails;
    expect(listed?.[0]?.PrivateDnsNames).toEqual([{ PrivateDnsName: 'ssm.us-west-2.amazonaws.com' }]);
  });

  test('is not made twice for one token', () => {
    const network = createTestNetwork();
    const first = createEndpoint(network, { ClientToken: 'once' });
    expect(createEndpoint(network, { ClientToken: 'once' }).VpcEndpointId).toBe(first.VpcEndpointId);
    expect(refusal(() => createEndpoint(network, { ClientToken: 'once', PrivateDnsEnabled: false })).code).toBe(
      'IdempotentParameterMismatch',
    );
  });
});

describe('a gateway endpoint', () => {
  test('is a route to the prefix list of its service in each of its tables, and nothing else', () => {
    const network = createTestNetwork();
    const { context, vpcId: VpcId } = network;
    const [one, other] = [1, 2].map(() => createRouteTable({ VpcId }, context).RouteTable!.RouteTableId!);
    const routesTo = (tableId: string | undefined) =>
      describeRouteTables({ RouteTableIds: [tableId!] }, context).RouteTables![0]!.Routes!.slice(1);
    const asked = { VpcId, ServiceName: s3, RouteTableIds: [one!] };
    const { VpcEndpointId, State, VpcEndpointType } = createVpcEndpoint(asked, context).VpcEndpoint!;
    expect([VpcEndpointType, State]).toEqual(['Gateway', 'available']);
    const route = { DestinationPrefixListId: 'pl-68a54001', GatewayId: VpcEndpointId, State: 'active' };
    expect(routesTo(one)).toMatchObject([route]);
    expect(refusal(() => createVpcEndpoint(asked, context)).code).toBe('RouteAlreadyExists');
    modifyVpcEndpoint({ VpcEndpointId, AddRouteTableIds: [other!], RemoveRouteTableIds: [one!] }, context);
    expect([routesTo(one), routesTo(other)]).toMatchObject([[], [route]]);
    deleteVpcEndpoints({ VpcEndpointIds: [VpcEndpointId!] }, context);
    expect(routesTo(other)).toEqual([]);
  });

  test('has no groups, subnets or private DNS', () => {
    const { context, vpcId: VpcId, groupId, subnetId } = createTestNetwork();
    for (const wrong of [{ SecurityGroupIds: [groupId] }, { SubnetIds: [subnetId] }, { PrivateDnsEnabled: true }]) {
      expect(refusal(() => createVpcEndpoint({ VpcId, ServiceName: s3, ...wrong }, context)).code).toBe(
        'InvalidParameter',
      );
    }
  });
});
