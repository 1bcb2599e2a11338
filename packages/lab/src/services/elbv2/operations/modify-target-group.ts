import type {
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireTargetGroup } from '../lookup.js';
import { checkHealthCheckSettings } from '../target-group-settings.js';

/** Health check settings; a check that is already scheduled keeps its time, the next follows the new interval. */
export function modifyTargetGroup(input: ModifyTargetGroupInput, context: OperationContext): ModifyTargetGroupOutput {
  const { targetGroup } = requireTargetGroup(context.state.elbv2, input.TargetGroupArn);
  const { TargetGroupArn: _, ...changes } = input;
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const changed: TargetGroup = { ...targetGroup, ...Object.fromEntries(given) };
  checkHealthCheckSettings(changed);
  Object.assign(targetGroup, changed);
  return { TargetGroups: [{ ...targetGroup }] };
}
