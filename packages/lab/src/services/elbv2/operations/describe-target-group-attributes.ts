import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireTargetGroup } from '../lookup.js';

export function describeTargetGroupAttributes(
  input: DescribeTargetGroupAttributesInput,
  context: OperationContext,
): DescribeTargetGroupAttributesOutput {
  const { attributes } = requireTargetGroup(context.state.elbv2, input.TargetGroupArn);
  return { Attributes: [...attributes.values()] };
}
