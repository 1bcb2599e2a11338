// edit-command: a change of the network as AWS CLI calls with the ids of the snapshot.
import { applyEdit, type Edit, type NetworkSnapshot, readNewGroupId } from '@directrix/reachability';
import { shell } from '@directrix/rollout';

/** The calls, in order. Empty for what only a person can do. */
export function commandsOf(edit: Edit, snapshot: NetworkSnapshot): readonly string[] {
  return callsOf(edit, snapshot).map(askForNewGroups);
}

/** The id of a group that an earlier call makes is asked for when the command is typed, whether it stands in single quotes or alone. */
function askForNewGroups(command: string): string {
  return command.replaceAll(/sg-new-[\w-]+?-in-vpc-\w+/g, (id, at: number) => {
    const { groupName = '', vpcId = '' } = readNewGroupId(id) ?? {};
    const ask = `"$(aws ec2 describe-security-groups --filters Name=vpc-id,Values=${vpcId} Name=group-name,Values=${groupName} --query 'SecurityGroups[0].GroupId' --output text)"`;
    const isQuoted = [...command.slice(0, at)].filter((letter) => letter === "'").length % 2 === 1;
    return isQuoted ? `'${ask}'` : ask;
  });
}

function callsOf(edit: Edit, snapshot: NetworkSnapshot): readonly string[] {
  switch (edit.kind) {
    case 'authorizeSecurityGroup':
      // Nobody could read the id of AWS's list.
      if ('prefixListId' in edit.peer && edit.peer.prefixListId.startsWith('pl-of-')) return [];
      return [
        shell`aws ec2 authorize-security-group-${edit.direction} --group-id ${edit.groupId} --ip-permissions ${permissionOf(edit)}`,
      ];
    case 'enablePrivateDns':
      return [shell`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --private-dns-enabled`];
    case 'setVpcAttribute':
      return [
        shell`aws ec2 modify-vpc-attribute --vpc-id ${edit.vpcId} --${edit.attribute === 'enableDnsSupport' ? 'enable-dns-support' : 'enable-dns-hostnames'}`,
      ];
    case 'createNetworkAclEntry':
      return [
        shell`aws ec2 create-network-acl-entry --network-acl-id ${edit.networkAclId} ${edit.egress ? '--egress' : '--ingress'} --rule-number ${edit.ruleNumber} --protocol ${edit.protocol} --port-range From=${edit.fromPort},To=${edit.toPort} --cidr-block ${edit.cidr} --rule-action allow`,
      ];
    case 'createRoute':
    case 'replaceRoute':
      return [
        shell`aws ec2 ${edit.kind === 'createRoute' ? 'create-route' : 'replace-route'} --route-table-id ${edit.routeTableId} --destination-cidr-block ${edit.destinationCidr} ${routeTargetOf(edit)}`,
      ];
    case 'acceptVpcPeeringConnection':
      return [shell`aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id ${edit.vpcPeeringConnectionId}`];
    case 'attachInternetGateway':
      return [
        shell`aws ec2 attach-internet-gateway --internet-gateway-id ${edit.internetGatewayId} --vpc-id ${edit.vpcId}`,
      ];
    case 'deleteRoute':
      return [
        shell`aws ec2 delete-route --route-table-id ${edit.routeTableId} ${deletedDestinationOf(edit.destinationCidr)}`,
      ];
    case 'createSecurityGroup':
      return [
        shell`aws ec2 create-security-group --group-name ${edit.groupName} --description ${`Interface endpoint: ${edit.groupName}`} --vpc-id ${edit.vpcId}`,
      ];
    case 'createInterfaceEndpoint':
      return [createInterfaceEndpoint(edit)];
    case 'createGatewayEndpoint':
      return [
        shell`aws ec2 create-vpc-endpoint --vpc-id ${edit.vpcId} --vpc-endpoint-type Gateway --service-name ${edit.serviceName} --route-table-ids ${edit.routeTableIds}`,
      ];
    case 'addEndpointRouteTable':
      return [
        shell`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --add-route-table-ids ${edit.routeTableId}`,
      ];
    case 'addEndpointSubnet':
      return [
        shell`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --add-subnet-ids ${edit.subnetId}`,
      ];
    case 'putPrivateRecord':
      return [putRecord(edit)];
    case 'associatePublicAddress':
      return edit.networkInterfaceId === undefined
        ? []
        : [
            shell`aws ec2 associate-address --network-interface-id ${edit.networkInterfaceId} --allocation-id "$(aws ec2 allocate-address --query AllocationId --output text)"`,
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

function routeTargetOf({ target }: OfKind<'createRoute' | 'replaceRoute'>): readonly string[] {
  if ('gatewayId' in target) return ['--gateway-id', target.gatewayId];
  if ('natGatewayId' in target) return ['--nat-gateway-id', target.natGatewayId];
  if ('vpcPeeringConnectionId' in target) return ['--vpc-peering-connection-id', target.vpcPeeringConnectionId];
  return ['--transit-gateway-id', target.transitGatewayId];
}

function deletedDestinationOf(destination: string): readonly string[] {
  return destination.startsWith('pl-')
    ? ['--destination-prefix-list-id', destination]
    : ['--destination-cidr-block', destination];
}

function createInterfaceEndpoint(edit: OfKind<'createInterfaceEndpoint'>): string {
  const groups = edit.securityGroupIds.length === 0 ? [] : ['--security-group-ids', ...edit.securityGroupIds];
  const dns = edit.privateDnsEnabled ? '--private-dns-enabled' : '--no-private-dns-enabled';
  return shell`aws ec2 create-vpc-endpoint --vpc-id ${edit.vpcId} --vpc-endpoint-type Interface --service-name ${edit.serviceName} --subnet-ids ${[...edit.subnetIds, ...groups, dns]}`;
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
  return shell`aws route53 change-resource-record-sets --hosted-zone-id ${hostedZoneId} --change-batch ${JSON.stringify(change)}`;
}

function allowInPolicy(edit: OfKind<'allowInEndpointPolicy'>, snapshot: NetworkSnapshot): string {
  const endpoint = applyEdit(snapshot, edit).vpcEndpoints?.find(
    ({ VpcEndpointId }) => VpcEndpointId === edit.vpcEndpointId,
  );
  return shell`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${edit.vpcEndpointId} --policy-document ${endpoint?.PolicyDocument ?? edit.statement}`;
}
