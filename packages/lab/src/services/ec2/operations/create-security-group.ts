import type { CreateSecurityGroupRequest, CreateSecurityGroupResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue, required } from '../refusals.js';
import { requireResource } from '../resources.js';
import { newSecurityGroup } from '../security-groups.js';
import { putTags, tagsFor, tagsOf } from '../tags.js';

export function createSecurityGroup(
  input: CreateSecurityGroupRequest,
  context: OperationContext,
): CreateSecurityGroupResult {
  const { ec2 } = context.state;
  const name = required(input.GroupName, 'groupName');
  const description = required(input.Description, 'groupDescription');
  checkName(name);
  const vpcId = vpcFor(input, context);
  if ([...ec2.securityGroups.values()].some((group) => group.VpcId === vpcId && group.GroupName === name)) {
    throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
  }
  const tags = tagsFor('security-group', input.TagSpecifications);
  const group = newSecurityGroup({ vpcId, name, description }, context);
  putTags(ec2, group.GroupId!, tags);
  return {
    GroupId: group.GroupId,
    SecurityGroupArn: group.SecurityGroupArn,
    Tags: [...tagsOf(ec2, group.GroupId!)],
  };
}

function checkName(name: string): void {
  if (name === 'default') throw invalidParameterValue('Cannot use reserved security group name: default');
  if (name.startsWith('sg-')) {
    throw invalidParameterValue(
      `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
    );
  }
  if (name.length > 255) {
    throw invalidParameterValue(
      `Value (${name}) for parameter GroupName is invalid. Character sets beyond 255 are not supported.`,
    );
  }
}

function vpcFor(input: CreateSecurityGroupRequest, context: OperationContext): string {
  if (input.VpcId !== undefined) return requireResource('vpc', input.VpcId, context).VpcId!;
  const byDefault = [...context.state.ec2.vpcs.values()].find((vpc) => vpc.IsDefault === true);
  if (byDefault?.VpcId !== undefined) return byDefault.VpcId;
  throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
}
