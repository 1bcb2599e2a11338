import { describe, expect, test } from 'vitest';
import { networkChanged } from './network-revision.js';
import { acceptVpcPeeringConnection } from './operations/accept-vpc-peering-connection.js';
import { allocateAddress } from './operations/allocate-address.js';
import { associateAddress } from './operations/associate-address.js';
import { associateRouteTable } from './operations/associate-route-table.js';
import { attachInternetGateway } from './operations/attach-internet-gateway.js';
import { createInternetGateway } from './operations/create-internet-gateway.js';
import { createNatGateway } from './operations/create-nat-gateway.js';
import { createRoute } from './operations/create-route.js';
import { createRouteTable } from './operations/create-route-table.js';
import { createVpc } from './operations/create-vpc.js';
import { createVpcPeeringConnection } from './operations/create-vpc-peering-connection.js';
import { deleteNatGateway } from './operations/delete-nat-gateway.js';
import { deleteRoute } from './operations/delete-route.js';
import { deleteRouteTable } from './operations/delete-route-table.js';
import { deleteVpcPeeringConnection } from './operations/delete-vpc-peering-connection.js';
import { describeAddresses } from './operations/describe-addresses.js';
import { describeNatGateways } from './operations/describe-nat-gateways.js';
import { describeRouteTables } from './operations/describe-route-tables.js';
import { detachInternetGateway } from './operations/detach-internet-gateway.js';
import { disassociateAddress } from './operations/disassociate-address.js';
import { disassociateRouteTable } from './operations/disassociate-route-table.js';
import { releaseAddress } from './operations/release-address.js';
import { replaceRoute } from './operations/replace-route.js';
import { replaceRouteTableAssociation } from './operations/replace-route-table-association.js';
import { createTestNetwork, launchInstance, refusal, type TestNetwork } from './test-network.js';

const everywhere = '0.0.0.0/0';

/** A network with a route table of its own and an attached internet gateway. */
function createRoutedNetwork() {
  const network = createTestNetwork();
  const { context, vpcId } = network;
  const RouteTableId = createRouteTable({ VpcId: vpcId }, context).RouteTable!.RouteTableId!;
  const InternetGatewayId = createInternetGateway({}, context).InternetGateway!.InternetGatewayId!;
  attachInternetGateway({ InternetGatewayId, VpcId: vpcId }, context);
  return { ...network, tableId: RouteTableId, gatewayId: InternetGatewayId };
}

function routesOf({ context }: TestNetwork, tableId: string) {
  // As the control plane does after each operation.
  networkChanged(context);
  const [table] = describeRouteTables({ RouteTableIds: [tableId] }, context).RouteTables!;
  return table!.Routes!.map((route) => [route.DestinationCidrBlock, route.State]);
}

