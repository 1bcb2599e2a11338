// security-group-rules: whether the security groups of an app let one side open a connection to the other, as far as the app writes them.

import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnSecurityGroup, CfnSecurityGroupEgress, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { nameOf, recordsOf, resolved, textOf } from './named-values';

/** Some rule of one of `groups` lets tcp out on `port` to one of `peers`, or to addresses. */
export function letsOut(root: IConstruct, groups: ISecurityGroup[], port: number, peers: string[]): boolean {
  return groups.some((group) => {
    const found = findGroup(root, group);
    if (found === undefined && group.allowAllOutbound) return true;
    const inline = found === undefined ? [] : recordsOf(found, found.securityGroupEgress);
    const rules = [...inline, ...standaloneRules(root, group, 'egress')];
    // AWS lets everything out of a group that is made without any rule.
    if (found !== undefined && rules.length === 0) return true;
    return rules.some((rule) => admits(rule, port, peers, 'destinationSecurityGroupId'));
  });
}

/** Some rule of one of `groups` lets tcp in on `port` from one of `peers`, or from addresses. */
export function letsIn(root: IConstruct, groups: ISecurityGroup[], port: number, peers: string[]): boolean {
  return groups.some((group) => {
    const found = findGroup(root, group);
    const inline = found === undefined ? [] : recordsOf(found, found.securityGroupIngress);
    return [...inline, ...standaloneRules(root, group, 'ingress')].some((rule) =>
      admits(rule, port, peers, 'sourceSecurityGroupId'),
    );
  });
}

export function idOf(group: ISecurityGroup): string {
  return textOf(group, group.securityGroupId) ?? '';
}

function findGroup(root: IConstruct, group: ISecurityGroup): CfnSecurityGroup | undefined {
  const id = idOf(group);
  return root.node
    .findAll()
    .find((one): one is CfnSecurityGroup => one instanceof CfnSecurityGroup && nameOf(one) === id);
}

function standaloneRules(
  root: IConstruct,
  group: ISecurityGroup,
  direction: 'ingress' | 'egress',
): Record<string, unknown>[] {
  const id = idOf(group);
  return root.node.findAll().flatMap((one): Record<string, unknown>[] => {
    const isRule =
      direction === 'egress' ? one instanceof CfnSecurityGroupEgress : one instanceof CfnSecurityGroupIngress;
    if (!isRule) return [];
    const rule = one as CfnSecurityGroupEgress | CfnSecurityGroupIngress;
    if (textOf(rule, rule.groupId) !== id) return [];
    const { ipProtocol, fromPort, toPort, cidrIp } = rule;
    const peer =
      rule instanceof CfnSecurityGroupEgress
        ? { destinationSecurityGroupId: rule.destinationSecurityGroupId }
        : { sourceSecurityGroupId: rule.sourceSecurityGroupId };
    return recordsOf(rule, { ipProtocol, fromPort, toPort, cidrIp, ...peer });
  });
}

// Addresses are taken for admitted: which of them the other side has is not known before it is made.
function admits(rule: Record<string, unknown>, port: number, peers: string[], peerKey: string): boolean {
  const protocol = String(rule.ipProtocol);
  const isPort =
    protocol === '-1' ||
    (['tcp', '6'].includes(protocol) && Number(rule.fromPort) <= port && Number(rule.toPort) >= port);
  const isUsable = rule.cidrIp !== '255.255.255.255/32' && rule.cidrIp !== undefined;
  return isPort && (isUsable || peers.includes(String(rule[peerKey])));
}

/** Whether the app itself says `false`; what it does not say is CloudFormation's default. */
export function isOff(scope: IConstruct, value: unknown, fallback: boolean): boolean {
  const found = resolved(scope, value) ?? fallback;
  return found === false || found === 'false';
}
