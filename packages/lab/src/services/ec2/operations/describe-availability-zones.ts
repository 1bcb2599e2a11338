import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, describedBy, type FilterFields, passesFilters } from '../filters.js';
import { invalidParameterValue } from '../refusals.js';
import { zonesOf } from '../zones.js';

const fields: FilterFields<AvailabilityZone> = describedBy('AvailabilityZone', {
  'group-name': (z) => z.GroupName,
  'opt-in-status': (z) => z.OptInStatus,
  'region-name': (z) => z.RegionName,
  state: (z) => z.State,
  'zone-id': (z) => z.ZoneId,
  'zone-name': (z) => z.ZoneName,
  'zone-type': (z) => z.ZoneType,
});

export function describeAvailabilityZones(
  input: DescribeAvailabilityZonesRequest,
  context: OperationContext,
): DescribeAvailabilityZonesResult {
  checkFilters(input.Filters, fields);
  const all = zonesOf(context.state.region);
  const wanted = [...(input.ZoneNames ?? []), ...(input.ZoneIds ?? [])];
  const unknown = wanted.find((name) => !all.some((zone) => zone.ZoneName === name || zone.ZoneId === name));
  if (unknown !== undefined) throw invalidParameterValue(`Invalid availability zone: [${unknown}]`);
  const found = all
    .filter((zone) => wanted.length === 0 || wanted.includes(zone.ZoneName!) || wanted.includes(zone.ZoneId!))
    .filter((zone) => passesFilters(zone, [], input.Filters, fields));
  return { AvailabilityZones: found };
}
