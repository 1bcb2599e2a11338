import type { NetworkAcl, NetworkAclAssociation, NetworkAclEntry } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { requireIpv4Block } from './cidr.js';
import { invalidParameterValue, missingParameter, notEmulated, required } from './refusals.js';
import type { Ec2State } from './state.js';

const lastRule = 32767;

/** A new list refuses everything; the default one of a VPC lets everything pass by rule 100. */
export function newNetworkAcl(
  vpcId: string,
  { isDefault }: { readonly isDefault: boolean },
  context: OperationContext,
): NetworkAcl {
  const entries = [true, false].flatMap((Egress): NetworkAclEntry[] => {
    const everything = { Egress, Protocol: '-1', CidrBlock: '0.0.0.0/0' };
    const refused: NetworkAclEntry = { ...everything, RuleAction: 'deny', RuleNumber: lastRule };
    return isDefault ? [{ ...everything, RuleAction: 'allow', RuleNumber: 100 }, refused] : [refused];
  });
  const acl: NetworkAcl = {
    NetworkAclId: context.ids.hex('acl-', 17),
    VpcId: vpcId,
    IsDefault: isDefault,
    OwnerId: context.state.accountId,
    Associations: [],
    Entries: entries,
  };
  context.state.ec2.networkAcls.set(acl.NetworkAclId!, acl);
  return acl;
}

export function defaultNetworkAcl(vpcId: string, state: Ec2State): NetworkAcl {
  const found = [...state.networkAcls.values()].find((acl) => acl.VpcId === vpcId && acl.IsDefault === true);
  if (found === undefined) throw new TypeError(`vpc ${vpcId} has no default network ACL`);
  return found;
}

/** Gives the subnet to the list; whichever list had it before loses it. */
export function associateNetworkAcl(
  acl: NetworkAcl,
  subnetId: string,
  context: OperationContext,
): NetworkAclAssociation {
  for (const other of context.state.ec2.networkAcls.values()) {
    other.Associations = other.Associations?.filter((association) => association.SubnetId !== subnetId);
  }
  const association = {
    NetworkAclAssociationId: context.ids.hex('aclassoc-', 17),
    NetworkAclId: acl.NetworkAclId,
    SubnetId: subnetId,
  };
  acl.Associations?.push(association);
  return association;
}

export function dropNetworkAclAssociations(subnetId: string, state: Ec2State): void {
  for (const acl of state.networkAcls.values()) {
    acl.Associations = acl.Associations?.filter((association) => association.SubnetId !== subnetId);
  }
}

/** What Create and Replace are given. */
type EntryRequest = Pick<
  NetworkAclEntry,
  'Egress' | 'RuleNumber' | 'RuleAction' | 'Protocol' | 'CidrBlock' | 'Ipv6CidrBlock' | 'PortRange' | 'IcmpTypeCode'
>;

const numbers: Readonly<Record<string, string>> = { all: '-1', tcp: '6', udp: '17', icmp: '1', icmpv6: '58' };

/** The entry as it is kept: protocols are numbers here. Throws what AWS answers for one that cannot be. */
export function entryOf(input: EntryRequest): NetworkAclEntry {
  const ruleNumber = required(input.RuleNumber, 'ruleNumber');
  if (ruleNumber < 1 || ruleNumber >= lastRule) {
    throw invalidParameterValue(
      `Value (${ruleNumber}) for parameter ruleNumber is invalid. Must be between 1 and 32766.`,
    );
  }
  if (input.Ipv6CidrBlock !== undefined) throw notEmulated('IPv6 in a network ACL');
  const given = required(input.Protocol, 'protocol').toLowerCase();
  const protocol = numbers[given] ?? given;
  if (!/^(-1|\d{1,3})$/.test(protocol))
    throw invalidParameterValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`);
  const isPorted = protocol === '6' || protocol === '17';
  const { From: from, To: to } = input.PortRange ?? {};
  if (isPorted && (from === undefined || to === undefined)) throw missingParameter('portRange');
  return {
    CidrBlock: requireIpv4Block(required(input.CidrBlock, 'cidrBlock'), 'cidrBlock').text,
    Egress: required(input.Egress, 'egress'),
    Protocol: protocol,
    RuleAction: required(input.RuleAction, 'ruleAction'),
    RuleNumber: ruleNumber,
    ...(isPorted ? { PortRange: { From: from, To: to } } : {}),
    ...(protocol === '1' && input.IcmpTypeCode !== undefined ? { IcmpTypeCode: input.IcmpTypeCode } : {}),
  };
}

export function findEntry(acl: NetworkAcl, ruleNumber: number, egress: boolean): NetworkAclEntry | undefined {
  return acl.Entries?.find((entry) => entry.RuleNumber === ruleNumber && entry.Egress === egress);
}

/** Throws InvalidNetworkAclEntry.NotFound. */
export function requireEntry(acl: NetworkAcl, ruleNumber: number, egress: boolean): NetworkAclEntry {
  const found = findEntry(acl, ruleNumber, egress);
  if (found !== undefined) return found;
  throw new AwsError(
    'InvalidNetworkAclEntry.NotFound',
    `The ${egress ? 'egress' : 'ingress'} network acl entry identified by rule number ${ruleNumber} does not exist in network ACL ${acl.NetworkAclId}`,
  );
}

/** Entries are read in order of number, egress first, as AWS shows them. */
export function sortEntries(acl: NetworkAcl): void {
  acl.Entries?.sort((a, b) => Number(b.Egress) - Number(a.Egress) || (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
}
