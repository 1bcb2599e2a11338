import type { AvailabilityZone } from '@aws-sdk/client-ec2';

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The zones of a region: a to f. */
export function zonesOf(region: string): AvailabilityZone[] {
  return letters.map((letter, index) => ({
    ZoneName: `${region}${letter}`,
    ZoneId: `${shortRegion(region)}-az${index + 1}`,
    ZoneType: 'availability-zone',
    GroupName: `${region}-zg-1`,
    NetworkBorderGroup: region,
    RegionName: region,
    OptInStatus: 'opt-in-not-required',
    State: 'available',
    Messages: [],
  }));
}

/** `us-west-2` -> `usw2`, as in zone ids. */
function shortRegion(region: string): string {
  const [area = '', place = '', number = ''] = region.split('-');
  const direction = place.replace(/(north|south|east|west|central)/g, (word) => word[0] ?? '');
  return `${area}${direction}${number}`;
}
