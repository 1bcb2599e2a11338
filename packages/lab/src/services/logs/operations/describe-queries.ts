import type { DescribeQueriesCommandInput, DescribeQueriesResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { queryStatusOf } from '../query.js';

const MOST_QUERIES = 1_000;

export function describeQueries(
  input: DescribeQueriesCommandInput,
  { state, now }: OperationContext,
): DescribeQueriesResponse {
  const queries = [...state.logs.queries.values()]
    .reverse()
    .filter(({ logGroupName }) => input.logGroupName === undefined || logGroupName === input.logGroupName)
    .filter((query) => input.status === undefined || queryStatusOf(query, now) === input.status);
  const size = input.maxResults ?? MOST_QUERIES;
  const page = takePage(queries, input.nextToken, size, 'InvalidParameterException');
  return {
    queries: page.items.map((query) => ({
      queryLanguage: 'CWLI',
      queryId: query.queryId,
      queryString: query.queryString,
      status: queryStatusOf(query, now),
      createTime: query.createdAt,
      logGroupName: query.logGroupName,
    })),
    nextToken: page.next,
  };
}
