import { expect, test } from 'vitest';
import { createParameterScript, createScriptedClients } from '../clients/scripted-clients.fixture.js';
import { acquireLease, type LeaseHolder, leaseTimeToLiveMs, readLease } from './lease.js';

function world(storeAheadMs = 0) {
  const clock = { at: Date.UTC(2018, 10, 11, 8), now: () => clock.at };
  const script = createParameterScript({ now: () => clock.at + storeAheadMs });
  const alive = new Set<number>();
  const ports = {
    clients: createScriptedClients(script).clients,
    clock,
    isProcessAlive: (pid: number) => alive.has(pid),
  };
  const acquire = (holder: LeaseHolder, rolloutId = 'r1') =>
    acquireLease(ports, { groupName: 'web', rolloutId, command: 'deploy', holder });
  return { clock, script, alive, ports, acquire };
}
const here: LeaseHolder = { name: 'ann@here', pid: 1, machine: 'here' };
const there: LeaseHolder = { name: 'bob@there', pid: 2, machine: 'there' };

test('the second of two deployers is refused, and told who the first is and how to go on', async () => {
  const { acquire } = world();
  await acquire(here);
  await expect(acquire(there, 'r2')).rejects.toMatchObject({
    code: 'GROUP_BUSY',
    message: 'web is already being changed: deploy by ann@here (pid 1) since 2018-11-11T08:00:00.000Z.',
    hint: expect.stringContaining('directrix status --group web'),
  });
});

test('of two deployers that create the same epoch at once, one wins', async () => {
  const { acquire } = world();
  const outcomes = await Promise.allSettled([acquire(here, 'r1'), acquire(there, 'r2')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a released lease is free at once, and the next epoch is one more', async () => {
  const { acquire } = world();
  await (await acquire(here)).release();
  expect((await acquire(there)).epoch).toBe(2);
});

test('a lease of another machine is taken over only after its time to live', async () => {
  const { acquire, clock } = world();
  const lease = await acquire(here);
  clock.at += leaseTimeToLiveMs - 1;
  await expect(acquire(there)).rejects.toMatchObject({ code: 'GROUP_BUSY' });
  clock.at += 1;
  expect((await acquire(there)).epoch).toBe(2);
  await expect(lease.check()).rejects.toMatchObject({
    code: 'LEASE_LOST',
    message: expect.stringContaining('bob@there'),
  });
});

test('a renewed lease lives on', async () => {
  const { acquire, clock } = world();
  const lease = await acquire(here);
  clock.at += leaseTimeToLiveMs - 1_000;
  await lease.renewIfDue();
  clock.at += leaseTimeToLiveMs - 1_000;
  await expect(acquire(there)).rejects.toMatchObject({ code: 'GROUP_BUSY' });
});

test('on the same machine a dead process holds nothing, and a living one holds for as long as it lives', async () => {
  const { acquire, alive, clock } = world();
  alive.add(1);
  await acquire(here);
  clock.at += 10 * leaseTimeToLiveMs;
  await expect(acquire({ ...here, pid: 3 })).rejects.toMatchObject({ code: 'GROUP_BUSY' });
  alive.delete(1);
  expect((await acquire({ ...here, pid: 3 })).epoch).toBe(2);
});

test('a holder whose lease was taken neither renews nor releases it', async () => {
  const { acquire, clock, script } = world();
  const lost = await acquire(here);
  clock.at += leaseTimeToLiveMs;
  await acquire(there);
  const before = new Map(script.stored);
  await expect(lost.renewIfDue()).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await lost.release();
  expect(script.stored).toEqual(before);
});

test('old epochs are cleared away, the newest first to stay', async () => {
  const { acquire, script } = world();
  for (let turn = 0; turn < 30; turn++) await (await acquire(here)).release();
  expect([...script.stored.keys()].map((name) => Number(name.split('/').at(-1)))).toEqual([26, 27, 28, 29, 30]);
});

test('a store whose clock is far ahead of ours does not keep a dead lease alive', async () => {
  const { ports, clock, acquire } = world(3_600_000);
  await acquire(here);
  expect((await readLease(ports, 'web', there))?.isActive).toBe(true);
  clock.at += leaseTimeToLiveMs;
  expect((await readLease(ports, 'web', there))?.isActive).toBe(false);
});

test('a holder whose clock is behind is not robbed while Parameter Store sees it renew', async () => {
  const { ports, clock, acquire } = world(leaseTimeToLiveMs - 1);
  await acquire(here);
  clock.at += leaseTimeToLiveMs + 1;
  expect((await readLease(ports, 'web', there))?.isActive).toBe(true);
});
