import type { DescribeRegionsRequest, DescribeRegionsResult, Region } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, type FilterFields, passesFilters } from '../filters.js';
import { invalidParameterValue, refuseDryRun } from '../refusals.js';

const fields: FilterFields<Region> = {
  endpoint: (r) => r.Endpoint,
  'opt-in-status': (r) => r.OptInStatus,
  'region-name': (r) => r.RegionName,
};

/** A lab has one region. */
export function describeRegions(input: DescribeRegionsRequest, context: OperationContext): DescribeRegionsResult {
  refuseDryRun(input);
  checkFilters(input.Filters, fields);
  const RegionName = context.state.region;
  const unknown = input.RegionNames?.find((name) => name !== RegionName);
  if (unknown !== undefined) throw invalidParameterValue(`Invalid region: [${unknown}]`);
  const only: Region = { RegionName, Endpoint: `ec2.${RegionName}.amazonaws.com`, OptInStatus: 'opt-in-not-required' };
  return { Regions: passesFilters(only, [], input.Filters, fields) ? [only] : [] };
}
