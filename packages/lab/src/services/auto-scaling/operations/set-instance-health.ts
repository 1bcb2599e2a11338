import type { SetInstanceHealthQuery } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroupOf, memberOf, requireInstance } from '../group.js';
import { isInGrace } from '../health.js';

/** Works while HealthCheck is suspended, too. In the grace period it changes nothing unless told not to respect it. */
export function setInstanceHealth(input: SetInstanceHealthQuery, context: OperationContext): object {
  const id = input.InstanceId!;
  const status = input.HealthStatus;
  if (status !== 'Healthy' && status !== 'Unhealthy') {
    throw new AwsError('ValidationError', `Invalid Health Status : ${status}; it must be Healthy or Unhealthy`);
  }
  const record = findGroupOf(context.state, id);
  if (!record)
    throw new AwsError('ValidationError', `Instance Id not found - No managed instance found for instance ID: ${id}`);
  const instance = requireInstance(record, id);
  const isRespected = input.ShouldRespectGracePeriod ?? true;
  if (status === 'Unhealthy' && isRespected && isInGrace(record, instance, context)) return {};
  instance.HealthStatus = status;
  memberOf(record, instance).unhealthyBy = status === 'Unhealthy' ? 'user' : undefined;
  return {};
}
