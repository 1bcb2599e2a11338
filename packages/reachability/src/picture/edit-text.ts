import { readNewGroupId } from '../edit.js';
import type { Edit } from '../question.js';

/** An edit as a sentence without its full stop. */
export function describeEdit(edit: Edit): string {
  switch (edit.kind) {
    case 'authorizeSecurityGroup': {
      const side = edit.direction === 'egress' ? 'to' : 'from';
      return `let ${groupText(edit.groupId)} ${edit.direction === 'egress' ? 'send' : 'take'} ${edit.protocol} ${ports(edit)} ${side} ${peerText(edit)}`;
    }
    case 'enablePrivateDns':
      return `switch private DNS on for ${edit.vpcEndpointId}`;
    case 'setVpcAttribute':
      return `set ${edit.attribute} of ${edit.vpcId} to true`;
    case 'createNetworkAclEntry':
      return `add entry ${edit.ruleNumber} to ${edit.networkAclId}: allow ${edit.egress ? 'egress to' : 'ingress from'} ${edit.cidr}, protocol ${edit.protocol}, ports ${ports(edit)}`;
    case 'createRoute':
      return `add the route ${edit.destinationCidr} to ${targetText(edit)} in ${edit.routeTableId}`;
    case 'replaceRoute':
      return `point the route ${edit.destinationCidr} of ${edit.routeTableId} to ${targetText(edit)}`;
    case 'acceptVpcPeeringConnection':
      return `accept ${edit.vpcPeeringConnectionId}`;
    case 'attachInternetGateway':
      return `attach ${edit.internetGatewayId} to ${edit.vpcId}`;
    case 'deleteRoute':
      return `delete the route ${edit.destinationCidr} from ${edit.routeTableId}`;
    case 'createSecurityGroup':
      return `create the security group ${edit.groupName} in ${edit.vpcId}`;
    case 'createInterfaceEndpoint':
      return `create an interface endpoint for ${edit.serviceName} in ${edit.subnetIds.join(', ')} with ${edit.securityGroupIds.map(groupText).join(', ')}`;
    case 'createGatewayEndpoint':
      return `create a gateway endpoint for ${edit.serviceName} with ${edit.routeTableIds.join(', ')}`;
    case 'addEndpointRouteTable':
      return `add ${edit.routeTableId} to ${edit.vpcEndpointId}`;
    case 'addEndpointSubnet':
      return `add ${edit.subnetId} to ${edit.vpcEndpointId}`;
    case 'putPrivateRecord':
      return `let ${edit.hostedZoneId} answer ${edit.addresses.join(', ')} for ${edit.name}`;
    case 'associatePublicAddress':
      return `give ${edit.networkInterfaceId ?? edit.launch} a public address`;
    case 'allowInEndpointPolicy':
      return `add to the policy of ${edit.vpcEndpointId}: ${edit.statement}`;
    case 'manual':
      return edit.what;
  }
}

function groupText(id: string): string {
  return readNewGroupId(id)?.groupName ?? id;
}

function ports(edit: { readonly fromPort: number; readonly toPort: number }): string {
  return edit.fromPort === edit.toPort ? String(edit.fromPort) : `${edit.fromPort}-${edit.toPort}`;
}

function peerText(edit: Extract<Edit, { readonly kind: 'authorizeSecurityGroup' }>): string {
  const { peer } = edit;
  return 'groupId' in peer ? groupText(peer.groupId) : 'cidr' in peer ? peer.cidr : peer.prefixListId;
}

function targetText(edit: Extract<Edit, { readonly kind: 'createRoute' | 'replaceRoute' }>): string {
  const { target } = edit;
  if ('gatewayId' in target) return target.gatewayId;
  if ('natGatewayId' in target) return target.natGatewayId;
  return 'vpcPeeringConnectionId' in target ? target.vpcPeeringConnectionId : target.transitGatewayId;
}
