import type { QueryStatus } from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';
import type { QueryRecord } from './state.js';

/** Throws ResourceNotFoundException. */
export function findQuery(state: LabState, queryId = ''): QueryRecord {
  const query = state.logs.queries.get(queryId);
  if (query === undefined)
    throw new AwsError('ResourceNotFoundException', 'Query either does not exist or has expired.');
  return query;
}

export function queryStatusOf({ isCancelled, completeAt }: QueryRecord, now: number): QueryStatus {
  if (isCancelled) return 'Cancelled';
  return now >= completeAt ? 'Complete' : 'Running';
}
