// network access: security groups with their rules, and network ACLs with theirs.
import type {
  CreateNetworkAclResult,
  CreateSecurityGroupResult,
  DescribeNetworkAclsResult,
  IpPermission,
  ReplaceNetworkAclAssociationResult,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { listChange, type Properties, pick, type ResourceRequest, type ResourceType } from './resource-type.js';
import { retagEc2, tagSpecifications } from './tags.js';

const LONGEST_GROUP_NAME = 255;

export const securityGroup: ResourceType = {
  acts: 'GroupName GroupDescription VpcId SecurityGroupIngress SecurityGroupEgress Tags',
  updates: 'SecurityGroupIngress SecurityGroupEgress Tags',
  nameProperty: 'GroupName',
  create(request) {
    const { GroupName = request.generateName(LONGEST_GROUP_NAME), GroupDescription, VpcId } = request.properties;
    const made = request.ask<CreateSecurityGroupResult>('ec2', 'CreateSecurityGroup', {
      GroupName,
      Description: GroupDescription,
      ...pick({ VpcId }, 'VpcId'),
      ...tagSpecifications('security-group', request),
    });
    request.created(made.GroupId!);
    request.mark(made.GroupId!);
    changeRules(request, 'Ingress');
    // Written rules of egress stand in the place of the one that lets everything out.
    if (rulesOf(request.properties, 'Egress').length > 0) {
      dropDefaultEgress(request, made.GroupId);
      changeRules(request, 'Egress');
    }
  },
  update(request) {
    changeRules(request, 'Ingress');
    const [before, after] = [rulesOf(request.previous, 'Egress'), rulesOf(request.properties, 'Egress')];
    if (before.length === 0 && after.length > 0) dropDefaultEgress(request, request.physicalId);
    // Where the last of them goes, nothing is let out: the default does not come back.
    changeRules(request, 'Egress');
    retagEc2(request);
  },
  delete: (request) => void request.ask('ec2', 'DeleteSecurityGroup', { GroupId: request.physicalId }),
  attributes: ({ physicalId, properties, state }) => ({
    GroupId: physicalId,
    Id: physicalId,
    VpcId: properties.VpcId ?? state.ec2.securityGroups.get(physicalId)?.VpcId,
  }),
};

type Direction = 'Ingress' | 'Egress';
const EVERYTHING = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

/** Takes away what lets everything out, whoever has added it: AWS does not tell its own default from a rule that was written. */
function dropDefaultEgress(request: ResourceRequest, GroupId: string | undefined): void {
  const { IpPermissionsEgress = [] } = request.state.ec2.securityGroups.get(GroupId ?? '') ?? {};
  const isThere = IpPermissionsEgress.some(
    ({ IpProtocol, IpRanges = [] }) => IpProtocol === '-1' && IpRanges.some(({ CidrIp }) => CidrIp === '0.0.0.0/0'),
  );
  if (isThere) request.ask('ec2', 'RevokeSecurityGroupEgress', { GroupId, IpPermissions: [EVERYTHING] });
}

function rulesOf(properties: Properties, direction: Direction): readonly Properties[] {
  return [properties[`SecurityGroup${direction}`] ?? []].flat();
}

/** Takes away what is no longer written and adds what is new; what stays is not touched. */
function changeRules(request: ResourceRequest, direction: Direction): void {
  const texts = (properties: Properties) =>
    rulesOf(properties, direction).map((rule) => JSON.stringify(permissionOf(rule)));
  const { added, removed } = listChange([...new Set(texts(request.previous))], [...new Set(texts(request.properties))]);
  const permissions = (list: readonly string[]) => ({
    GroupId: request.physicalId,
    IpPermissions: list.map((text) => JSON.parse(text) as IpPermission),
  });
  if (removed.length > 0) request.ask('ec2', `RevokeSecurityGroup${direction}`, permissions(removed));
  if (added.length > 0) request.ask('ec2', `AuthorizeSecurityGroup${direction}`, permissions(added));
}

/** A rule of a template, as EC2's own operations write it. */
function permissionOf(rule: Properties): object {
  const Description = rule.Description === undefined ? {} : { Description: rule.Description };
  const groupId = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  const groupName = rule.SourceSecurityGroupName;
  const prefixListId = rule.SourcePrefixListId ?? rule.DestinationPrefixListId;
  return {
    IpProtocol: rule.IpProtocol,
    ...pick(rule, 'FromPort ToPort'),
    ...(rule.CidrIp !== undefined && { IpRanges: [{ CidrIp: rule.CidrIp, ...Description }] }),
    ...(rule.CidrIpv6 !== undefined && { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...Description }] }),
    ...(prefixListId !== undefined && { PrefixListIds: [{ PrefixListId: prefixListId, ...Description }] }),
    ...(groupId !== undefined && {
      UserIdGroupPairs: [
        {
          GroupId: groupId,
          ...(rule.SourceSecurityGroupOwnerId !== undefined && { UserId: rule.SourceSecurityGroupOwnerId }),
          ...Description,
        },
      ],
    }),
    ...(groupName !== undefined && { UserIdGroupPairs: [{ GroupName: groupName, ...Description }] }),
  };
}

