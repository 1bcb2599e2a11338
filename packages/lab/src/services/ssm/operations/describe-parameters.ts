import type {
  DescribeParametersCommandInput,
  DescribeParametersResult,
  ParameterMetadata,
  ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { LabState, OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../paging.js';
import { checkParameterFilters, DESCRIBE_KEYS, selectByFilters } from '../parameter-filters.js';
import { currentVersion, parameterArn } from '../parameter-reference.js';
import { listParameters } from '../parameters-in-order.js';
import type { ParameterRecord } from '../state.js';

const LARGEST_PAGE = 50;

export function describeParameters(
  input: DescribeParametersCommandInput,
  { state }: OperationContext,
): DescribeParametersResult {
  const filters = readFilters(input);
  const records = listParameters(state).filter((record) => selectByFilters(record, filters) !== undefined);
  const { items, nextToken } = takePage(records, ({ name }) => name, {
    token: input.NextToken,
    size: input.MaxResults ?? LARGEST_PAGE,
  });
  return { Parameters: items.map((record) => describe(state, record)), NextToken: nextToken };
}

// The old Filters are the new ones that match by the beginning of a name, and exactly otherwise.
function readFilters({ Filters = [], ParameterFilters = [] }: DescribeParametersCommandInput): ParameterStringFilter[] {
  if (Filters.length > 0 && ParameterFilters.length > 0) {
    throw new AwsError('ValidationException', 'You can use either Filters or ParameterFilters in a single request.');
  }
  const old = Filters.map(({ Key, Values }) => ({ Key, Values, Option: Key === 'Name' ? 'BeginsWith' : 'Equals' }));
  const filters = [...old, ...ParameterFilters];
  checkParameterFilters(filters, DESCRIBE_KEYS);
  return filters;
}

function describe(state: LabState, record: ParameterRecord): ParameterMetadata {
  const { Value: _value, Labels: _labels, ...metadata } = currentVersion(record);
  return { ...metadata, ARN: parameterArn(state, record.name) };
}
