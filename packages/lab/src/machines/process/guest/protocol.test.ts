import { expect, test } from 'vitest';
import { type GuestIdentity, readIdentity } from './protocol.js';

const identity: GuestIdentity = {
  controlSocket: '/run/lab.sock',
  portsDirectory: '/run/ports',
  instanceId: 'i-1',
  inContainer: false,
  hostName: 'ip-10-0-0-1',
  privateAddress: '10.0.0.1',
  netmask: '255.255.255.0',
  macAddress: '02:00:00:00:00:01',
};

test('an identity is read as it was given', () => {
  expect(readIdentity(JSON.stringify(identity))).toEqual(identity);
});

test.each(Object.keys(identity))('one without its %s starts no process', (name) => {
  const half = JSON.stringify({ ...identity, [name]: undefined });
  expect(() => readIdentity(half)).toThrow(`DIRECTRIX_LAB_GUEST has no ${name}: a `);
});

test.each(['null', '1', '[]'])('%s is none', (text) => {
  expect(() => readIdentity(text)).toThrow('DIRECTRIX_LAB_GUEST has no controlSocket: a string is expected.');
});
