import type { DeleteListenerInput, DeleteListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { dropListener } from '../listeners.js';
import { requireListener } from '../lookup.js';
import { refreshTargetGroupUse } from '../target-group-use.js';

export function deleteListener(input: DeleteListenerInput, context: OperationContext): DeleteListenerOutput {
  const { elbv2 } = context.state;
  const { listener } = requireListener(elbv2, input.ListenerArn);
  dropListener(elbv2, listener.ListenerArn!);
  refreshTargetGroupUse(elbv2);
  context.emit({ kind: 'listenersChanged' });
  return {};
}
