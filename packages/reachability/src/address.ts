// IPv4 addresses as numbers, and sets of them as intervals.
//
// A source that does not exist yet has not one address but any of its subnet's; a public name has any public one. Rules are
// therefore compared with sets, and an answer is `all`, `some` or `none` of the set.

/** Both ends included. */
export type Interval = readonly [lowest: number, highest: number];
/** Sorted and disjoint. */
export type AddressSet = readonly Interval[];

export const EVERY_ADDRESS: Interval = [0, 0xffffffff];

export function parseAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    value = value * 256 + octet;
  }
  return value;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** `10.0.0.0/16`, or a bare address as its /32. Undefined for anything else, IPv6 included. */
export function parseCidr(text: string): Interval | undefined {
  const [head, tail, more] = text.split('/');
  const address = parseAddress(head ?? '');
  if (address === undefined || more !== undefined) return undefined;
  if (tail === undefined) return [address, address];
  const bits = Number(tail);
  if (!/^\d{1,2}$/.test(tail) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const lowest = Math.floor(address / size) * size;
  return [lowest, lowest + size - 1];
}

/** Number of leading bits that an interval made by parseCidr fixes. */
export function prefixLength(interval: Interval): number {
  return 32 - Math.log2(interval[1] - interval[0] + 1);
}

export function overlaps(a: Interval, b: Interval): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}

export function contains(outer: Interval, inner: Interval): boolean {
  return outer[0] <= inner[0] && inner[1] <= outer[1];
}

/** How much of `set` the union of `cover` holds. */
export function measureCover(set: AddressSet, cover: readonly Interval[]): 'all' | 'some' | 'none' {
  let anything = false;
  let everything = true;
  for (const part of set) {
    const touching = cover.filter((interval) => overlaps(interval, part)).sort((a, b) => a[0] - b[0]);
    anything ||= touching.length > 0;
    everything &&= holdsWhole(part, touching);
  }
  if (set.length > 0 && everything) return 'all';
  return anything ? 'some' : 'none';
}

function holdsWhole(part: Interval, sorted: readonly Interval[]): boolean {
  let next = part[0];
  for (const [lowest, highest] of sorted) {
    if (lowest > next) return false;
    next = Math.max(next, highest + 1);
  }
  return next > part[1];
}

/** What remains of `set` without `holes`. */
function subtract(set: AddressSet, holes: readonly Interval[]): AddressSet {
  let rest = [...set];
  for (const hole of holes) {
    rest = rest.flatMap((part): Interval[] => {
      if (!overlaps(part, hole)) return [part];
      const pieces: Interval[] = [];
      if (part[0] < hole[0]) pieces.push([part[0], hole[0] - 1]);
      if (part[1] > hole[1]) pieces.push([hole[1] + 1, part[1]]);
      return pieces;
    });
  }
  return rest;
}

const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
].map((cidr) => parseCidr(cidr)!);

/** Where an unnamed public host may be: every address but those that are never routed on the internet (RFC 6890). */
export const PUBLIC_ADDRESSES: AddressSet = subtract([EVERY_ADDRESS], NOT_PUBLIC);

export function isPublicAddress(address: number): boolean {
  return !NOT_PUBLIC.some(([lowest, highest]) => lowest <= address && address <= highest);
}

/** 169.254.0.0/16: the metadata service, Amazon's resolver and clock. Neither security groups nor network ACLs filter it. */
export function isLinkLocal(address: number): boolean {
  return Math.floor(address / 65536) === 169 * 256 + 254;
}
