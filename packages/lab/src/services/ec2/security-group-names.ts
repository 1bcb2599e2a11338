import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { missingParameter } from './refusals.js';
import { requireResource } from './resources.js';

/** The group that a request names: by id, or by name in the default VPC. */
export function securityGroupFor(
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
  context: OperationContext,
): SecurityGroup {
  if (input.GroupId !== undefined) return requireResource('securityGroup', input.GroupId, context);
  if (input.GroupName === undefined) throw missingParameter('groupName or groupId');
  const { vpcs, securityGroups } = context.state.ec2;
  for (const group of securityGroups.values()) {
    if (group.GroupName === input.GroupName && vpcs.get(group.VpcId ?? '')?.IsDefault === true) return group;
  }
  throw new AwsError('InvalidGroup.NotFound', `The security group '${input.GroupName}' does not exist`);
}
