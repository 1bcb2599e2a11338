import type { GetQueryResultsCommandInput, GetQueryResultsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findQuery, queryStatusOf } from '../query.js';

export function getQueryResults(
  { queryId }: GetQueryResultsCommandInput,
  { state, now }: OperationContext,
): GetQueryResultsResponse {
  const query = findQuery(state, queryId);
  const { matched, scanned, bytes } = query.statistics;
  const status = queryStatusOf(query, now);
  return {
    queryLanguage: 'CWLI',
    status,
    results: status === 'Complete' ? query.rows.map((row) => row.map((cell) => ({ ...cell }))) : [],
    statistics: { recordsMatched: matched, recordsScanned: scanned, bytesScanned: bytes },
  };
}
