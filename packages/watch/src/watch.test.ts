import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from './alerts/channel.js';
import { createClock } from './clock.fixture.js';
import { readConfiguration } from './configuration/read-configuration.js';
import type { Look } from './history/look-record.js';
import { StateLog } from './history/state-log.js';
import type { Deploy } from './incident/deploys.js';
import type { HttpResult, Transport } from './request.js';
import { startWatch, type Watch, type WatchEvent } from './watch.js';

const t0 = Date.parse('2018-11-11T00:00:00Z');
const everyMs = 10_000;

let directory: string;
const running: Watch[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-watch-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((watch) => watch.stop()));
  rmSync(directory, { recursive: true, force: true });
});

/** A network in which places, the site and a control target are; what is cut off reaches nothing. */
function createNetwork() {
  const clock = createClock(t0);
  const watches = new Map<string, Watch>();
  const cutOff = new Set<string>();
  const site = { isDown: false, isControlDown: false };
  const attempt = () => ({ at: clock.now(), durationMs: 1, phases: { connect: 1 } });
  const answer = (): HttpResult => ({ kind: 'answer', ...attempt(), statusCode: 200, headers: {}, body: '' });
  // What cuts a place off may take a connection and end it.
  const failure = (): HttpResult => ({
    kind: 'failure',
    ...attempt(),
    phase: 'firstByte',
    code: 'ECONNRESET',
    message: '',
  });
  const transportOf =
    (place: string): Transport =>
    async ({ url }) => {
      const isDown = url.includes('control') ? site.isControlDown : site.isDown;
      return cutOff.has(place) || isDown ? failure() : answer();
    };
  const postOf =
    (place: string) =>
    async (url: string, { body }: { readonly body: string }) => {
      const to = new URL(url).hostname;
      if (cutOff.has(place) || cutOff.has(to)) throw Object.assign(new Error('no route'), { code: 'ENETUNREACH' });
      return { status: watches.get(to)?.receive(JSON.parse(body)) === 'accepted' ? 204 : 400 };
    };
  return { clock, watches, cutOff, site, transportOf, postOf };
}

interface PlaceOptions {
  readonly more?: string;
  readonly channel?: Channel['send'];
  readonly readDeploy?: () => Promise<Deploy>;
  readonly control?: boolean;
  readonly agreement?: string;
}

type Network = ReturnType<typeof createNetwork>;

function openPlace(network: Network, place: string, others: readonly string[], options: PlaceOptions = {}) {
  const places = others.map((name) => `{ name: ${name}, url: "http://${name}/" }`);
  const text = `
checks: [{ name: front page, url: "http://site/", every: ${everyMs}ms, group: web }]
control: [${options.control === false ? '' : '"http://control/"'}]
${places.length === 0 ? '' : `places: { ${options.agreement ?? ''} token: t, others: [${places}] }`}
${options.more ?? ''}
`;
  const reading = readConfiguration(text, { env: {}, place, placeDefault: place });
  if ('issues' in reading) throw new Error(JSON.stringify(reading.issues));
  const [sent, looks, events]: [string[], Look[], WatchEvent[]] = [[], [], []];
  const channel: Channel = {
    name: 'webhook 1',
    send:
      options.channel ??
      (async ({ id }) => {
        sent.push(id);
      }),
  };
  const watch = startWatch(reading.configuration, {
    clock: network.clock,
    transport: network.transportOf(place),
    post: network.postOf(place),
    channels: [channel],
    history: { append: (_check, look) => looks.push(look), lostCount: 0 },
    stateLog: new StateLog(join(directory, `${place}.jsonl`)),
    tell: ({ kind, incident }, { deploy }) => ({ title: `${kind} ${incident.check}`, text: `${deploy?.rolloutId}` }),
    readDeploy: options.readDeploy,
    onEvent: (event) => events.push(event),
  });
  running.push(watch);
  network.watches.set(place, watch);
  return { watch, sent, looks, events };
}

function openThree(network: Network, agreement = '') {
  const names = ['a', 'b', 'c'];
  const places = names.map((name) =>
    openPlace(
      network,
      name,
      names.filter((other) => other !== name),
      { agreement },
    ),
  );
  return { places, sent: () => [...new Set(places.flatMap(({ sent }) => sent))].sort() };
}

const kindsOf = (ids: readonly string[]) => ids.map((id) => id.replace(/^.*-/, ''));

