import type { DescribeRegionsRequest, DescribeRegionsResult, Region } from '@aws-sdk/client-ec2';
import { awsRegions } from '../../../control-plane/aws-regions.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, type FilterFields, passesFilters } from '../filters.js';
import { invalidParameterValue } from '../refusals.js';

const fields: FilterFields<Region> = {
  endpoint: (r) => r.Endpoint,
  'opt-in-status': (r) => r.OptInStatus,
  'region-name': (r) => r.RegionName,
};

/** AllRegions adds nothing: the lab's account has opted in to every region. */
export function describeRegions(input: DescribeRegionsRequest, context: OperationContext): DescribeRegionsResult {
  checkFilters(input.Filters, fields);
  const all = awsRegions(context.state.region).map(
    ({ name, optInStatus }): Region => ({
      RegionName: name,
      Endpoint: `ec2.${name}.amazonaws.com`,
      OptInStatus: optInStatus,
    }),
  );
  const unknown = input.RegionNames?.find((wanted) => !all.some(({ RegionName }) => RegionName === wanted));
  if (unknown !== undefined) throw invalidParameterValue(`Invalid region: [${unknown}]`);
  return {
    Regions: all
      .filter(({ RegionName }) => input.RegionNames?.includes(RegionName ?? '') ?? true)
      .filter((region) => passesFilters(region, [], input.Filters, fields)),
  };
}
