// ip-range: addresses and ranges of both families, as numbers.

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** `203.0.113.0/24`, `2001:db8::/32`, or one address. Undefined for anything else. */
export function parseRange(text: string): Range | undefined {
  const [address = '', suffix, ...rest] = text.split('/');
  const parsed = parseIpv4(address) ?? parseIpv6(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const { bits, value } = parsed;
  if (suffix !== undefined && !/^\d{1,3}$/.test(suffix)) return undefined;
  const length = suffix === undefined ? bits : Number(suffix);
  if (length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const first = value - (value % size);
  return { bits, first, last: first + size - 1n };
}

export function isWithin(inner: Range, outer: Range): boolean {
  return inner.bits === outer.bits && inner.first >= outer.first && inner.last <= outer.last;
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(ipv6Groups)));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

// ::ffff:192.0.2.1 ends with an IPv4 address in two groups.
function ipv6Groups(group: string): readonly string[] {
  const embedded = group.includes('.') ? parseIpv4(group)?.value : undefined;
  if (embedded === undefined) return [group];
  return [(embedded >> 16n).toString(16), (embedded & 0xffffn).toString(16)];
}
