import type {
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireTargetGroup } from '../lookup.js';
import { checkHealthCheckSettings } from '../target-group-settings.js';

/** Health check settings; a check that is already scheduled keeps its time, the next follows the new interval. */
export function modifyTargetGroup(input: ModifyTargetGroupInput, context: OperationContext): ModifyTargetGroupOutput {
  const { targetGroup } = requireTargetGroup(context.state.elbv2, input.TargetGroupArn);
  // Terraform says so each time. Only lambda targets, which the lab has not, may go without a health check.
  if (input.HealthCheckEnabled === false) {
    throw new AwsError(
      'ValidationError',
      `Health check enabled must be true for target groups with target type '${targetGroup.TargetType}'`,
    );
  }
  const { TargetGroupArn: _, ...changes } = input;
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const changed: TargetGroup = { ...targetGroup, ...Object.fromEntries(given) };
  checkHealthCheckSettings(changed);
  Object.assign(targetGroup, changed);
  return { TargetGroups: [{ ...targetGroup }] };
}
