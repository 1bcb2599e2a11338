// Security groups of a template: rules inside the group and rules that stand alone are one set.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { isUnresolved } from './intrinsics.js';
import { knownText, numberOf, type Properties, type Resource, recordsOf, textOf } from './properties.js';

const EVERYTHING: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

// EC2 lets everything out of a new group. CloudFormation takes that away with the first rule that is given, in the group or beside it:
// https://github.com/aws/aws-cdk/pull/998, and what aws-cdk-lib writes for `allowAllOutbound: false` relies on it.
const UNTOUCHED: IpPermission[] = [EVERYTHING];

export function readSecurityGroups(
  resources: readonly Resource[],
  vpcIds: readonly string[],
): readonly SecurityGroup[] {
  const restricted = new Set(
    resources
      .filter((one) => one.type === 'Custom::VpcRestrictDefaultSG')
      .map((one) => textOf(one.properties.DefaultSecurityGroupId)),
  );
  const own = resources.filter((one) => one.type === 'AWS::EC2::SecurityGroup').map(readGroup);
  const taken = new Set(own.map((group) => group.GroupId));
  const defaults = vpcIds
    .filter((vpcId) => !taken.has(`${vpcId}.DefaultSecurityGroup`))
    .map((vpcId) => defaultGroup(vpcId, restricted.has(`${vpcId}.DefaultSecurityGroup`)));
  return [...own, ...defaults].map((group) => withStandaloneRules(group, resources));
}

function readGroup({ id, properties }: Resource): SecurityGroup {
  const egress = properties.SecurityGroupEgress;
  return {
    GroupId: id,
    GroupName: knownText(properties.GroupName) ?? id,
    VpcId: textOf(properties.VpcId),
    IpPermissions: rulesOf(properties.SecurityGroupIngress, 'Source'),
    IpPermissionsEgress: egress === undefined ? UNTOUCHED : rulesOf(egress, 'Destination'),
  };
}

function defaultGroup(vpcId: string, isRestricted: boolean): SecurityGroup {
  const GroupId = `${vpcId}.DefaultSecurityGroup`;
  return {
    GroupId,
    GroupName: 'default',
    VpcId: vpcId,
    IpPermissions: isRestricted ? [] : [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
    IpPermissionsEgress: isRestricted ? [] : [EVERYTHING],
  };
}

function withStandaloneRules(group: SecurityGroup, resources: readonly Resource[]): SecurityGroup {
  const rules = (type: string, side: 'Source' | 'Destination') =>
    resources
      .filter(
        (one) =>
          one.type === type && (one.properties.GroupId === group.GroupId || isUnresolved(one.properties.GroupId)),
      )
      .map((one) =>
        isUnresolved(one.properties.GroupId)
          ? doubtfulRule(one.properties, String(one.properties.GroupId))
          : ruleOf(one.properties, side),
      );
  const isGiven = resources.some(
    ({ type, properties }) => type === 'AWS::EC2::SecurityGroupEgress' && properties.GroupId === group.GroupId,
  );
  const own = group.IpPermissionsEgress === UNTOUCHED && isGiven ? [] : (group.IpPermissionsEgress ?? []);
  return {
    ...group,
    IpPermissions: [...(group.IpPermissions ?? []), ...rules('AWS::EC2::SecurityGroupIngress', 'Source')],
    IpPermissionsEgress: [...own, ...rules('AWS::EC2::SecurityGroupEgress', 'Destination')],
  };
}

function rulesOf(value: unknown, side: 'Source' | 'Destination'): IpPermission[] {
  // The whole list may hang on a condition that cannot be told.
  if (isUnresolved(value)) return [doubtfulRule({}, String(value))];
  const single = Array.isArray(value)
    ? value.filter((item) => isUnresolved(item)).map((item) => doubtfulRule({}, String(item)))
    : [];
  return [...recordsOf(value).map((rule) => ruleOf(rule, side)), ...single];
}

function ruleOf(rule: Properties, side: 'Source' | 'Destination'): IpPermission {
  const groupId = rule[`${side}SecurityGroupId`] ?? rule.SourceSecurityGroupName;
  const listId = rule[`${side}PrefixListId`];
  const unknown = [rule.CidrIp, groupId, listId, rule.IpProtocol, rule.FromPort, rule.ToPort].find(isUnresolved);
  if (unknown !== undefined) return doubtfulRule(rule, String(unknown));
  return {
    ...portsOf(rule),
    ...(textOf(rule.CidrIp) !== undefined && { IpRanges: [{ CidrIp: textOf(rule.CidrIp) }] }),
    ...(textOf(groupId) !== undefined && { UserIdGroupPairs: [{ GroupId: textOf(groupId) }] }),
    ...(textOf(listId) !== undefined && { PrefixListIds: [{ PrefixListId: textOf(listId) }] }),
  };
}

function portsOf(rule: Properties): IpPermission {
  return {
    IpProtocol: knownText(rule.IpProtocol) ?? '-1',
    FromPort: numberOf(rule.FromPort),
    ToPort: numberOf(rule.ToPort),
  };
}

/** A rule that may or may not match: its peer is a prefix list that nobody knows. */
function doubtfulRule(rule: Properties, why: string): IpPermission {
  return { ...portsOf(rule), PrefixListIds: [{ PrefixListId: why }] };
}
