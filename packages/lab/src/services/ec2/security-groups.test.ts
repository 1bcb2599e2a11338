import { describe, expect, test } from 'vitest';
import { authorizeSecurityGroupEgress } from './operations/authorize-security-group-egress.js';
import { authorizeSecurityGroupIngress } from './operations/authorize-security-group-ingress.js';
import { createManagedPrefixList } from './operations/create-managed-prefix-list.js';
import { createSecurityGroup } from './operations/create-security-group.js';
import { deleteManagedPrefixList } from './operations/delete-managed-prefix-list.js';
import { deleteSecurityGroup } from './operations/delete-security-group.js';
import { describePrefixLists } from './operations/describe-prefix-lists.js';
import { describeSecurityGroupRules } from './operations/describe-security-group-rules.js';
import { describeSecurityGroups } from './operations/describe-security-groups.js';
import { getManagedPrefixListEntries } from './operations/get-managed-prefix-list-entries.js';
import { modifyInstanceAttribute } from './operations/modify-instance-attribute.js';
import { modifySecurityGroupRules } from './operations/modify-security-group-rules.js';
import { revokeSecurityGroupEgress } from './operations/revoke-security-group-egress.js';
import { revokeSecurityGroupIngress } from './operations/revoke-security-group-ingress.js';
import { updateSecurityGroupRuleDescriptionsIngress } from './operations/update-security-group-rule-descriptions-ingress.js';
import { addGroup, createTestNetwork, launchInstance, refusal, type TestNetwork } from './test-network.js';

function groupIn({ context, groupId }: TestNetwork) {
  return describeSecurityGroups({ GroupIds: [groupId] }, context).SecurityGroups![0]!;
}

const web = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