describe('three places', () => {
  test('one that is partitioned raises no alarm, whoever it is', async () => {
    const network = createNetwork();
    const { sent, places } = openThree(network);
    await network.clock.advance(60_000);
    for (const name of ['a', 'b', 'c']) {
      network.cutOff.add(name);
      await network.clock.advance(300_000);
      network.cutOff.delete(name);
      await network.clock.advance(60_000);
    }
    expect(sent()).toEqual([]);
    expect(places[0]!.looks.filter(({ outcome }) => outcome === 'cutOff').length).toBeGreaterThan(10);
    expect(places[0]!.looks.some(({ outcome }) => outcome === 'bad')).toBe(false);
  });

  test('nor does one whose control target answers, but which alone does not reach the site', async () => {
    const network = createNetwork();
    const names = ['a', 'b', 'c'];
    const lone = {
      ...network,
      transportOf: () => async (request: { url: string }) =>
        network.transportOf(request.url.includes('control') ? 'a' : 'cut')(
          request as never,
          new AbortController().signal,
        ),
    };
    network.cutOff.add('cut');
    const places = [
      openPlace(lone, 'a', ['b', 'c']),
      ...['b', 'c'].map((name) =>
        openPlace(
          network,
          name,
          names.filter((other) => other !== name),
        ),
      ),
    ];
    await network.clock.advance(300_000);
    expect(places[0]!.watch.status().subjects[0]).toMatchObject({ place: { status: 'down' }, verdict: 'up' });
    expect(places.flatMap(({ sent }) => sent)).toEqual([]);
  });

  test('a real outage is alarmed within two intervals, once, and its end too; also while one is partitioned', async () => {
    const network = createNetwork();
    const { sent, places } = openThree(network);
    await network.clock.advance(60_000);
    network.cutOff.add('a');
    await network.clock.advance(60_000);
    expect(places[1]!.watch.status().others).toMatchObject([
      { name: 'a', isHeard: false },
      { name: 'c', isHeard: true },
    ]);
    network.site.isDown = true;
    await network.clock.advance(2 * everyMs);
    expect(kindsOf(sent())).toEqual(['began']);
    expect(places[1]!.sent).toHaveLength(1);
    // It comes back in the midst of it, and takes over what the others have begun to tell.
    network.cutOff.delete('a');
    await network.clock.advance(60_000);
    expect(places[0]!.watch.status().subjects[0]).toMatchObject({ incident: { kind: 'open' } });
    network.site.isDown = false;
    await network.clock.advance(120_000);
    expect(kindsOf(sent())).toEqual(['began', 'recovered']);
    expect(places.map(({ sent: each }) => kindsOf(each))).toEqual([['recovered'], ['began'], []]);
  });

  test('when the place that should send is cut off in the same moment, the next sends', async () => {
    for (const lost of [['a'], ['a', 'b']]) {
      const network = createNetwork();
      const { sent, places } = openThree(network, lost.length === 2 ? 'agree: 1,' : '');
      await network.clock.advance(60_000);
      for (const name of lost) network.cutOff.add(name);
      network.site.isDown = true;
      await network.clock.advance(2 * everyMs);
      expect(kindsOf(sent())).toEqual(['began']);
      expect(places[lost.length]!.sent).toHaveLength(1);
      await Promise.all(running.splice(0).map((watch) => watch.stop()));
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    }
  });

  test('when the place that sends goes, the next tells how it goes on', async () => {
    const network = createNetwork();
    const { sent, places } = openThree(network);
    await network.clock.advance(60_000);
    network.site.isDown = true;
    await network.clock.advance(30_000);
    expect(places.map(({ sent: each }) => each.length)).toEqual([1, 0, 0]);
    await places[0]!.watch.stop();
    network.watches.delete('a');
    network.site.isDown = false;
    await network.clock.advance(180_000);
    expect(kindsOf(sent())).toEqual(['began', 'recovered']);
    expect(places[1]!.sent).toHaveLength(1);
  });

  test('a report that is none, is old, or is of nobody we know, is refused', async () => {
    const network = createNetwork();
    const { watch } = openPlace(network, 'a', ['b']);
    const report = { schema: 'directrix.watch-report/1', place: 'b', sentAt: 5, sends: true, checks: [] };
    expect(watch.receive(report)).toBe('accepted');
    expect(watch.receive(report)).toBe('old');
    expect(watch.receive({ ...report, place: 'x' })).toBe('unknownPlace');
    expect(watch.receive({ ...report, place: 'a' })).toBe('unknownPlace');
    expect(watch.receive('nonsense')).toBe('unreadable');
  });
});

