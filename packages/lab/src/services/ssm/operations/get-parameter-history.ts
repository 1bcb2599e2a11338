import type { GetParameterHistoryCommandInput, GetParameterHistoryResult } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../paging.js';
import { findParameter, parseParameterReference } from '../parameter-reference.js';
import { revealValue } from '../parameter-value.js';

const LARGEST_PAGE = 50;

export function getParameterHistory(
  input: GetParameterHistoryCommandInput,
  { state }: OperationContext,
): GetParameterHistoryResult {
  const { name } = parseParameterReference(input.Name!, state);
  const { versions } = findParameter(state, name);
  const { items, nextToken } = takePage(versions, ({ Version }) => String(Version).padStart(16, '0'), {
    token: input.NextToken,
    size: input.MaxResults ?? LARGEST_PAGE,
  });
  return {
    Parameters: items.map((version) => ({ ...version, Value: revealValue(version, input.WithDecryption) })),
    NextToken: nextToken,
  };
}
