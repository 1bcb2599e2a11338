import type { InstanceObservation } from '@directrix/rollout';
import { expect, test } from 'vitest';
import { type Fetch, hearReports } from './hear-reports.js';

const instance = (instanceId: string): InstanceObservation => ({
  instanceId,
  lifecycleState: 'InService',
  healthStatus: 'Healthy',
  availabilityZone: 'us-west-2a',
  privateDnsName: `${instanceId}.internal`,
  isProtectedFromScaleIn: false,
});
const ids = ['i-a', 'i-b', 'i-c'];
const request = {
  route: { url: 'http://lb:80' },
  path: '/healthz',
  wantedIds: ids,
  instances: ids.map(instance),
  targetCount: 3,
};
// Only an aborted sleep ends: no request here is too slow unless it says so.
const patientClock = {
  now: () => 7,
  sleep: (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
};
const pageOf = (body: string, status = 200) => ({
  status,
  body: (async function* () {
    yield Buffer.from(body);
  })(),
});

function roundRobin(version: string): { readonly fetch: Fetch; readonly urls: string[] } {
  const urls: string[] = [];
  const fetch: Fetch = async (url) => {
    const id = ids[urls.push(url) % ids.length];
    return pageOf(`VERSION: ${version}\nFQDN: ${id}.internal\nOK`);
  };
  return { fetch, urls };
}

test('everybody who was asked for is heard once, by instance id', async () => {
  const { fetch, urls } = roundRobin('2');
  const { reports, troubles } = await hearReports(request, { fetch, clock: patientClock });
  expect(reports.map(({ instanceId, version, status }) => [instanceId, version, status]).sort()).toEqual([
    ['i-a', '2', 'OK'],
    ['i-b', '2', 'OK'],
    ['i-c', '2', 'OK'],
  ]);
  expect(troubles).toEqual([]);
  expect(new Set(urls)).toEqual(new Set(['http://lb:80/healthz']));
});

test('of what one instance says again and again the last counts, and another version is told too', async () => {
  const said = ['1 KO: starting', '1 OK', '2 OK'];
  let asked = 0;
  const fetch: Fetch = async () => {
    const [version, ...status] = said[Math.min(asked++, said.length - 1)]!.split(' ');
    return pageOf(`VERSION: ${version}\nFQDN: i-a.internal\n${status.join(' ')}`);
  };
  const { reports } = await hearReports({ ...request, wantedIds: ['i-b'] }, { fetch, clock: patientClock });
  expect(reports.map(({ instanceId, version, status }) => [instanceId, version, status])).toEqual([
    ['i-a', '1', 'OK'],
    ['i-a', '2', 'OK'],
  ]);
});

test('each request asks for a connection of its own and for the host that the rule wants', async () => {
  const headers: Readonly<Record<string, string>>[] = [];
  const fetch: Fetch = async (_url, init) => {
    headers.push(init.headers);
    return pageOf('VERSION: 1\nFQDN: i-a.internal\nOK');
  };
  const route = { url: 'http://lb:80', host: 'hyperbo.la' };
  await hearReports({ ...request, route, wantedIds: ['i-a'] }, { fetch, clock: patientClock });
  expect(headers[0]).toMatchObject({ connection: 'close', host: 'hyperbo.la' });
});

test('somebody who never answers is not waited for beyond the bound', async () => {
  let asked = 0;
  const fetch: Fetch = async () => {
    asked++;
    return pageOf('VERSION: 1\nFQDN: i-a.internal\nOK');
  };
  const { reports } = await hearReports({ ...request, targetCount: 1_000 }, { fetch, clock: patientClock });
  expect(reports.map(({ instanceId }) => instanceId)).toEqual(['i-a']);
  expect(asked).toBe(64);
});

test('a server that refuses is trouble, told once, and soon left alone', async () => {
  let asked = 0;
  const fetch: Fetch = async () => {
    asked++;
    throw Object.assign(new TypeError('fetch failed'), { cause: new Error('connect ECONNREFUSED') });
  };
  const heard = await hearReports({ ...request, targetCount: 30 }, { fetch, clock: patientClock });
  expect(heard).toEqual({ reports: [], troubles: ['http://lb:80/healthz: connect ECONNREFUSED'], isAnswered: false });
  expect(asked).toBeLessThan(12);
});

test('a page without a version is trouble, not a report', async () => {
  const { reports, troubles } = await hearReports(request, {
    fetch: async () => pageOf('Bad Gateway', 502),
    clock: patientClock,
  });
  expect(reports).toEqual([]);
  expect(troubles).toEqual(['http://lb:80/healthz answered 502 without VERSION']);
});

test('a request that hangs is given up by the clock that was passed in', async () => {
  const fetch: Fetch = (_url, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { troubles } = await hearReports(request, { fetch, clock: { now: () => 0, sleep: async () => undefined } });
  expect(troubles).toEqual(['http://lb:80/healthz: no answer within 5 s']);
});

test('a name that belongs to nobody in the group is reported without an instance', async () => {
  const { reports } = await hearReports(request, {
    fetch: async () => pageOf('VERSION: 1\nFQDN: stranger.internal\nOK'),
    clock: patientClock,
  });
  expect(reports).toEqual([
    { at: 7, instanceId: undefined, fqdn: 'stranger.internal', version: '1', status: 'OK', statusCode: 200 },
  ]);
});

test.each<[string, Readonly<Record<string, string>>, string, string | undefined]>([
  ['the page alone', {}, 'VERSION: 1\nFQDN: i-a.internal\nOK', '1'],
  ['a header beside JSON', { 'x-version': '2' }, '{"hostname": "i-a.internal", "status": "ok"}', '2'],
  ['the page before a header', { 'x-version': ' 2 ' }, 'VERSION: 1\nFQDN: i-a.internal\nOK', '1'],
  ['an empty header', { 'x-version': '' }, 'VERSION: 1\nFQDN: i-a.internal\nOK', '1'],
  ['JSON alone', {}, '{"Version": "3", "FQDN": "i-a.internal", "status": "OK"}', '3'],
  ['a header of another name', { 'x-release': '2' }, 'FQDN: i-a.internal\nOK', undefined],
])('the version is named by %s', async (_name, headers, body, version) => {
  const fetch: Fetch = async () => ({ ...pageOf(body), headers: new Headers(headers) });
  const { reports, troubles } = await hearReports({ ...request, wantedIds: ['i-a'] }, { fetch, clock: patientClock });
  expect(reports[0]?.version).toBe(version);
  expect(troubles).toEqual(version === undefined ? ['http://lb:80/healthz answered 200 without VERSION'] : []);
});

test('the header may have another name', async () => {
  const headers = new Headers({ 'x-release': '2' });
  const fetch: Fetch = async () => ({ ...pageOf('FQDN: i-a.internal\nOK'), headers });
  const { reports } = await hearReports(
    { ...request, wantedIds: ['i-a'], versionHeader: 'x-release' },
    { fetch, clock: patientClock },
  );
  expect(reports.map(({ instanceId, version }) => [instanceId, version])).toEqual([['i-a', '2']]);
});