describe('a security group', () => {
  test('lets everything out and nothing in when it is new', () => {
    const network = createTestNetwork();
    const group = groupIn(network);
    expect(group.IpPermissions).toEqual([]);
    expect(group.IpPermissionsEgress).toMatchObject([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
  });

  test('cannot be named default, nor twice in a VPC', () => {
    const { context, vpcId } = createTestNetwork();
    const asked = { VpcId: vpcId, Description: 'x' };
    expect(refusal(() => createSecurityGroup({ ...asked, GroupName: 'default' }, context))).toEqual({
      code: 'InvalidParameterValue',
      message: 'Cannot use reserved security group name: default',
    });
    expect(refusal(() => createSecurityGroup({ ...asked, GroupName: 'web' }, context))).toEqual({
      code: 'InvalidGroup.Duplicate',
      message: `The security group 'web' already exists for VPC '${vpcId}'`,
    });
  });

  test('cannot be deleted while an interface wears it or another group names it', () => {
    const network = createTestNetwork();
    const { context, vpcId, groupId } = network;
    const other = addGroup(context, vpcId, 'db');
    const fromWeb = { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, UserIdGroupPairs: [{ GroupId: groupId }] };
    authorizeSecurityGroupIngress({ GroupId: other, IpPermissions: [fromWeb] }, context);
    expect(refusal(() => deleteSecurityGroup({ GroupId: groupId }, context))).toEqual({
      code: 'DependencyViolation',
      message: `resource ${groupId} has a dependent object`,
    });
    revokeSecurityGroupIngress({ GroupId: other, IpPermissions: [fromWeb] }, context);
    const InstanceId = launchInstance(network);
    expect(refusal(() => deleteSecurityGroup({ GroupId: groupId }, context)).code).toBe('DependencyViolation');
    modifyInstanceAttribute({ InstanceId, Groups: [other] }, context);
    deleteSecurityGroup({ GroupId: groupId }, context);
    expect(context.state.ec2.instances.get(InstanceId)?.instance.SecurityGroups).toEqual([
      { GroupId: other, GroupName: 'db' },
    ]);
  });

  test('the default one cannot be deleted', () => {
    const { context, vpcId } = createTestNetwork();
    const filters = [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'group-name', Values: ['default'] },
    ];
    const GroupId = describeSecurityGroups({ Filters: filters }, context).SecurityGroups![0]!.GroupId!;
    expect(refusal(() => deleteSecurityGroup({ GroupId }, context)).code).toBe('CannotDelete');
  });

  test('that is unknown is named in the refusal', () => {
    const { context } = createTestNetwork();
    expect(refusal(() => describeSecurityGroups({ GroupIds: ['sg-1'] }, context))).toEqual({
      code: 'InvalidGroup.NotFound',
      message: "The security group 'sg-1' does not exist",
    });
  });
});

describe('a rule', () => {
  test('is one peer, has an id, and shows in the permissions of its group', () => {
    const network = createTestNetwork();
    const { context, groupId: GroupId } = network;
    const two = { ...web, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'inside' }, { CidrIp: '192.168.0.0/16' }] };
    const { SecurityGroupRules: added } = authorizeSecurityGroupIngress({ GroupId, IpPermissions: [two] }, context);
    expect(added).toHaveLength(2);
    expect(groupIn(network).IpPermissions).toMatchObject([two]);
    const filter = { Filters: [{ Name: 'group-id', Values: [GroupId] }] };
    expect(describeSecurityGroupRules(filter, context).SecurityGroupRules).toHaveLength(3);
  });

  test.each([
    ['6', 'tcp'],
    ['17', 'udp'],
    ['TCP', 'tcp'],
    ['all', '-1'],
  ])('of protocol %s is one of %s, in the flat form too', (IpProtocol, protocol) => {
    const network = createTestNetwork();
    const { context, groupId: GroupId } = network;
    authorizeSecurityGroupIngress({ GroupId, IpProtocol, FromPort: 53, ToPort: 53, CidrIp: '10.0.0.7/8' }, context);
    const [permission] = groupIn(network).IpPermissions!;
    expect(permission?.IpProtocol).toBe(protocol);
    expect(permission?.IpRanges).toEqual([{ CidrIp: '10.0.0.0/8' }]);
    expect(permission?.FromPort).toBe(protocol === '-1' ? undefined : 53);
  });

  test('that is there already is refused in the words of AWS, whatever its description', () => {
    const { context, groupId: GroupId } = createTestNetwork();
    authorizeSecurityGroupIngress({ GroupId, IpPermissions: [web] }, context);
    const again = { ...web, IpProtocol: '6', IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'again' }] };
    expect(refusal(() => authorizeSecurityGroupIngress({ GroupId, IpPermissions: [again] }, context))).toEqual({
      code: 'InvalidPermission.Duplicate',
      message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
    });
    expect(
      refusal(() =>
        authorizeSecurityGroupEgress(
          { GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: web.IpRanges }] },
          context,
        ),
      ).message,
    ).toBe('the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists');
  });

  test('of one direction is not one of the other', () => {
    const { context, groupId: GroupId } = createTestNetwork();
    authorizeSecurityGroupIngress({ GroupId, IpPermissions: [web] }, context);
    expect(refusal(() => revokeSecurityGroupEgress({ GroupId, IpPermissions: [web] }, context))).toEqual({
      code: 'InvalidPermission.NotFound',
      message: 'The specified rule does not exist in this security group.',
    });
  });

  test('is revoked by what it says or by its id, and nothing is revoked when one of several is missing', () => {
    const network = createTestNetwork();
    const { context, groupId: GroupId } = network;
    const { SecurityGroupRules } = authorizeSecurityGroupIngress({ GroupId, IpPermissions: [web] }, context);
    const missing = { ...web, FromPort: 81, ToPort: 81 };
    expect(refusal(() => revokeSecurityGroupIngress({ GroupId, IpPermissions: [web, missing] }, context)).code).toBe(
      'InvalidPermission.NotFound',
    );
    expect(groupIn(network).IpPermissions).toHaveLength(1);
    const SecurityGroupRuleIds = [SecurityGroupRules![0]!.SecurityGroupRuleId!];
    revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds }, context);
    expect(groupIn(network).IpPermissions).toEqual([]);
    expect(refusal(() => revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds }, context)).code).toBe(
      'InvalidSecurityGroupRuleId.NotFound',
    );
  });

  test.each([
    [{ IpProtocol: 'tcp', IpRanges: web.IpRanges }, 'InvalidParameterValue'],
    [{ ...web, FromPort: 90 }, 'InvalidParameterValue'],
    [{ ...web, IpProtocol: 'carrier-pigeon' }, 'InvalidParameterValue'],
    [{ ...web, IpRanges: [{ CidrIp: '10.0.0.300/8' }] }, 'InvalidParameterValue'],
    [{ ...web, IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-1' }] }, 'InvalidGroup.NotFound'],
    [{ ...web, IpRanges: [], PrefixListIds: [{ PrefixListId: 'pl-1' }] }, 'InvalidPrefixListID.NotFound'],
  ])('that cannot be is refused: %j', (permission, code) => {
    const { context, groupId: GroupId } = createTestNetwork();
    expect(refusal(() => authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] }, context)).code).toBe(
      code,
    );
  });

  test('is modified in place and described anew', () => {
    const network = createTestNetwork();
    const { context, groupId: GroupId } = network;
    const [rule] = authorizeSecurityGroupIngress({ GroupId, IpPermissions: [web] }, context).SecurityGroupRules!;
    const SecurityGroupRuleId = rule!.SecurityGroupRuleId!;
    const wanted = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' };
    modifySecurityGroupRules(
      { GroupId, SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule: wanted }] },
      context,
    );
    const described = [{ SecurityGroupRuleId, Description: 'from inside' }];
    updateSecurityGroupRuleDescriptionsIngress({ GroupId, SecurityGroupRuleDescriptions: described }, context);
    expect(groupIn(network).IpPermissions).toMatchObject([
      { FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'from inside' }] },
    ]);
  });
});

