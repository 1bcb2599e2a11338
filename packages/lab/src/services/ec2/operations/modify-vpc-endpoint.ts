import type {
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  RouteTable,
  Subnet,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { insufficientFreeAddresses } from '../addresses.js';
import { invalidParameterCombination } from '../refusals.js';
import { requireResource } from '../resources.js';
import {
  addEndpointInterfaces,
  addGatewayRoutes,
  checkPolicyDocument,
  checkPrivateDns,
  endpointRouteTables,
  endpointState,
  endpointSubnets,
  openPolicy,
  removeEndpointSubnets,
  removeGatewayRoutes,
  requireGroupsOfVpc,
  serviceOf,
  setEndpointGroups,
  showDnsEntries,
} from '../vpc-endpoints.js';

export function modifyVpcEndpoint(input: ModifyVpcEndpointRequest, context: OperationContext): ModifyVpcEndpointResult {
  const endpoint = requireResource('vpcEndpoint', input.VpcEndpointId, context);
  if (endpoint.State === endpointState('deleting')) {
    throw new AwsError('InvalidState', `The VPC endpoint ${endpoint.VpcEndpointId} is being deleted.`);
  }
  const change = checkChange(input, endpoint, context);
  applyChange(change, input, endpoint, context);
  return { Return: true };
}

/** What was asked for, found to be possible before anything changes. */
interface Change {
  readonly groupIds: readonly string[];
  readonly addSubnets: readonly Subnet[];
  readonly addTables: readonly RouteTable[];
}

function checkChange(input: ModifyVpcEndpointRequest, endpoint: VpcEndpoint, context: OperationContext): Change {
  const vpcId = endpoint.VpcId!;
  checkKind(input, endpoint);
  checkPolicyDocument(input.PolicyDocument);
  if (input.PolicyDocument !== undefined && input.ResetPolicy === true) {
    throw invalidParameterCombination('PolicyDocument and ResetPolicy may not be specified on the same request');
  }
  if (input.PrivateDnsEnabled === true && endpoint.PrivateDnsEnabled !== true) {
    checkPrivateDns(serviceOf(endpoint, context.state.region), vpcId, endpoint.VpcEndpointId, context);
  }
  const leaving = input.RemoveSubnetIds ?? [];
  const staying = (endpoint.SubnetIds ?? []).filter((id) => !leaving.includes(id));
  const arriving = (input.AddSubnetIds ?? []).filter((id) => !staying.includes(id));
  const addSubnets = endpointSubnets(arriving, vpcId, staying, context);
  for (const subnet of addSubnets) {
    if ((subnet.AvailableIpAddressCount ?? 0) < 1) throw insufficientFreeAddresses(subnet);
  }
  return {
    groupIds: groupsAfter(input, endpoint, context),
    addSubnets,
    addTables: tablesToAdd(input, endpoint, context),
  };
}

function checkKind(input: ModifyVpcEndpointRequest, endpoint: VpcEndpoint): void {
  const forInterface = [
    input.AddSubnetIds,
    input.RemoveSubnetIds,
    input.AddSecurityGroupIds,
    input.RemoveSecurityGroupIds,
  ];
  const forGateway = [input.AddRouteTableIds, input.RemoveRouteTableIds];
  const wrong = endpoint.VpcEndpointType === 'Interface' ? forGateway : forInterface;
  const wantsPrivateDns = endpoint.VpcEndpointType === 'Gateway' && input.PrivateDnsEnabled === true;
  if (!wantsPrivateDns && wrong.every((list) => !list?.length)) return;
  throw new AwsError(
    'InvalidParameter',
    `The request has parameters that are not supported for ${endpoint.VpcEndpointType} type VPC Endpoint.`,
  );
}

/** An endpoint keeps one group at least. */
function groupsAfter(input: ModifyVpcEndpointRequest, endpoint: VpcEndpoint, context: OperationContext): string[] {
  const add = requireGroupsOfVpc(input.AddSecurityGroupIds ?? [], endpoint.VpcId!, context);
  const present = (endpoint.Groups ?? []).map((group) => group.GroupId ?? '');
  const after = [...new Set([...present, ...add])].filter((id) => !input.RemoveSecurityGroupIds?.includes(id));
  if (endpoint.VpcEndpointType === 'Interface' && after.length === 0) {
    throw new AwsError('InvalidParameter', 'An interface endpoint must have at least one security group.');
  }
  return after;
}

function tablesToAdd(input: ModifyVpcEndpointRequest, endpoint: VpcEndpoint, context: OperationContext): RouteTable[] {
  const arriving = (input.AddRouteTableIds ?? []).filter((id) => !endpoint.RouteTableIds?.includes(id));
  return arriving.length === 0 ? [] : endpointRouteTables(arriving, endpoint, context);
}

function applyChange(
  change: Change,
  input: ModifyVpcEndpointRequest,
  endpoint: VpcEndpoint,
  context: OperationContext,
): void {
  const { ec2 } = context.state;
  if (input.ResetPolicy === true) endpoint.PolicyDocument = openPolicy;
  if (input.PolicyDocument !== undefined) endpoint.PolicyDocument = input.PolicyDocument;
  if (endpoint.VpcEndpointType === 'Gateway') {
    removeGatewayRoutes(endpoint, input.RemoveRouteTableIds ?? [], ec2);
    addGatewayRoutes(endpoint, change.addTables, context);
    return;
  }
  setEndpointGroups(endpoint, change.groupIds, ec2);
  removeEndpointSubnets(endpoint, input.RemoveSubnetIds ?? [], ec2);
  addEndpointInterfaces(endpoint, change.addSubnets, context);
  if (input.PrivateDnsEnabled !== undefined) endpoint.PrivateDnsEnabled = input.PrivateDnsEnabled;
  showDnsEntries(endpoint, context);
}
