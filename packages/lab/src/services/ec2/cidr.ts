import ipaddr from 'ipaddr.js';
import { invalidParameterValue } from './refusals.js';

/** An IPv4 block in canonical form: the host bits are zero. Addresses are unsigned 32-bit numbers. */
export interface Ipv4Block {
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
  readonly text: string;
}

/** Undefined when the text is not an IPv4 CIDR block. */
export function parseIpv4Block(text: string): Ipv4Block | undefined {
  if (!ipaddr.IPv4.isValidCIDR(text) || !/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(text)) return undefined;
  const [address, prefixLength] = ipaddr.IPv4.parseCIDR(text);
  const size = 2 ** (32 - prefixLength);
  const first = Math.floor(numberOf(address.toString()) / size) * size;
  return { first, last: first + size - 1, prefixLength, text: `${addressText(first)}/${prefixLength}` };
}

/** EC2 puts a CIDR block in its canonical form: `100.68.0.18/18` becomes `100.68.0.0/18`. */
export function requireIpv4Block(text: string, parameter: string): Ipv4Block {
  const block = parseIpv4Block(text);
  if (block !== undefined) return block;
  throw invalidParameterValue(`Value (${text}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`);
}

/** The canonical form of an IPv6 block, or undefined. */
export function parseIpv6Block(text: string): string | undefined {
  if (!ipaddr.IPv6.isValidCIDR(text)) return undefined;
  const [, prefixLength] = ipaddr.IPv6.parseCIDR(text);
  return `${ipaddr.IPv6.networkAddressFromCIDR(text).toString()}/${prefixLength}`;
}

export function contains(outer: Ipv4Block, inner: Ipv4Block): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(one: Ipv4Block, other: Ipv4Block): boolean {
  return one.first <= other.last && other.first <= one.last;
}

export function numberOf(address: string): number {
  return ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