function separateRule(direction: Direction, acts: string): ResourceType {
  return {
    acts,
    updates: 'Description',
    create(request) {
      if (direction === 'Egress') dropDefaultEgress(request, request.properties.GroupId);
      const made = request.ask<{ readonly SecurityGroupRules?: readonly SecurityGroupRule[] }>(
        'ec2',
        `AuthorizeSecurityGroup${direction}`,
        { ...pick(request.properties, 'GroupId GroupName'), IpPermissions: [permissionOf(request.properties)] },
      );
      request.created(made.SecurityGroupRules![0]!.SecurityGroupRuleId!);
    },
    update(request) {
      const { GroupId, Description = '' } = request.properties;
      request.ask('ec2', `UpdateSecurityGroupRuleDescriptions${direction}`, {
        GroupId,
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: request.physicalId, Description }],
      });
    },
    delete: (request) =>
      void request.ask('ec2', `RevokeSecurityGroup${direction}`, {
        ...pick(request.properties, 'GroupId GroupName'),
        SecurityGroupRuleIds: [request.physicalId],
      }),
    attributes: ({ physicalId }) => ({ Id: physicalId }),
  };
}

const RULE = 'GroupId IpProtocol FromPort ToPort CidrIp CidrIpv6 Description';

export const securityGroupIngress = separateRule(
  'Ingress',
  `${RULE} GroupName SourcePrefixListId SourceSecurityGroupId SourceSecurityGroupName SourceSecurityGroupOwnerId`,
);
export const securityGroupEgress = separateRule('Egress', `${RULE} DestinationPrefixListId DestinationSecurityGroupId`);

export const networkAcl: ResourceType = {
  acts: 'VpcId Tags',
  updates: 'Tags',
  create(request) {
    const made = request.ask<CreateNetworkAclResult>('ec2', 'CreateNetworkAcl', {
      VpcId: request.properties.VpcId,
      ...tagSpecifications('network-acl', request),
    });
    request.created(made.NetworkAcl!.NetworkAclId!);
    request.mark(request.physicalId);
  },
  update: (request) => retagEc2(request),
  delete: (request) => void request.ask('ec2', 'DeleteNetworkAcl', { NetworkAclId: request.physicalId }),
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};

const ENTRY = 'NetworkAclId RuleNumber Protocol RuleAction Egress CidrBlock Ipv6CidrBlock PortRange';

export const networkAclEntry: ResourceType = {
  acts: `${ENTRY} Icmp`,
  updates: 'Protocol RuleAction CidrBlock Ipv6CidrBlock PortRange Icmp',
  create(request) {
    request.ask('ec2', 'CreateNetworkAclEntry', entryOf(request.properties));
    request.created(request.generateName(255));
  },
  update: (request) => void request.ask('ec2', 'ReplaceNetworkAclEntry', entryOf(request.properties)),
  delete: (request) =>
    void request.ask('ec2', 'DeleteNetworkAclEntry', {
      Egress: false,
      ...pick(request.properties, 'NetworkAclId RuleNumber Egress'),
    }),
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};

function entryOf({ Icmp, ...rest }: Properties): object {
  return { Egress: false, ...pick(rest, ENTRY), ...(Icmp !== undefined && { IcmpTypeCode: Icmp }) };
}

// A subnet always has one ACL: to associate is to move it, to take that away is to give it the VPC's own again.
export const subnetNetworkAclAssociation: ResourceType = {
  acts: 'NetworkAclId SubnetId',
  create(request) {
    const { NetworkAclId, SubnetId } = request.properties;
    request.created(moveSubnet(request, SubnetId, NetworkAclId));
  },
  delete(request) {
    const { SubnetId } = request.properties;
    const { associationId, vpcId } = associationOf(request, SubnetId);
    // Moved on already, by the resource that took its place.
    if (associationId !== request.physicalId) return;
    const acls = request.ask<DescribeNetworkAclsResult>('ec2', 'DescribeNetworkAcls', {
      Filters: [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'default', Values: ['true'] },
      ],
    });
    moveSubnet(request, SubnetId, acls.NetworkAcls![0]!.NetworkAclId!);
  },
  attributes: ({ physicalId }) => ({ AssociationId: physicalId }),
};

function moveSubnet(request: ResourceRequest, subnetId: string, NetworkAclId: string): string {
  const { associationId } = associationOf(request, subnetId);
  const moved = request.ask<ReplaceNetworkAclAssociationResult>('ec2', 'ReplaceNetworkAclAssociation', {
    AssociationId: associationId,
    NetworkAclId,
  });
  return moved.NewAssociationId!;
}

function associationOf(request: ResourceRequest, subnetId: string) {
  const acls = request.ask<DescribeNetworkAclsResult>('ec2', 'DescribeNetworkAcls', {
    Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }],
  });
  const acl = acls.NetworkAcls?.[0];
  const association = acl?.Associations?.find(({ SubnetId }) => SubnetId === subnetId);
  return { associationId: association?.NetworkAclAssociationId, vpcId: acl?.VpcId };
}
