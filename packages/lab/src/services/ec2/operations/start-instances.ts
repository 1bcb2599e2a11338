import type { StartInstancesRequest, StartInstancesResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkCapacity } from '../capacity.js';
import { beginStart, requireInstances } from '../instances.js';

export function startInstances(input: StartInstancesRequest, context: OperationContext): StartInstancesResult {
  const records = requireInstances(input.InstanceIds, context);
  for (const { instance } of records) {
    const state = instance.State?.Name ?? '';
    if (!['stopped', 'running', 'pending'].includes(state)) {
      throw new AwsError(
        'IncorrectInstanceState',
        `The instance '${instance.InstanceId}' is not in a state from which it can be started.`,
      );
    }
    if (state === 'stopped') {
      checkCapacity(instance.InstanceType ?? '', instance.Placement?.AvailabilityZone ?? '', context);
    }
  }
  return { StartingInstances: records.map((record) => beginStart(record, context)) };
}
