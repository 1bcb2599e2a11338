import type { CreateVpcEndpointRequest, CreateVpcEndpointResult, Vpc, VpcEndpoint } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { insufficientFreeAddresses } from '../addresses.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { requireEndpointService } from '../endpoint-services.js';
import { defaultGroupId, groupIdentifiers } from '../network-interfaces.js';
import { notEmulated, required } from '../refusals.js';
import { requireResource } from '../resources.js';
import { putTags, tagsFor } from '../tags.js';
import {
  addEndpointInterfaces,
  addGatewayRoutes,
  checkPolicyDocument,
  checkPrivateDns,
  endpointRouteTables,
  endpointState,
  endpointSubnets,
  openPolicy,
  requireGroupsOfVpc,
  showDnsEntries,
} from '../vpc-endpoints.js';

const operation = 'CreateVpcEndpoint';

export function createVpcEndpoint(input: CreateVpcEndpointRequest, context: OperationContext): CreateVpcEndpointResult {
  const { ec2 } = context.state;
  const madeEarlier = ec2.vpcEndpoints.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return { VpcEndpoint: copyWithTags('vpcEndpoint', madeEarlier, ec2) };
  // Gateway when nothing is said, as in the API; the console and most tools ask for Interface.
  const type = input.VpcEndpointType ?? 'Gateway';
  const vpc = requireResource('vpc', input.VpcId, context);
  checkPolicyDocument(input.PolicyDocument);
  if (type !== 'Interface' && type !== 'Gateway') throw notEmulated(`VPC endpoints of type ${type}`);
  const endpoint =
    type === 'Interface' ? createInterfaceEndpoint(input, vpc, context) : createGatewayEndpoint(input, vpc, context);
  rememberMade(operation, input, endpoint.VpcEndpointId!, context);
  return { ClientToken: input.ClientToken, VpcEndpoint: copyWithTags('vpcEndpoint', endpoint, ec2) };
}

function createInterfaceEndpoint(input: CreateVpcEndpointRequest, vpc: Vpc, context: OperationContext): VpcEndpoint {
  const { ec2, region } = context.state;
  const vpcId = vpc.VpcId!;
  const service = requireEndpointService(required(input.ServiceName, 'serviceName'), 'Interface', region);
  if (input.RouteTableIds?.length)
    throw new AwsError('InvalidParameter', 'Route table IDs are only supported for Gateway type VPC Endpoint.');
  const subnets = endpointSubnets(input.SubnetIds ?? [], vpcId, [], context);
  for (const subnet of subnets) if ((subnet.AvailableIpAddressCount ?? 0) < 1) throw insufficientFreeAddresses(subnet);
  const groupIds = input.SecurityGroupIds?.length
    ? requireGroupsOfVpc(input.SecurityGroupIds, vpcId, context)
    : [defaultGroupId(vpcId, ec2)];
  const privateDns = input.PrivateDnsEnabled ?? true;
  if (privateDns) checkPrivateDns(service, vpcId, undefined, context);
  const tags = tagsFor('vpc-endpoint', input.TagSpecifications);
  const endpoint: VpcEndpoint = {
    ...newEndpoint(input, vpcId, context),
    VpcEndpointType: 'Interface',
    State: endpointState('pending'),
    Groups: groupIdentifiers(groupIds, ec2),
    IpAddressType: 'ipv4',
    DnsOptions: { DnsRecordIpType: 'ipv4' },
    PrivateDnsEnabled: privateDns,
  };
  ec2.vpcEndpoints.set(endpoint.VpcEndpointId!, endpoint);
  putTags(ec2, endpoint.VpcEndpointId!, tags);
  addEndpointInterfaces(endpoint, subnets, context);
  showDnsEntries(endpoint, context);
  context.schedule(context.now + context.timing.vpcEndpointPendingMs, {
    service: 'ec2',
    type: 'timer',
    name: 'vpcEndpointPending',
    id: endpoint.VpcEndpointId!,
  });
  return endpoint;
}

/** There at once, as in AWS. */
function createGatewayEndpoint(input: CreateVpcEndpointRequest, vpc: Vpc, context: OperationContext): VpcEndpoint {
  const { ec2, region } = context.state;
  const serviceName = required(input.ServiceName, 'serviceName');
  requireEndpointService(serviceName, 'Gateway', region);
  if (input.SubnetIds?.length || input.SecurityGroupIds?.length) {
    throw new AwsError(
      'InvalidParameter',
      'Subnet IDs and security group IDs are only supported for Interface type VPC Endpoint.',
    );
  }
  if (input.PrivateDnsEnabled === true) {
    throw new AwsError('InvalidParameter', 'Private DNS is only supported for Interface type VPC Endpoint.');
  }
  const tables = endpointRouteTables(
    input.RouteTableIds ?? [],
    { VpcId: vpc.VpcId, ServiceName: serviceName },
    context,
  );
  const tags = tagsFor('vpc-endpoint', input.TagSpecifications);
  const endpoint: VpcEndpoint = {
    ...newEndpoint(input, vpc.VpcId!, context),
    VpcEndpointType: 'Gateway',
    State: endpointState('available'),
    Groups: [],
    PrivateDnsEnabled: false,
  };
  ec2.vpcEndpoints.set(endpoint.VpcEndpointId!, endpoint);
  putTags(ec2, endpoint.VpcEndpointId!, tags);
  addGatewayRoutes(endpoint, tables, context);
  return endpoint;
}

function newEndpoint(input: CreateVpcEndpointRequest, vpcId: string, context: OperationContext): VpcEndpoint {
  return {
    VpcEndpointId: context.ids.hex('vpce-', 17),
    VpcId: vpcId,
    ServiceName: input.ServiceName,
    ServiceRegion: context.state.region,
    CreationTimestamp: new Date(context.now),
    DnsEntries: [],
    NetworkInterfaceIds: [],
    OwnerId: context.state.accountId,
    PolicyDocument: input.PolicyDocument ?? openPolicy,
    RequesterManaged: false,
    RouteTableIds: [],
    SubnetIds: [],
  };
}
