import type { StopQueryCommandInput, StopQueryResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findQuery, queryStatusOf } from '../query.js';
import { invalidParameter } from '../refusal.js';

export function stopQuery({ queryId }: StopQueryCommandInput, { state, now }: OperationContext): StopQueryResponse {
  const query = findQuery(state, queryId);
  if (queryStatusOf(query, now) !== 'Running')
    throw invalidParameter('Query either does not exist or has already completed.');
  query.isCancelled = true;
  return { success: true };
}
