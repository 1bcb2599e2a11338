import type { TerminateInstancesRequest, TerminateInstancesResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { beginTermination, requireInstances } from '../instances.js';

export function terminateInstances(
  input: TerminateInstancesRequest,
  context: OperationContext,
): TerminateInstancesResult {
  const records = requireInstances(input.InstanceIds, context);
  const guarded = records.find((record) => record.disableApiTermination === true);
  if (guarded !== undefined) {
    throw new AwsError(
      'OperationNotPermitted',
      `The instance '${guarded.instance.InstanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    );
  }
  const changes = records.map((record) => beginTermination(record, context));
  return { TerminatingInstances: changes };
}
