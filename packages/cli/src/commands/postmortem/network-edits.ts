// network-edits: what somebody changed in the network between two looks: rules, routes, endpoints, attributes. Instances and interfaces
// come and go by the rollout itself, and are left out.
import type { IpPermission, NetworkAclEntry, Route } from '@aws-sdk/client-ec2';
import type { NetworkSnapshot } from '@directrix/reachability';
import { shell } from '@directrix/rollout';
import type { NetworkEdit } from '@directrix/timeline';

/** Something that is so, of one resource. */
interface Fact {
  readonly id: string;
  readonly what: string;
  /** What takes it away, and what brings it back; absent where one call does not. */
  readonly remove?: string;
  readonly restore?: string;
}

/** What is so in one of them alone. */
export function listEdits(before: NetworkSnapshot, after: NetworkSnapshot): Omit<NetworkEdit, 'notBefore'>[] {
  const [old, next] = [byKey(factsOf(before)), byKey(factsOf(after))];
  const gained = [...next].filter(([key]) => !old.has(key));
  const lost = [...old].filter(([key]) => !next.has(key));
  return [
    ...lost.map(([, { id, what, restore }]) => ({ id, what, kind: 'lost' as const, undo: restore })),
    ...gained.map(([, { id, what, remove }]) => ({ id, what, kind: 'gained' as const, undo: remove })),
  ];
}

function byKey(facts: readonly Fact[]): ReadonlyMap<string, Fact> {
  return new Map(facts.map((fact) => [`${fact.id} ${fact.what}`, fact]));
}

function factsOf(network: NetworkSnapshot): readonly Fact[] {
  return [
    ...aclFacts(network),
    ...securityGroupFacts(network),
    ...routeFacts(network),
    ...endpointFacts(network),
    ...attributeFacts(network),
    ...gatewayFacts(network),
  ];
}

function aclFacts({ networkAcls = [] }: NetworkSnapshot): readonly Fact[] {
  return networkAcls.flatMap(({ NetworkAclId: id = '', Entries = [], Associations = [] }) => [
    ...Entries.map((entry) => aclEntryFact(id, entry)),
    ...Associations.map(({ SubnetId }) => ({ id, what: `decides for ${SubnetId}` })),
  ]);
}

function aclEntryFact(id: string, entry: NetworkAclEntry): Fact {
  const { RuleNumber = 0, Egress, Protocol = '-1', PortRange, RuleAction = '' } = entry;
  const cidr = entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '';
  const direction = Egress ? '--egress' : '--ingress';
  const what = `entry ${RuleNumber} ${Egress ? 'out' : 'in'}: ${RuleAction} ${nameTraffic(Protocol, PortRange?.From, PortRange?.To)} ${Egress ? 'to' : 'from'} ${cidr}`;
  const block = entry.CidrBlock === undefined ? '--ipv6-cidr-block' : '--cidr-block';
  const ports = PortRange === undefined ? '' : shell` --port-range From=${PortRange.From},To=${PortRange.To}`;
  return {
    id,
    what,
    remove: shell`aws ec2 delete-network-acl-entry --network-acl-id ${id} ${direction} --rule-number ${RuleNumber}`,
    restore: `${shell`aws ec2 create-network-acl-entry --network-acl-id ${id} ${direction} --rule-number ${RuleNumber} --protocol ${Protocol}`}${ports}${shell` ${block} ${cidr} --rule-action ${RuleAction}`}`,
  };
}

function securityGroupFacts({ securityGroups = [] }: NetworkSnapshot): readonly Fact[] {
  return securityGroups.flatMap(({ GroupId: id = '', IpPermissions = [], IpPermissionsEgress = [] }) => [
    ...IpPermissions.flatMap((permission) => permissionFacts(id, 'ingress', permission)),
    ...IpPermissionsEgress.flatMap((permission) => permissionFacts(id, 'egress', permission)),
  ]);
}

function permissionFacts(id: string, direction: 'ingress' | 'egress', permission: IpPermission): readonly Fact[] {
  const { IpProtocol, FromPort, ToPort } = permission;
  const traffic = nameTraffic(IpProtocol ?? '-1', FromPort, ToPort);
  return peersOf(permission).map(({ name, part }) => {
    const rule = JSON.stringify([{ IpProtocol, FromPort, ToPort, ...part }]);
    return {
      id,
      what: `allows ${traffic} ${direction === 'egress' ? 'to' : 'from'} ${name}`,
      remove: shell`aws ec2 revoke-security-group-${direction} --group-id ${id} --ip-permissions ${rule}`,
      restore: shell`aws ec2 authorize-security-group-${direction} --group-id ${id} --ip-permissions ${rule}`,
    };
  });
}

