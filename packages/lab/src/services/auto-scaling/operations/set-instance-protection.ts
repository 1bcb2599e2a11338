import type { SetInstanceProtectionAnswer, SetInstanceProtectionQuery } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup, requireInstances } from '../group.js';

const MOST = 50;

/** Protection from scale-in only: neither from replacement nor from termination by name. */
export function setInstanceProtection(
  input: SetInstanceProtectionQuery,
  context: OperationContext,
): SetInstanceProtectionAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const instances = requireInstances(record, input.InstanceIds, MOST, 'set protection for');
  const states = ['InService', 'EnteringStandby', 'Standby'];
  const unfit = instances.find((instance) => !states.includes(instance.LifecycleState!));
  if (unfit) {
    throw new AwsError(
      'ValidationError',
      `The instance ${unfit.InstanceId} is not in InService or EnteringStandby or Standby.`,
    );
  }
  for (const instance of instances) instance.ProtectedFromScaleIn = input.ProtectedFromScaleIn;
  record.protectionNoticeFor = undefined;
  return {};
}
