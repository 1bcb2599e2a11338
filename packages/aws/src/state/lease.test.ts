import { expect, test } from 'vitest';
import { createParameterScript, createScriptedClients, failWith } from '../clients/scripted-clients.fixture.js';
import { acquireLease, type LeaseHolder, leaseTimeToLiveMs, readLease } from './lease.js';

function world() {
  const clock = { at: Date.UTC(2018, 10, 11, 8), now: () => clock.at };
  const script = createParameterScript(clock);
  const gone = new Set<string>();
  const ports = {
    clients: createScriptedClients(script).clients,
    clock,
    isProcessGone: ({ id }: LeaseHolder) => gone.has(id),
  };
  const acquire = (holder: LeaseHolder, rolloutId = 'r1') =>
    acquireLease(ports, { groupName: 'web', rolloutId, command: 'deploy', holder });
  return { clock, script, gone, ports, acquire };
}
const here: LeaseHolder = { id: 'here-1', name: 'ann@here', pid: 1 };
const there: LeaseHolder = { id: 'there-1', name: 'bob@there', pid: 2 };

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

test('a holder whose process is known to have ended holds nothing, from the same moment on', async () => {
  const { acquire, gone } = world();
  await acquire(here);
  gone.add(here.id);
  expect((await acquire(there)).epoch).toBe(2);
});

test('a holder that lives but does not renew loses the group after the time to live, on its own machine too', async () => {
  const { acquire, clock } = world();
  const stopped = await acquire(here);
  const next = { ...here, id: 'here-2', pid: 3 };
  clock.at += leaseTimeToLiveMs - 1;
  await expect(acquire(next)).rejects.toMatchObject({ code: 'GROUP_BUSY' });
  clock.at += 1;
  expect((await acquire(next)).epoch).toBe(2);
  await expect(stopped.check()).rejects.toMatchObject({ code: 'LEASE_LOST' });
});

test('a container that takes the place of a killed one, same host name and same process 1, waits for the time to live at most', async () => {
  const { acquire, clock } = world();
  await acquire({ id: 'run-1', name: 'root@build', pid: 1 });
  const second = { id: 'run-2', name: 'root@build', pid: 1 };
  await expect(acquire(second)).rejects.toMatchObject({ code: 'GROUP_BUSY' });
  clock.at += leaseTimeToLiveMs;
  expect((await acquire(second)).epoch).toBe(2);
});

test('nobody is kept out by himself: the same run takes its own lease again', async () => {
  const { acquire } = world();
  await acquire(here);
  expect((await acquire(here, 'r2')).epoch).toBe(2);
});

test('a create whose answer was lost is recognised as ours; the same number by somebody else is not', async () => {
  const { acquire, script } = world();
  const put = script['ssm:PutParameter'] as (input: never) => object;
  const lost: Record<string, unknown> = script;
  lost['ssm:PutParameter'] = (input: never) => {
    put(input);
    lost['ssm:PutParameter'] = put;
    throw failWith('ParameterAlreadyExists', 'The parameter already exists.');
  };
  expect((await acquire(here)).epoch).toBe(1);
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

test('a holder whose parameter somebody deleted has lost the group, and does not write it again', async () => {
  const { acquire, clock, script } = world();
  const lost = await acquire(here);
  script.stored.clear();
  await expect(lost.check()).rejects.toMatchObject({
    code: 'LEASE_LOST',
    message: expect.stringContaining('its parameter is gone'),
  });
  clock.at += 60_000;
  await expect(lost.renewIfDue()).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await lost.release();
  expect(script.stored.size).toBe(0);
});

test('old epochs are cleared away, the newest first to stay', async () => {
  const { acquire, script } = world();
  for (let turn = 0; turn < 30; turn++) await (await acquire(here)).release();
  expect([...script.stored.keys()].map((name) => Number(name.split('/').at(-1)))).toEqual([26, 27, 28, 29, 30]);
});

test('what a holder believed of the time has no part in it: Parameter Store dates its renewals', async () => {
  const { ports, clock, script, acquire } = world();
  await acquire(here);
  const [name = ''] = [...script.stored.keys()];
  for (const hours of [-5, 5]) {
    const state = JSON.parse(script.stored.get(name) ?? '');
    script.stored.set(name, JSON.stringify({ ...state, renewedAt: clock.at + hours * 3_600_000 }));
    expect((await readLease(ports, 'web'))?.isActive).toBe(true);
  }
  clock.at += leaseTimeToLiveMs;
  expect((await readLease(ports, 'web'))?.isActive).toBe(false);
});

test('a holder whose clock was set back renews all the same', async () => {
  const { acquire, clock, script } = world();
  const lease = await acquire(here);
  const before = [...script.stored.values()];
  clock.at -= 3_600_000;
  await lease.renewIfDue();
  expect([...script.stored.values()]).not.toEqual(before);
});

test('a lease of an earlier release of Directrix is read, and lives for its time to live', async () => {
  const { ports, clock, script, acquire } = world();
  await acquire(here);
  const [name = ''] = [...script.stored.keys()];
  const { holder: _, ...state } = JSON.parse(script.stored.get(name) ?? '');
  script.stored.set(
    name,
    JSON.stringify({ ...state, epoch: 1, holder: { name: 'ann@here', pid: 1, machine: 'here' } }),
  );
  await expect(acquire(there)).rejects.toMatchObject({ code: 'GROUP_BUSY' });
  clock.at += leaseTimeToLiveMs;
  expect((await readLease(ports, 'web'))?.isActive).toBe(false);
  expect((await acquire(there)).epoch).toBe(2);
});

test('a lease that cannot be read is a refusal that names its parameter and what to do', async () => {
  const { script, acquire } = world();
  script.stored.set('/directrix/groups/web/epochs/4', '{"holder":"somebody"}');
  await expect(acquire(here)).rejects.toMatchObject({
    code: 'LEASE_UNREADABLE',
    source: '/directrix/groups/web/epochs/4',
    hint: expect.stringContaining('aws ssm delete-parameter --name /directrix/groups/web/epochs/4'),
  });
  script.stored.delete('/directrix/groups/web/epochs/4');
  script.stored.set('/directrix/groups/web/epochs/notes', 'of somebody');
  expect((await acquire(here)).epoch).toBe(1);
});
