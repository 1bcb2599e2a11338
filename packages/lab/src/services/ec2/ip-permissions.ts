import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';

/** Rules as a group shows them: one permission for each protocol and port range. */
export function permissionsOf(rules: readonly SecurityGroupRule[]): IpPermission[] {
  const permissions = new Map<string, IpPermission>();
  for (const rule of rules) {
    const key = `${rule.IpProtocol} ${rule.FromPort} ${rule.ToPort}`;
    const permission = permissions.get(key) ?? emptyPermission(rule);
    permissions.set(key, permission);
    addPeer(permission, rule);
  }
  return [...permissions.values()];
}

function emptyPermission(rule: SecurityGroupRule): IpPermission {
  const hasPorts = rule.IpProtocol !== '-1' && ['tcp', 'udp', 'icmp', 'icmpv6'].includes(rule.IpProtocol ?? '');
  return {
    IpProtocol: rule.IpProtocol,
    ...(hasPorts ? { FromPort: rule.FromPort, ToPort: rule.ToPort } : {}),
    IpRanges: [],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
}

function addPeer(permission: IpPermission, rule: SecurityGroupRule): void {
  const described = rule.Description === undefined ? {} : { Description: rule.Description };
  if (rule.CidrIpv4 !== undefined) permission.IpRanges?.push({ CidrIp: rule.CidrIpv4, ...described });
  if (rule.CidrIpv6 !== undefined) permission.Ipv6Ranges?.push({ CidrIpv6: rule.CidrIpv6, ...described });
  if (rule.PrefixListId !== undefined)
    permission.PrefixListIds?.push({ PrefixListId: rule.PrefixListId, ...described });
  const { GroupId, UserId } = rule.ReferencedGroupInfo ?? {};
  if (GroupId !== undefined) permission.UserIdGroupPairs?.push({ GroupId, UserId, ...described });
}
