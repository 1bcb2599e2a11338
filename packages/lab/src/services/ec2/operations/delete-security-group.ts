import type { DeleteSecurityGroupRequest, DeleteSecurityGroupResult, SecurityGroup } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { securityGroupFor } from '../security-group-names.js';
import { removeRules, rulesOfGroup } from '../security-group-rules.js';
import type { Ec2State } from '../state.js';

/** Refused while an interface wears it, or a rule of another group names it. */
export function deleteSecurityGroup(
  input: DeleteSecurityGroupRequest,
  context: OperationContext,
): DeleteSecurityGroupResult {
  const { ec2 } = context.state;
  const group = securityGroupFor(input, context);
  const id = group.GroupId!;
  if (group.GroupName === 'default') {
    throw new AwsError('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`);
  }
  if (hasDependents(group, ec2)) throw new AwsError('DependencyViolation', `resource ${id} has a dependent object`);
  removeRules(
    rulesOfGroup(group, ec2).map((rule) => rule.SecurityGroupRuleId!),
    group,
    ec2,
  );
  ec2.securityGroups.delete(id);
  ec2.tags.delete(id);
  return { Return: true, GroupId: id };
}

function hasDependents({ GroupId: id }: SecurityGroup, ec2: Ec2State): boolean {
  return (
    [...ec2.networkInterfaces.values()].some((eni) => eni.Groups?.some((group) => group.GroupId === id)) ||
    [...ec2.securityGroupRules.values()].some((rule) => rule.GroupId !== id && rule.ReferencedGroupInfo?.GroupId === id)
  );
}
