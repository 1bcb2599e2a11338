import type { IpPermission, SecurityGroup, SecurityGroupRuleRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { parseIpv4Block, parseIpv6Block } from './cidr.js';
import { invalidParameterValue, missingParameter } from './refusals.js';
import { requireResource } from './resources.js';
import type { Ec2State } from './state.js';

/** One rule, before it has an id: one protocol, one range of ports, one peer. */
export interface RuleSpecification {
  readonly protocol: string;
  /** As SecurityGroupRule shows them: -1 for every port of a protocol that has none. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: RulePeer;
  readonly description?: string | undefined;
}

export type RulePeer =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefixList'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly ownerId: string };

/** The flat form of Authorize and Revoke, which is older than IpPermissions. */
export interface FlatRule {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly IpPermissions?: readonly IpPermission[] | undefined;
}

const protocolNames: Readonly<Record<string, string>> = {
  all: '-1',
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
};

/** The rules that a request means, IpPermissions or flat. Throws what AWS answers for a rule that cannot be. */
export function rulesOf(input: FlatRule, group: SecurityGroup, context: OperationContext): RuleSpecification[] {
  const permissions = input.IpPermissions?.length ? input.IpPermissions : flatPermission(input);
  return permissions.flatMap((permission) => rulesOfPermission(permission, group, context));
}

function flatPermission(input: FlatRule): IpPermission[] {
  if (input.IpProtocol === undefined && input.SourceSecurityGroupName === undefined)
    throw missingParameter('ipPermissions');
  return [
    {
      IpProtocol: input.IpProtocol ?? '-1',
      FromPort: input.FromPort,
      ToPort: input.ToPort,
      ...(input.CidrIp === undefined ? {} : { IpRanges: [{ CidrIp: input.CidrIp }] }),
      ...(input.SourceSecurityGroupName === undefined
        ? {}
        : { UserIdGroupPairs: [{ GroupName: input.SourceSecurityGroupName }] }),
    },
  ];
}

function rulesOfPermission(
  permission: IpPermission,
  group: SecurityGroup,
  context: OperationContext,
): RuleSpecification[] {
  const protocol = protocolOf(permission);
  const ports = portsOf(permission, protocol);
  const peers = peersOf(permission, group, context);
  if (peers.length === 0) throw missingParameter('ipRanges');
  return peers.map(({ peer, description }) => ({ protocol, ...ports, peer, description }));
}

function protocolOf(permission: IpPermission): string {
  const given = permission.IpProtocol?.toLowerCase();
  if (given === undefined) throw missingParameter('ipProtocol');
  const protocol = protocolNames[given] ?? given;
  const number = Number(protocol);
  const isKnown =
    Object.values(protocolNames).includes(protocol) || (Number.isInteger(number) && number >= 0 && number <= 255);
  if (!isKnown)
    throw invalidParameterValue(`Invalid value '${permission.IpProtocol}' for IP protocol. Unknown protocol.`);
  return protocol;
}

function portsOf({ FromPort: from, ToPort: to }: IpPermission, protocol: string): { fromPort: number; toPort: number } {
  if (protocol === 'icmp' || protocol === 'icmpv6') return { fromPort: from ?? -1, toPort: to ?? -1 };
  if (protocol !== 'tcp' && protocol !== 'udp') return { fromPort: -1, toPort: -1 };
  if (from === undefined || to === undefined) {
    throw invalidParameterValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  for (const port of [from, to]) {
    if (port < 0 || port > 65535)
      throw invalidParameterValue(`Invalid value '${port}' for port. Must be between 0 and 65535.`);
  }
  if (from > to)
    throw invalidParameterValue(`Invalid value '${from}-${to}' for portRange. From port is greater than to port.`);
  return { fromPort: from, toPort: to };
}

interface DescribedPeer {
  readonly peer: RulePeer;
  readonly description: string | undefined;
}

function peersOf(permission: IpPermission, group: SecurityGroup, context: OperationContext): DescribedPeer[] {
  const ipv4 = (permission.IpRanges ?? []).map((range) => ({
    peer: { kind: 'ipv4', cidr: requireCidr(range.CidrIp, (text) => parseIpv4Block(text)?.text) } as const,
    description: range.Description,
  }));
  const ipv6 = (permission.Ipv6Ranges ?? []).map((range) => ({
    peer: { kind: 'ipv6', cidr: requireCidr(range.CidrIpv6, parseIpv6Block) } as const,
    description: range.Description,
  }));
  const lists = (permission.PrefixListIds ?? []).map((list) => ({
    peer: { kind: 'prefixList', id: requireResource('prefixList', list.PrefixListId, context).PrefixListId! } as const,
    description: list.Description,
  }));
  const groups = (permission.UserIdGroupPairs ?? []).map((pair) => ({
    peer: groupPeer(pair.GroupId ?? idOfGroupNamed(pair.GroupName, group, context.state.ec2), group, context),
    description: pair.Description,
  }));
  return [...ipv4, ...ipv6, ...lists, ...groups];
}

function requireCidr(text: string | undefined, canonical: (text: string) => string | undefined): string {
  const found = canonical(text ?? '');
  if (found === undefined) throw invalidParameterValue(`CIDR block ${text} is malformed`);
  return found;
}

function idOfGroupNamed(name: string | undefined, group: SecurityGroup, state: Ec2State): string {
  const named = [...state.securityGroups.values()].find((one) => one.VpcId === group.VpcId && one.GroupName === name);
  if (named?.GroupId !== undefined) return named.GroupId;
  throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist in VPC '${group.VpcId}'`);
}

function groupPeer(id: string, group: SecurityGroup, context: OperationContext): RulePeer {
  const other = requireResource('securityGroup', id, context);
  if (other.VpcId !== group.VpcId && !arePeered(other.VpcId, group.VpcId, context.state.ec2)) {
    throw new AwsError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
  }
  return { kind: 'group', id, ownerId: other.OwnerId ?? context.state.accountId };
}

function arePeered(one: string | undefined, other: string | undefined, state: Ec2State): boolean {
  return [...state.vpcPeeringConnections.values()].some((peering) => {
    const ends = [peering.RequesterVpcInfo?.VpcId, peering.AccepterVpcInfo?.VpcId];
    return peering.Status?.Code === 'active' && ends.includes(one) && ends.includes(other);
  });
}

/** ModifySecurityGroupRules writes a rule in a third form. */
export function permissionOfRuleRequest(rule: SecurityGroupRuleRequest): IpPermission {
  const { IpProtocol, Description } = rule;
  const isEvery = IpProtocol === '-1';
  return {
    IpProtocol,
    ...(isEvery ? {} : { FromPort: rule.FromPort, ToPort: rule.ToPort }),
    ...(rule.CidrIpv4 === undefined ? {} : { IpRanges: [{ CidrIp: rule.CidrIpv4, Description }] }),
    ...(rule.CidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, Description }] }),
    ...(rule.PrefixListId === undefined ? {} : { PrefixListIds: [{ PrefixListId: rule.PrefixListId, Description }] }),
    ...(rule.ReferencedGroupId === undefined
      ? {}
      : { UserIdGroupPairs: [{ GroupId: rule.ReferencedGroupId, Description }] }),
  };
}
