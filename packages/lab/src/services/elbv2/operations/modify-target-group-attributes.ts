import type {
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireTargetGroup } from '../lookup.js';
import { checkTargetGroupAttributes } from '../target-group-settings.js';

export function modifyTargetGroupAttributes(
  input: ModifyTargetGroupAttributesInput,
  context: OperationContext,
): ModifyTargetGroupAttributesOutput {
  const { attributes } = requireTargetGroup(context.state.elbv2, input.TargetGroupArn);
  checkTargetGroupAttributes(input.Attributes ?? []);
  for (const { Key, Value } of input.Attributes ?? []) attributes.set(Key!, { Key, Value });
  return { Attributes: [...attributes.values()] };
}
