import os from 'node:os';
import type { GuestIdentity } from './protocol.js';

/** The host's name and interfaces: the instance's private DNS name, loopback, and eth0 with the private address. */
export function installHost(identity: GuestIdentity): void {
  const eth0: os.NetworkInterfaceInfo = {
    address: identity.privateAddress,
    netmask: identity.netmask,
    family: 'IPv4',
    mac: identity.macAddress,
    internal: false,
    cidr: `${identity.privateAddress}/${prefixLength(identity.netmask)}`,
  };
  const lo: os.NetworkInterfaceInfo = {
    address: '127.0.0.1',
    netmask: '255.0.0.0',
    family: 'IPv4',
    mac: '00:00:00:00:00:00',
    internal: true,
    cidr: '127.0.0.1/8',
  };
  Object.assign(os, {
    hostname: () => identity.hostName,
    networkInterfaces: () => ({ lo: [{ ...lo }], eth0: [{ ...eth0 }] }),
  });
}

function prefixLength(netmask: string): number {
  const bits = netmask.split('.').map((octet) => Number(octet).toString(2).replaceAll('0', '').length);
  return bits.reduce((sum, count) => sum + count, 0);
}
