// edit-command: a change of the network as AWS CLI calls with the ids of the snapshot.
import { applyEdit, type Edit, type NetworkSnapshot } from '@directrix/reachability';
import { quote } from '../draft.js';

/** The calls, in order. Empty for what only a person can do. */
export function commandsOf(edit: Edit, snapshot: NetworkSnapshot): readonly string[] {
  switch (edit.kind) {
    case 'authorizeSecurityGroup':
      return [
        `aws ec2 authorize-security-group-${edit.direction} --group-id ${edit.groupId} --ip-permissions ${quote(permissionOf(edit))}`,
      ];
    case 'enablePrivateDns':
      return [`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --private-dns-enabled`];
    case 'setVpcAttribute':
      return [
        `aws ec2 modify-vpc-attribute --vpc-id ${edit.vpcId} --${edit.attribute === 'enableDnsSupport' ? 'enable-dns-support' : 'enable-dns-hostnames'}`,
      ];
    case 'createNetworkAclEntry':
      return [
        `aws ec2 create-network-acl-entry --network-acl-id ${edit.networkAclId} ${edit.egress ? '--egress' : '--ingress'} --rule-number ${edit.ruleNumber} --protocol ${edit.protocol} --port-range From=${edit.fromPort},To=${edit.toPort} --cidr-block ${edit.cidr} --rule-action allow`,
      ];
    case 'createRoute':
    case 'replaceRoute':
      return [
        `aws ec2 ${edit.kind === 'createRoute' ? 'create-route' : 'replace-route'} --route-table-id ${edit.routeTableId} --destination-cidr-block ${edit.destinationCidr} ${routeTargetOf(edit)}`,
      ];
    case 'deleteRoute':
      return [
        `aws ec2 delete-route --route-table-id ${edit.routeTableId} ${deletedDestinationOf(edit.destinationCidr)}`,
      ];
    case 'createInterfaceEndpoint':
      return [createInterfaceEndpoint(edit)];
    case 'createGatewayEndpoint':
      return [
        `aws ec2 create-vpc-endpoint --vpc-id ${edit.vpcId} --vpc-endpoint-type Gateway --service-name ${edit.serviceName} --route-table-ids ${edit.routeTableIds.join(' ')}`,
      ];
    case 'addEndpointRouteTable':
      return [
        `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --add-route-table-ids ${edit.routeTableId}`,
      ];
    case 'addEndpointSubnet':
      return [`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --add-subnet-ids ${edit.subnetId}`];
    case 'putPrivateRecord':
      return [putRecord(edit)];
    case 'associatePublicAddress':
      return edit.networkInterfaceId === undefined
        ? []
        : [
            `aws ec2 associate-address --network-interface-id ${edit.networkInterfaceId} --allocation-id "$(aws ec2 allocate-address --query AllocationId --output text)"`,
          ];
    case 'allowInEndpointPolicy':
      return [allowInPolicy(edit, snapshot)];
    case 'manual':
      return [];
  }
}

type OfKind<K extends Edit['kind']> = Extract<Edit, { readonly kind: K }>;

function permissionOf({ protocol, fromPort, toPort, peer }: OfKind<'authorizeSecurityGroup'>): string {
  const ports = protocol === '-1' ? '' : `,FromPort=${fromPort},ToPort=${toPort}`;
  const whom =
    'groupId' in peer
      ? `UserIdGroupPairs=[{GroupId=${peer.groupId}}]`
      : 'cidr' in peer
        ? `IpRanges=[{CidrIp=${peer.cidr}}]`
        : `PrefixListIds=[{PrefixListId=${peer.prefixListId}}]`;
  return `IpProtocol=${protocol}${ports},${whom}`;
}

function routeTargetOf({ target }: OfKind<'createRoute' | 'replaceRoute'>): string {
  if ('gatewayId' in target) return `--gateway-id ${target.gatewayId}`;
  if ('natGatewayId' in target) return `--nat-gateway-id ${target.natGatewayId}`;
  return `--vpc-peering-connection-id ${target.vpcPeeringConnectionId}`;
}

function deletedDestinationOf(destination: string): string {
  return destination.startsWith('pl-')
    ? `--destination-prefix-list-id ${destination}`
    : `--destination-cidr-block ${destination}`;
}

function createInterfaceEndpoint(edit: OfKind<'createInterfaceEndpoint'>): string {
  const groups = edit.securityGroupIds.length === 0 ? '' : ` --security-group-ids ${edit.securityGroupIds.join(' ')}`;
  const dns = edit.privateDnsEnabled ? '--private-dns-enabled' : '--no-private-dns-enabled';
  return `aws ec2 create-vpc-endpoint --vpc-id ${edit.vpcId} --vpc-endpoint-type Interface --service-name ${edit.serviceName} --subnet-ids ${edit.subnetIds.join(' ')}${groups} ${dns}`;
}

function putRecord({ hostedZoneId, name, addresses }: OfKind<'putPrivateRecord'>): string {
  const change = {
    Changes: [
      {
        Action: 'UPSERT',
        ResourceRecordSet: { Name: name, Type: 'A', TTL: 60, ResourceRecords: addresses.map((Value) => ({ Value })) },
      },
    ],
  };
  return `aws route53 change-resource-record-sets --hosted-zone-id ${hostedZoneId} --change-batch ${quote(JSON.stringify(change))}`;
}

function allowInPolicy(edit: OfKind<'allowInEndpointPolicy'>, snapshot: NetworkSnapshot): string {
  const endpoint = applyEdit(snapshot, edit).vpcEndpoints?.find(
    ({ VpcEndpointId }) => VpcEndpointId === edit.vpcEndpointId,
  );
  return `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --policy-document ${quote(endpoint?.PolicyDocument ?? edit.statement)}`;
}
