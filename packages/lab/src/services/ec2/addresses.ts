import type { Subnet } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext, IdSource } from '../../control-plane/types.js';
import { addressText, contains, type Ipv4Block, numberOf, parseIpv4Block } from './cidr.js';
import { invalidParameterValue } from './refusals.js';
import type { Ec2State } from './state.js';

/** AWS keeps the first four addresses of a subnet and the last one. */
const reservedAtStart = 4;
const reservedAtEnd = 1;

/** A free address of the subnet, drawn from the lab's seed. Throws InsufficientFreeAddressesInSubnet. */
export function drawPrivateAddress(subnet: Subnet, context: ControlPlaneContext): string {
  const { first, count } = usableRange(subnet);
  const taken = takenAddresses(context.state.ec2, subnet);
  const start = Math.floor(context.ids.random() * count);
  for (let step = 0; step < count; step += 1) {
    const address = addressText(first + ((start + step) % count));
    if (!taken.has(address)) return address;
  }
  throw insufficientFreeAddresses(subnet);
}

/** Throws what AWS answers when the address is not in the subnet, is reserved, or is taken. */
export function checkPrivateAddress(subnet: Subnet, address: string, state: Ec2State): void {
  const { first, count } = usableRange(subnet);
  const wanted = parseIpv4Block(`${address}/32`);
  if (wanted === undefined) throw invalidParameterValue(`invalid value for parameter address: ${address}`);
  if (!contains(blockOf(subnet), wanted)) {
    throw invalidParameterValue("Address does not fall within the subnet's address range");
  }
  if (wanted.first < first || wanted.first >= first + count) {
    throw invalidParameterValue("Address is in subnet's reserved address range");
  }
  if (takenAddresses(state, subnet).has(address)) {
    throw new AwsError('InvalidIPAddress.InUse', `Address ${address} is in use.`);
  }
}

/** Kept on the subnet, because others read it there. Called after an interface came or went. */
export function recountAddresses(state: Ec2State, subnetId: string | undefined): void {
  const subnet = subnetId === undefined ? undefined : state.subnets.get(subnetId);
  if (subnet === undefined) return;
  let takenCount = 0;
  for (const eni of state.networkInterfaces.values()) {
    if (eni.SubnetId === subnetId) takenCount += eni.PrivateIpAddresses?.length ?? 0;
  }
  subnet.AvailableIpAddressCount = usableRange(subnet).count - takenCount;
}

export function insufficientFreeAddresses(subnet: Subnet): AwsError {
  return new AwsError(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnet.SubnetId}' to satisfy the requested number of instances.`,
  );
}

function usableRange(subnet: Subnet): { readonly first: number; readonly count: number } {
  const block = blockOf(subnet);
  const count = block.last - block.first + 1 - reservedAtStart - reservedAtEnd;
  return { first: block.first + reservedAtStart, count };
}

function blockOf(subnet: Subnet): Ipv4Block {
  const block = parseIpv4Block(subnet.CidrBlock ?? '');
  if (block === undefined) throw new TypeError(`subnet ${subnet.SubnetId} has no valid CIDR block`);
  return block;
}

function takenAddresses(state: Ec2State, subnet: Subnet): Set<string> {
  const taken = new Set<string>();
  for (const eni of state.networkInterfaces.values()) {
    if (eni.SubnetId !== subnet.SubnetId) continue;
    for (const { PrivateIpAddress } of eni.PrivateIpAddresses ?? []) taken.add(PrivateIpAddress ?? '');
  }
  return taken;
}

/** A public address that nothing in the lab has. It is made up, and never leaves the lab. */
export function drawPublicAddress(state: Ec2State, ids: IdSource): string {
  const taken = new Set<string | undefined>();
  for (const address of state.addresses.values()) taken.add(address.PublicIp);
  for (const eni of state.networkInterfaces.values()) taken.add(eni.Association?.PublicIp);
  const first = numberOf('54.200.0.0');
  const count = 2 ** 16;
  const start = Math.floor(ids.random() * count);
  for (let step = 0; step < count; step += 1) {
    const address = addressText(first + ((start + step) % count));
    if (!taken.has(address)) return address;
  }
  throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
}

/** `ip-10-0-1-23.us-west-2.compute.internal`; in us-east-1 `ip-10-0-1-23.ec2.internal`. */
export function privateDnsName(address: string, region: string): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${address.replaceAll('.', '-')}.${domain}`;
}

export function publicDnsName(address: string, region: string): string {
  const domain = region === 'us-east-1' ? 'compute-1.amazonaws.com' : `${region}.compute.amazonaws.com`;
  return `ec2-${address.replaceAll('.', '-')}.${domain}`;
}
