import type { DescribeInstanceAttributeRequest, InstanceAttribute } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { requireInstances } from '../instances.js';
import { notEmulated, required } from '../refusals.js';

export function describeInstanceAttribute(
  input: DescribeInstanceAttributeRequest,
  context: OperationContext,
): InstanceAttribute {
  const record = requireInstances([required(input.InstanceId, 'instanceId')], context)[0]!;
  const { instance } = record;
  const attribute = required(input.Attribute, 'attribute');
  const InstanceId = instance.InstanceId;
  switch (attribute) {
    case 'userData':
      return { InstanceId, UserData: { Value: record.userData } };
    case 'instanceType':
      return { InstanceId, InstanceType: { Value: instance.InstanceType } };
    case 'disableApiTermination':
      return { InstanceId, DisableApiTermination: { Value: record.disableApiTermination ?? false } };
    case 'groupSet':
      return { InstanceId, Groups: copyOf(instance.SecurityGroups ?? []) };
    case 'sourceDestCheck':
      return { InstanceId, SourceDestCheck: { Value: instance.SourceDestCheck } };
    default:
      throw notEmulated(`the instance attribute ${attribute}`);
  }
}
