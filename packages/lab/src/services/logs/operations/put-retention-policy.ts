import type { PutRetentionPolicyCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';
import { invalidParameter } from '../refusal.js';

// CloudWatch Logs API reference, PutRetentionPolicy.
const DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

export function putRetentionPolicy(input: PutRetentionPolicyCommandInput, { state }: OperationContext): object {
  const { retentionInDays: days = 0 } = input;
  if (!DAYS.includes(days))
    throw invalidParameter(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${DAYS.join(', ')}]`,
    );
  findGroup(state, input).retentionInDays = days;
  return {};
}
