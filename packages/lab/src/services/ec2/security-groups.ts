import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../control-plane/types.js';
import type { RuleSpecification } from './rule-specification.js';
import { addRules } from './security-group-rules.js';

const toEverywhere: RuleSpecification = {
  protocol: '-1',
  fromPort: -1,
  toPort: -1,
  peer: { kind: 'ipv4', cidr: '0.0.0.0/0' },
};

/** A new group lets everything out and nothing in. */
export function newSecurityGroup(
  group: { readonly vpcId: string; readonly name: string; readonly description: string },
  context: OperationContext,
): SecurityGroup {
  const { ec2, accountId, region } = context.state;
  const id = context.ids.hex('sg-', 17);
  const made: SecurityGroup = {
    GroupId: id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: accountId,
    SecurityGroupArn: `arn:aws:ec2:${region}:${accountId}:security-group/${id}`,
    VpcId: group.vpcId,
    IpPermissions: [],
    IpPermissionsEgress: [],
  };
  ec2.securityGroups.set(id, made);
  addRules([toEverywhere], made, true, context);
  return made;
}

/** A VPC's default group also lets its own members in. */
export function newDefaultSecurityGroup(vpcId: string, context: OperationContext): SecurityGroup {
  const group = newSecurityGroup({ vpcId, name: 'default', description: 'default VPC security group' }, context);
  const fromItself: RuleSpecification = {
    protocol: '-1',
    fromPort: -1,
    toPort: -1,
    peer: { kind: 'group', id: group.GroupId!, ownerId: context.state.accountId },
  };
  addRules([fromItself], group, false, context);
  return group;
}
