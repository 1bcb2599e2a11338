import type {
  _InstanceType,
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  InstanceTypeOffering,
  LocationType,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, type FilterFields, passesFilters } from '../filters.js';
import { instanceTypeNames } from '../instance-types.js';
import { pageOf } from '../paging.js';
import { notEmulated } from '../refusals.js';
import { zonesOf } from '../zones.js';

const fields: FilterFields<InstanceTypeOffering> = {
  location: (o) => o.Location,
  'instance-type': (o) => o.InstanceType,
};

/** Every type in every zone: a zone without capacity still offers its types, as in AWS. */
export function describeInstanceTypeOfferings(
  input: DescribeInstanceTypeOfferingsRequest,
  context: OperationContext,
): DescribeInstanceTypeOfferingsResult {
  checkFilters(input.Filters, fields);
  const LocationType = input.LocationType ?? 'region';
  const locations = locationsOf(LocationType, context.state.region);
  const found = instanceTypeNames()
    .flatMap((InstanceType) =>
      locations.map((Location) => ({ InstanceType: InstanceType as _InstanceType, LocationType, Location })),
    )
    .filter((offering) => passesFilters(offering, [], input.Filters, fields));
  const page = pageOf(found, input);
  return { InstanceTypeOfferings: [...page.items], NextToken: page.nextToken };
}

function locationsOf(type: LocationType, region: string): string[] {
  if (type === 'region') return [region];
  if (type === 'availability-zone') return zonesOf(region).map((zone) => zone.ZoneName ?? '');
  if (type === 'availability-zone-id') return zonesOf(region).map((zone) => zone.ZoneId ?? '');
  throw notEmulated(`the location type ${type}`);
}
