import type {
  DescribeListenerAttributesInput,
  DescribeListenerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireListener } from '../lookup.js';

/** The one attribute of an HTTP listener that the lab keeps, at its default. */
export function describeListenerAttributes(
  input: DescribeListenerAttributesInput,
  context: OperationContext,
): DescribeListenerAttributesOutput {
  requireListener(context.state.elbv2, input.ListenerArn);
  return { Attributes: [{ Key: 'routing.http.response.server.enabled', Value: 'true' }] };
}