describe('a prefix list', () => {
  test('of S3 is there, with its blocks, and a rule can name it', () => {
    const network = createTestNetwork();
    const { context, groupId: GroupId } = network;
    const filter = { Filters: [{ Name: 'prefix-list-name', Values: ['com.amazonaws.us-west-2.s3'] }] };
    const [s3] = describePrefixLists(filter, context).PrefixLists!;
    const toS3 = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: s3!.PrefixListId }] };
    authorizeSecurityGroupEgress({ GroupId, IpPermissions: [toS3] }, context);
    expect(groupIn(network).IpPermissionsEgress).toContainEqual(expect.objectContaining(toS3));
    const { Entries } = getManagedPrefixListEntries({ PrefixListId: s3?.PrefixListId }, context);
    expect(Entries?.map((entry) => entry.Cidr)).toEqual(s3?.Cidrs);
  });

  test('of our own cannot be deleted while a rule names it', () => {
    const { context, groupId: GroupId } = createTestNetwork();
    const asked = {
      PrefixListName: 'offices',
      AddressFamily: 'IPv4',
      MaxEntries: 2,
      Entries: [{ Cidr: '192.0.2.0/24' }],
    };
    const PrefixListId = createManagedPrefixList(asked, context).PrefixList!.PrefixListId!;
    const fromOffices = { ...web, IpRanges: [], PrefixListIds: [{ PrefixListId }] };
    authorizeSecurityGroupIngress({ GroupId, IpPermissions: [fromOffices] }, context);
    expect(refusal(() => deleteManagedPrefixList({ PrefixListId }, context)).code).toBe('DependencyViolation');
    revokeSecurityGroupIngress({ GroupId, IpPermissions: [fromOffices] }, context);
    deleteManagedPrefixList({ PrefixListId }, context);
    expect(refusal(() => getManagedPrefixListEntries({ PrefixListId }, context)).code).toBe(
      'InvalidPrefixListID.NotFound',
    );
  });
});