function peersOf({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }: IpPermission) {
  return [
    ...IpRanges.map(({ CidrIp }) => ({ name: CidrIp, part: { IpRanges: [{ CidrIp }] } })),
    ...Ipv6Ranges.map(({ CidrIpv6 }) => ({ name: CidrIpv6, part: { Ipv6Ranges: [{ CidrIpv6 }] } })),
    ...PrefixListIds.map(({ PrefixListId }) => ({ name: PrefixListId, part: { PrefixListIds: [{ PrefixListId }] } })),
    ...UserIdGroupPairs.map(({ GroupId }) => ({ name: GroupId, part: { UserIdGroupPairs: [{ GroupId }] } })),
  ];
}

function routeFacts({ routeTables = [] }: NetworkSnapshot): readonly Fact[] {
  return routeTables.flatMap(({ RouteTableId: id = '', Routes = [], Associations = [] }) => [
    ...Routes.map((route) => routeFact(id, route)),
    ...Associations.flatMap(({ SubnetId }) => (SubnetId === undefined ? [] : [{ id, what: `routes for ${SubnetId}` }])),
  ]);
}

function routeFact(id: string, route: Route): Fact {
  const to = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '';
  const by =
    route.GatewayId ??
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.NetworkInterfaceId ??
    'nothing';
  const what = `route to ${to} by ${by}${route.State === 'active' ? '' : ` (${route.State})`}`;
  if (route.DestinationCidrBlock === undefined) return { id, what };
  return { id, what, remove: shell`aws ec2 delete-route --route-table-id ${id} --destination-cidr-block ${to}` };
}

function endpointFacts({ vpcEndpoints = [] }: NetworkSnapshot): readonly Fact[] {
  return vpcEndpoints.flatMap((endpoint) => {
    const { VpcEndpointId: id = '', ServiceName, State, PrivateDnsEnabled, Groups = [], SubnetIds = [] } = endpoint;
    const dns = shell`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${id}`;
    return [
      { id, what: `is an endpoint of ${ServiceName}, ${State?.toLowerCase()}` },
      {
        id,
        what: `has private DNS ${PrivateDnsEnabled ? 'on' : 'off'}`,
        ...(PrivateDnsEnabled
          ? { restore: `${dns} --private-dns-enabled` }
          : { remove: `${dns} --private-dns-enabled` }),
      },
      ...Groups.map(({ GroupId }) => ({
        id,
        what: `has the security group ${GroupId}`,
        remove: `${dns} --remove-security-group-ids ${GroupId}`,
        restore: `${dns} --add-security-group-ids ${GroupId}`,
      })),
      ...SubnetIds.map((subnetId) => ({ id, what: `is in ${subnetId}` })),
      { id, what: `has the policy ${shorten(endpoint.PolicyDocument ?? 'of AWS')}` },
    ];
  });
}

function attributeFacts({ vpcAttributes = {}, vpcs = [] }: NetworkSnapshot): readonly Fact[] {
  return [
    ...vpcs.map(({ VpcId: id = '', DhcpOptionsId }) => ({ id, what: `has the DHCP options ${DhcpOptionsId}` })),
    ...Object.entries(vpcAttributes).flatMap(([id, attributes]) =>
      Object.entries(attributes).map(([name, value]) => ({ id, what: `has ${name} ${value ? 'on' : 'off'}` })),
    ),
  ];
}

function gatewayFacts(network: NetworkSnapshot): readonly Fact[] {
  const { internetGateways = [], natGateways = [], vpcPeeringConnections = [] } = network;
  return [
    ...internetGateways.flatMap(({ InternetGatewayId: id = '', Attachments = [] }) =>
      Attachments.map(({ VpcId }) => ({ id, what: `is attached to ${VpcId}` })),
    ),
    ...natGateways.map(({ NatGatewayId: id = '', State }) => ({ id, what: `is a NAT gateway, ${State}` })),
    ...vpcPeeringConnections.map(({ VpcPeeringConnectionId: id = '', Status }) => ({
      id,
      what: `is a peering connection, ${Status?.Code}`,
    })),
  ];
}

const protocols: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp' };

function nameTraffic(protocol: string, from: number | undefined, to: number | undefined): string {
  if (protocol === '-1') return 'everything';
  const name = protocols[protocol] ?? protocol;
  return from === undefined || from === -1 ? name : `${name} ${from === to ? from : `${from} to ${to}`}`;
}

function shorten(policy: string): string {
  const text = policy.replace(/\s+/g, ' ');
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
