import type { StopInstancesRequest, StopInstancesResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { beginStop, requireInstances } from '../instances.js';
import { notEmulated } from '../refusals.js';

export function stopInstances(input: StopInstancesRequest, context: OperationContext): StopInstancesResult {
  if (input.Hibernate === true) throw notEmulated('hibernation');
  const records = requireInstances(input.InstanceIds, context);
  for (const { instance } of records) {
    if (['running', 'stopping', 'stopped'].includes(instance.State?.Name ?? '')) continue;
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${instance.InstanceId}' is not in a state from which it can be stopped.`,
    );
  }
  const changes = records.map((record) => beginStop(record, context));
  return { StoppingInstances: changes };
}
