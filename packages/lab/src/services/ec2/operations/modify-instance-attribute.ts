import type { ModifyInstanceAttributeRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireInstanceType } from '../instance-types.js';
import { requireInstances } from '../instances.js';
import { groupsForSubnet, setGroups } from '../network-interfaces.js';
import { notEmulated, required } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Groups, DisableApiTermination, SourceDestCheck, and the type of a stopped instance. */
export function modifyInstanceAttribute(
  input: ModifyInstanceAttributeRequest,
  context: OperationContext,
): Record<string, never> {
  const record = requireInstances([required(input.InstanceId, 'instanceId')], context)[0]!;
  const { instance } = record;
  const { Groups: groups, DisableApiTermination: guard, SourceDestCheck: check, InstanceType: type } = input;
  if (!groups?.length && guard === undefined && check === undefined && type === undefined) {
    throw notEmulated('this instance attribute');
  }
  if (type?.Value !== undefined) {
    requireInstanceType(type.Value);
    if (instance.State?.Name !== 'stopped') {
      throw new AwsError(
        'IncorrectInstanceState',
        `The instance '${instance.InstanceId}' is not in the 'stopped' state.`,
      );
    }
  }
  const eni = groups?.length || check !== undefined ? primaryInterface(instance, context) : undefined;
  const groupIds = groups?.length
    ? groupsForSubnet(groups, requireResource('subnet', instance.SubnetId, context), context)
    : undefined;
  if (guard?.Value !== undefined) record.disableApiTermination = guard.Value;
  if (type?.Value !== undefined) instance.InstanceType = type.Value as typeof instance.InstanceType;
  if (eni !== undefined && check?.Value !== undefined) {
    eni.SourceDestCheck = check.Value;
    instance.SourceDestCheck = check.Value;
  }
  if (eni !== undefined && groupIds !== undefined) setGroups(eni, groupIds, context.state.ec2);
  return {};
}

function primaryInterface(
  instance: { readonly NetworkInterfaces?: { readonly NetworkInterfaceId?: string | undefined }[] | undefined },
  context: OperationContext,
) {
  return requireResource('networkInterface', instance.NetworkInterfaces?.[0]?.NetworkInterfaceId, context);
}
