import type { RebootInstancesRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireInstances } from '../instances.js';

/** The machine is stopped and booted again; the instance stays `running` throughout, as in AWS. */
export function rebootInstances(input: RebootInstancesRequest, context: OperationContext): Record<string, never> {
  const records = requireInstances(input.InstanceIds, context);
  for (const { instance } of records) {
    if (instance.State?.Name === 'running') continue;
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${instance.InstanceId}' is not in a state from which it can be rebooted.`,
    );
  }
  for (const { instance } of records) {
    const instanceId = instance.InstanceId!;
    context.emit({ kind: 'stopMachine', instanceId, graceMs: context.timing.instanceShutdownMs });
    context.emit({ kind: 'startMachine', instanceId });
  }
  return {};
}