describe('one place', () => {
  test('its own network is down: no alarm, and the dead man’s switch falls silent', async () => {
    const network = createNetwork();
    const asked: string[] = [];
    const listening = {
      ...network,
      transportOf: (place: string): Transport => {
        const transport = network.transportOf(place);
        return (request, signal) => {
          asked.push(request.url);
          return transport(request, signal);
        };
      },
    };
    const pings = () => asked.filter((url) => url.includes('switch')).length;
    const { sent } = openPlace(listening, 'a', [], { more: 'deadMansSwitch: { url: "http://switch/", every: 60s }' });
    await network.clock.advance(300_000);
    const before = pings();
    expect(before).toBeGreaterThan(3);
    network.cutOff.add('a');
    await network.clock.advance(10_000);
    const since = pings();
    await network.clock.advance(600_000);
    expect([sent, pings()]).toEqual([[], since]);
  });

  test('is no slower than two intervals without others, and does not ask faster than told', async () => {
    const network = createNetwork();
    const { sent, looks } = openPlace(network, 'a', []);
    await network.clock.advance(100_000);
    expect(looks.length).toBe(11);
    network.site.isDown = true;
    await network.clock.advance(2 * everyMs);
    expect(kindsOf(sent)).toEqual(['began']);
  });

  test('an alert that does not arrive is tried again, also after a kill, and arrives once', async () => {
    const network = createNetwork();
    let tries = 0;
    const first = openPlace(network, 'a', [], {
      channel: async () => {
        tries += 1;
        throw Object.assign(new Error('https://hooks.example/secret'), { code: 'ECONNREFUSED' });
      },
    });
    network.site.isDown = true;
    await network.clock.advance(60_000);
    expect(tries).toBeGreaterThan(2);
    expect(JSON.stringify(first.events)).not.toContain('hooks.example');
    await first.watch.stop();
    const second = openPlace(network, 'a', []);
    await network.clock.advance(60_000);
    expect(kindsOf(second.sent)).toEqual(['began']);
    network.site.isDown = false;
    await network.clock.advance(120_000);
    expect(kindsOf(second.sent)).toEqual(['began', 'recovered']);
  });

  test('planned work wakes nobody', async () => {
    const network = createNetwork();
    const more =
      'maintenance: [{ from: 2018-11-11T00:00:00Z, until: 2018-11-11T00:10:00Z, note: new switch, checks: [front page] }]';
    const { sent, events } = openPlace(network, 'a', [], { more });
    network.site.isDown = true;
    await network.clock.advance(300_000);
    network.site.isDown = false;
    await network.clock.advance(300_000);
    expect(sent).toEqual([]);
    expect(events).toContainEqual({ kind: 'quiet', check: 'front page', note: 'new switch' });
  });

  test('an incident is told with the rollout that came before it', async () => {
    const network = createNetwork();
    const readDeploy = async (): Promise<Deploy> => ({
      groupName: 'web',
      rolloutId: 'r1',
      from: '0.149.1',
      to: '0.149.2',
      startedAt: t0,
      phase: 'roll',
      entries: [{ at: t0 + 20_000, instanceId: 'i-1', availabilityZone: 'us-west-2b' }],
    });
    const { events } = openPlace(network, 'a', [], { readDeploy });
    await network.clock.advance(55_000);
    network.site.isDown = true;
    await network.clock.advance(20_000);
    expect(events.find(({ kind }) => kind === 'alert')).toMatchObject({
      alert: { incident: { beganAt: t0 + 60_000 } },
      context: {
        deploy: {
          what: 'inService',
          rolloutId: 'r1',
          version: '0.149.2',
          availabilityZone: 'us-west-2b',
          beforeMs: 40_000,
        },
        underWay: [{ rolloutId: 'r1' }],
      },
    });
  });

  test('stopped, it leaves nothing behind', async () => {
    const network = createNetwork();
    const { watch, looks } = openPlace(network, 'a', ['b'], { more: 'deadMansSwitch: { url: "http://switch/" }' });
    await network.clock.advance(60_000);
    await watch.stop();
    const count = looks.length;
    await network.clock.advance(60_000);
    expect([looks.length, network.clock.sleeperCount()]).toEqual([count, 0]);
  });
});
