import { expect, test } from 'vitest';
import { applyEdits } from './edit.js';
import type { NetworkSnapshot } from './snapshot.js';

const interfaces = ['eni-1', 'eni-2', 'eni-3'].map((NetworkInterfaceId) => ({ NetworkInterfaceId }));

test('the public address that an interface is to get is nobody else’s', () => {
  const snapshot = {
    networkInterfaces: [{ ...interfaces[0], Association: { PublicIp: '203.0.113.1' } }, ...interfaces.slice(1)],
  } as unknown as NetworkSnapshot;
  const edited = applyEdits(
    snapshot,
    ['eni-2', 'eni-3'].map((networkInterfaceId) => ({ kind: 'associatePublicAddress', networkInterfaceId })),
  );
  const addresses = edited.networkInterfaces?.map(({ Association }) => Association?.PublicIp);
  expect(new Set(addresses).size).toBe(3);
});
