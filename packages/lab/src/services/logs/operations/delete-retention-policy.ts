import type { DeleteRetentionPolicyCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';

export function deleteRetentionPolicy(input: DeleteRetentionPolicyCommandInput, { state }: OperationContext): object {
  delete findGroup(state, input).retentionInDays;
  return {};
}
