import type { GetParametersByPathCommandInput, GetParametersByPathResult } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage, writeToken } from '../paging.js';
import { BY_PATH_KEYS, checkParameterFilters, selectByFilters } from '../parameter-filters.js';
import { checkParameterPath } from '../parameter-name.js';
import { describeParameter } from '../parameter-value.js';
import { listBelowPath } from '../parameters-in-order.js';

const LARGEST_PAGE = 10;

/**
 * A path that holds nothing is not an error. Filters apply within a page, so that a page can hold less than MaxResults, or nothing, and
 * still have a token: a reader goes on until there is none.
 */
export function getParametersByPath(
  input: GetParametersByPathCommandInput,
  context: OperationContext,
): GetParametersByPathResult {
  const { state } = context;
  const filters = input.ParameterFilters ?? [];
  checkParameterPath(input.Path!);
  checkParameterFilters(filters, BY_PATH_KEYS);

  const { items, nextToken } = takePage(
    listBelowPath(state, input.Path!, input.Recursive === true),
    ({ name }) => name,
    {
      token: input.NextToken,
      size: input.MaxResults ?? LARGEST_PAGE,
    },
  );
  if (context.meetsFault?.('emptyPage') === true)
    return { Parameters: [], NextToken: input.NextToken ?? writeToken('') };
  const versions = items.flatMap((record) => selectByFilters(record, filters) ?? []);
  return {
    Parameters: versions.map((version) => describeParameter(state, version, { isDecrypted: input.WithDecryption })),
    NextToken: nextToken,
  };
}
