import type { DeleteTargetGroupInput, DeleteTargetGroupOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';

/** An unknown ARN is no error, as on AWS; a group that a rule forwards to is. */
export function deleteTargetGroup(input: DeleteTargetGroupInput, context: OperationContext): DeleteTargetGroupOutput {
  const { elbv2 } = context.state;
  const arn = input.TargetGroupArn!;
  const record = elbv2.targetGroups.get(arn);
  if (!record) return {};
  if (record.targetGroup.LoadBalancerArns?.length) {
    throw new AwsError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
  }
  elbv2.targetGroups.delete(arn);
  elbv2.tags.delete(arn);
  return {};
}