describe('a route', () => {
  test('is a black hole while its gateway is detached, and active again afterwards', () => {
    const network = createRoutedNetwork();
    const { context, vpcId, tableId, gatewayId } = network;
    const attachment = { InternetGatewayId: gatewayId, VpcId: vpcId };
    createRoute({ RouteTableId: tableId, DestinationCidrBlock: everywhere, GatewayId: gatewayId }, context);
    expect(routesOf(network, tableId)[1]).toEqual([everywhere, 'active']);
    detachInternetGateway(attachment, context);
    expect(routesOf(network, tableId)[1]).toEqual([everywhere, 'blackhole']);
    attachInternetGateway(attachment, context);
    expect(routesOf(network, tableId)[1]).toEqual([everywhere, 'active']);
  });

  test('to a NAT gateway works when the gateway is available, and is a black hole when it is deleted', () => {
    const network = createRoutedNetwork();
    const { context, subnetId: SubnetId, tableId } = network;
    const { AllocationId } = allocateAddress({}, context);
    const NatGatewayId = createNatGateway({ SubnetId, AllocationId }, context).NatGateway!.NatGatewayId!;
    createRoute({ RouteTableId: tableId, DestinationCidrBlock: everywhere, NatGatewayId }, context);
    expect(routesOf(network, tableId)[1]).toEqual([everywhere, 'blackhole']);
    context.pass(60_000);
    expect(describeNatGateways({}, context).NatGateways?.[0]?.State).toBe('available');
    expect(routesOf(network, tableId)[1]).toEqual([everywhere, 'active']);
    deleteNatGateway({ NatGatewayId }, context);
    expect(routesOf(network, tableId)[1]).toEqual([everywhere, 'blackhole']);
    context.pass(60_000);
    releaseAddress({ AllocationId }, context);
    expect(describeNatGateways({}, context).NatGateways?.[0]?.State).toBe('deleted');
    context.pass(3_600_000);
    expect(describeNatGateways({}, context).NatGateways).toEqual([]);
  });

  test('is refused when it is there, when its gateway is elsewhere, and when it is the local one that is to go', () => {
    const network = createRoutedNetwork();
    const { context, vpcId, tableId, gatewayId } = network;
    const route = { RouteTableId: tableId, DestinationCidrBlock: everywhere, GatewayId: gatewayId };
    createRoute(route, context);
    expect(refusal(() => createRoute(route, context))).toEqual({
      code: 'RouteAlreadyExists',
      message: 'The route identified by 0.0.0.0/0 already exists.',
    });
    const elsewhere = createInternetGateway({}, context).InternetGateway!.InternetGatewayId!;
    expect(
      refusal(() => createRoute({ ...route, DestinationCidrBlock: '1.0.0.0/8', GatewayId: elsewhere }, context)),
    ).toEqual({
      code: 'InvalidParameterValue',
      message: `route table ${tableId} and network gateway ${elsewhere} belong to different networks`,
    });
    const local = { RouteTableId: tableId, DestinationCidrBlock: context.state.ec2.vpcs.get(vpcId)?.CidrBlock };
    expect(refusal(() => deleteRoute(local, context)).message).toBe(
      `cannot remove local route 10.0.0.0/16 in route table ${tableId}`,
    );
    deleteRoute(route, context);
    expect(refusal(() => deleteRoute(route, context))).toEqual({
      code: 'InvalidRoute.NotFound',
      message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${tableId}`,
    });
    expect(refusal(() => replaceRoute(route, context)).message).toBe(
      "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
    );
  });

  test('over a peering is active while both sides agree', () => {
    const network = createRoutedNetwork();
    const { context, vpcId, tableId } = network;
    const PeerVpcId = createVpc({ CidrBlock: '10.1.0.0/16' }, context).Vpc!.VpcId!;
    const { VpcPeeringConnection } = createVpcPeeringConnection({ VpcId: vpcId, PeerVpcId }, context);
    const VpcPeeringConnectionId = VpcPeeringConnection!.VpcPeeringConnectionId!;
    createRoute({ RouteTableId: tableId, DestinationCidrBlock: '10.1.0.0/16', VpcPeeringConnectionId }, context);
    expect(routesOf(network, tableId)[1]?.[1]).toBe('blackhole');
    acceptVpcPeeringConnection({ VpcPeeringConnectionId }, context);
    expect(routesOf(network, tableId)[1]?.[1]).toBe('active');
    deleteVpcPeeringConnection({ VpcPeeringConnectionId }, context);
    expect(routesOf(network, tableId)[1]?.[1]).toBe('blackhole');
    expect(refusal(() => acceptVpcPeeringConnection({ VpcPeeringConnectionId }, context)).code).toBe(
      'InvalidStateTransition',
    );
  });

  test('over a peering is never active between VPCs that overlap', () => {
    const { context, vpcId } = createTestNetwork();
    const PeerVpcId = createVpc({ CidrBlock: '10.0.0.0/20' }, context).Vpc!.VpcId!;
    const { VpcPeeringConnection } = createVpcPeeringConnection({ VpcId: vpcId, PeerVpcId }, context);
    expect(VpcPeeringConnection?.Status?.Code).toBe('failed');
    const { VpcPeeringConnectionId } = VpcPeeringConnection!;
    expect(refusal(() => acceptVpcPeeringConnection({ VpcPeeringConnectionId }, context)).code).toBe(
      'InvalidStateTransition',
    );
  });
});

describe('a subnet', () => {
  test('follows one table: the same again is the same association, another one conflicts until it is replaced', () => {
    const { context, vpcId, subnetId, tableId } = createRoutedNetwork();
    const asked = { RouteTableId: tableId, SubnetId: subnetId };
    const { AssociationId } = associateRouteTable(asked, context);
    expect(associateRouteTable(asked, context).AssociationId).toBe(AssociationId);
    const other = createRouteTable({ VpcId: vpcId }, context).RouteTable!.RouteTableId!;
    expect(refusal(() => associateRouteTable({ RouteTableId: other, SubnetId: subnetId }, context))).toEqual({
      code: 'Resource.AlreadyAssociated',
      message: `the specified association for route table ${other} conflicts with an existing association`,
    });
    expect(refusal(() => deleteRouteTable({ RouteTableId: tableId }, context)).code).toBe('DependencyViolation');
    const { NewAssociationId } = replaceRouteTableAssociation({ AssociationId, RouteTableId: other }, context);
    deleteRouteTable({ RouteTableId: tableId }, context);
    disassociateRouteTable({ AssociationId: NewAssociationId }, context);
    expect(describeRouteTables({ RouteTableIds: [other] }, context).RouteTables?.[0]?.Associations).toEqual([]);
  });

  test('follows the main table, which can be replaced and not disassociated', () => {
    const { context, tableId } = createRoutedNetwork();
    const mainFilter = { Filters: [{ Name: 'association.main', Values: ['true'] }] };
    const main = () => describeRouteTables(mainFilter, context).RouteTables![0]!;
    const AssociationId = main().Associations![0]!.RouteTableAssociationId!;
    expect(refusal(() => disassociateRouteTable({ AssociationId }, context)).code).toBe('InvalidParameterValue');
    replaceRouteTableAssociation({ AssociationId, RouteTableId: tableId }, context);
    expect(main().RouteTableId).toBe(tableId);
  });
});

describe('an internet gateway', () => {
  test('is attached to one VPC, and is the only one there', () => {
    const { context, vpcId, gatewayId } = createRoutedNetwork();
    const again = { InternetGatewayId: gatewayId, VpcId: vpcId };
    expect(refusal(() => attachInternetGateway(again, context)).code).toBe('Resource.AlreadyAssociated');
    const InternetGatewayId = createInternetGateway({}, context).InternetGateway!.InternetGatewayId!;
    expect(refusal(() => attachInternetGateway({ InternetGatewayId, VpcId: vpcId }, context))).toEqual({
      code: 'InvalidParameterValue',
      message: `Network ${vpcId} already has an internet gateway attached`,
    });
  });

  test('cannot be detached while an address of the VPC is public', () => {
    const network = createRoutedNetwork();
    const { context, vpcId, gatewayId } = network;
    const InstanceId = launchInstance(network);
    const { AllocationId } = allocateAddress({}, context);
    const { AssociationId } = associateAddress({ AllocationId, InstanceId }, context);
    const attachment = { InternetGatewayId: gatewayId, VpcId: vpcId };
    expect(refusal(() => detachInternetGateway(attachment, context)).code).toBe('DependencyViolation');
    disassociateAddress({ AssociationId }, context);
    detachInternetGateway(attachment, context);
    expect(context.state.ec2.internetGateways.get(gatewayId)?.Attachments).toEqual([]);
  });
});

describe('an Elastic IP', () => {
  test('shows on the instance that has it, cannot be released meanwhile, and comes back when the instance goes', () => {
    const network = createRoutedNetwork();
    const { context } = network;
    const InstanceId = launchInstance(network);
    const { AllocationId, PublicIp } = allocateAddress({}, context);
    associateAddress({ AllocationId, InstanceId }, context);
    const { instance } = context.state.ec2.instances.get(InstanceId)!;
    expect(instance.PublicIpAddress).toBe(PublicIp);
    expect(refusal(() => releaseAddress({ AllocationId }, context))).toEqual({
      code: 'InvalidIPAddress.InUse',
      message: `Address ${PublicIp} is in use.`,
    });
    disassociateAddress({ PublicIp }, context);
    expect(instance.PublicIpAddress).toBeUndefined();
    releaseAddress({ AllocationId }, context);
    expect(describeAddresses({}, context).Addresses).toEqual([]);
  });

  test('moves to another instance only when reassociation is allowed', () => {
    const network = createRoutedNetwork();
    const { context } = network;
    const [one, other] = [launchInstance(network), launchInstance(network)];
    const { AllocationId } = allocateAddress({}, context);
    associateAddress({ AllocationId, InstanceId: one }, context);
    const move = { AllocationId, InstanceId: other };
    expect(refusal(() => associateAddress(move, context)).code).toBe('Resource.AlreadyAssociated');
    associateAddress({ ...move, AllowReassociation: true }, context);
    const publicAddressOf = (id: string) => context.state.ec2.instances.get(id)?.instance.PublicIpAddress;
    expect(publicAddressOf(one)).toBeUndefined();
    expect(publicAddressOf(other)).toBeDefined();
  });
});
