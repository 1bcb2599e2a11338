import type { RolloutRecord } from '@directrix/rollout';
import { expect, test } from 'vitest';
import { createParameterScript, createScriptedClients } from '../clients/scripted-clients.fixture.js';
import { loadHistory, rememberRollout, withdrawRelease } from './history.js';
import { groupPath } from './parameter-names.js';

const release = (version: string) => ({ version, imageId: `ami-${version}`, launchTemplateVersion: version });

function world() {
  const script = createParameterScript({ now: () => 0 });
  const { clients, calls } = createScriptedClients(script);
  let at = 0;
  const end = (
    from: string,
    to: string,
    outcome: 'done' | 'rolledBack' | 'needsHuman',
    codes = ['START_TIMEOUT'],
    servingCount = 3,
  ) => {
    at += 1;
    const evidence = outcome === 'rolledBack' ? codes.map((code) => ({ code })) : [];
    const record = {
      groupName: 'web',
      rolloutId: `r${at}`,
      original: { servingCount },
      from: release(from),
      to: release(to),
      outcome,
      evidence,
    };
    return rememberRollout(clients, record as unknown as RolloutRecord, at);
  };
  const withdraw = (version: string) =>
    withdrawRelease(clients, 'web', { ...release(version), at: ++at, rolloutId: `r${at}` });
  const told = async () =>
    (await loadHistory(clients, 'web')).map(({ version, withdrawnAt }) =>
      withdrawnAt ? `${version} withdrawn` : version,
    );
  return { script, clients, calls, end, withdraw, told };
}

test('what a rollout came to is remembered, newest first: both releases of a good one, the old one of a bad one', async () => {
  const { end, told } = world();
  await end('1', '2', 'done');
  expect(await told()).toEqual(['2', '1']);
  await end('2', '3', 'rolledBack');
  expect(await told()).toEqual(['2', '1']);
  await end('2', '4', 'needsHuman');
  expect(await told()).toEqual(['2', '1']);
  await end('2', '3', 'done');
  expect(await told()).toEqual(['3', '2', '1']);
});

test('a release that served nobody when it was replaced is nothing to come back to', async () => {
  const { end, told } = world();
  await end('1', '2', 'done');
  await end('2', '3', 'done', [], 0);
  expect(await told()).toEqual(['3', '2 withdrawn', '1']);
  const other = world();
  await other.end('2', '3', 'done', [], 0);
  expect(await other.told()).toEqual(['3']);
});

test('a rollout is remembered once, by whoever reads its record', async () => {
  const { clients, calls, told } = world();
  const record = {
    groupName: 'web',
    rolloutId: 'r',
    original: { servingCount: 3 },
    from: release('1'),
    to: release('2'),
    outcome: 'done',
    evidence: [],
  };
  for (let turn = 0; turn < 3; turn++) await rememberRollout(clients, record as unknown as RolloutRecord, turn);
  expect(await told()).toEqual(['2', '1']);
  expect(calls.filter(({ action }) => action === 'ssm:PutParameter')).toHaveLength(1);
});

test('a release that was rolled away from stays withdrawn until a rollout to it ends well', async () => {
  const { end, withdraw, told } = world();
  await end('1', '2', 'done');
  await withdraw('2');
  await withdraw('2');
  await end('2', '1', 'done');
  expect(await told()).toEqual(['1', '2 withdrawn']);
  await end('1', '3', 'done');
  expect(await told()).toEqual(['3', '1', '2 withdrawn']);
  await end('3', '2', 'done');
  expect(await told()).toEqual(['2', '3', '1']);
});

test('a release that was good and then failed is withdrawn; one whose rollout a person gave up is not', async () => {
  const { end, told } = world();
  await end('1', '2', 'done');
  await end('2', '1', 'rolledBack', ['ABORTED']);
  expect(await told()).toEqual(['2', '1']);
  await end('2', '1', 'rolledBack', ['ABORTED', 'START_TIMEOUT']);
  expect(await told()).toEqual(['2', '1 withdrawn']);
});

test('a release that is withdrawn before the group was ever rolled is on record as that', async () => {
  const { withdraw, told } = world();
  await withdraw('1');
  expect(await told()).toEqual(['1 withdrawn']);
});

test('ten releases are kept, and fewer where their names would not fit into a parameter', async () => {
  const { end, told, script } = world();
  for (let version = 1; version <= 14; version++) await end(String(version), String(version + 1), 'done');
  expect(await told()).toEqual(['15', '14', '13', '12', '11', '10', '9', '8', '7', '6']);
  for (let version = 1; version <= 9; version++)
    await end(`${version}${'x'.repeat(600)}`, `${version + 1}${'x'.repeat(600)}`, 'done');
  expect((await told())[0]).toMatch(/^10x/);
  expect(Buffer.byteLength(script.stored.get('/directrix/groups/web/history') ?? '')).toBeLessThanOrEqual(4_000);
});

test.each(['{"not":"a list"}', '[{"version":1}]', 'no JSON'])(
  'a history that cannot be read is a refusal that names its parameter, and it is not written over: %s',
  async (value) => {
    const { script, clients, end } = world();
    const name = '/directrix/groups/web/history';
    script.stored.set(name, value);
    const refusal = { code: 'HISTORY_UNREADABLE', source: name, hint: expect.stringContaining(`--name ${name}`) };
    await expect(loadHistory(clients, 'web')).rejects.toMatchObject(refusal);
    await expect(end('1', '2', 'done')).rejects.toMatchObject(refusal);
    expect(script.stored.get(name)).toBe(value);
  },
);

test('a history of an earlier release of Directrix is read', async () => {
  const { script, told } = world();
  script.stored.set('/directrix/groups/web/history', JSON.stringify([{ ...release('7'), at: 7, rolloutId: 'r7' }]));
  expect(await told()).toEqual(['7']);
});

test('no two groups share a parameter, whatever they are called', () => {
  const names = ['web', 'web/a', 'web a', 'web.2f.a', 'web.a', 'wéb', 'web-a', 'web_a'];
  const paths = names.map(groupPath);
  expect(new Set(paths).size).toBe(names.length);
  for (const path of paths) expect(path).toMatch(/^\/directrix\/groups\/[A-Za-z0-9_.-]+$/);
});
