import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Deploy, findDeploy } from './deploys.js';
import { type Alert, advanceIncident, type IncidentState, wellState } from './incident.js';
import { advancePlace, type PlaceState } from './place-state.js';
import type { Sight } from './sight.js';
import { judgeReports, type PlaceReport, type Verdict } from './verdict.js';

const trouble = { kind: 'failure', phase: 'connect', code: 'ECONNREFUSED' } as const;
const good: Sight = { kind: 'good' };
const bad: Sight = { kind: 'bad', trouble };
const cutOff: Sight = { kind: 'cutOff', trouble };

describe('one place', () => {
  const statuses = (sights: readonly Sight[], confirmations = 1) => {
    let state: PlaceState | undefined;
    return sights.map((sight, index) => {
      state = advancePlace(state, sight, index * 1_000, { confirmations });
      return state.status;
    });
  };

  test.each<[sights: readonly Sight[], confirmations: number, statuses: readonly string[]]>([
    [[good, bad, bad, good], 1, ['up', 'suspect', 'down', 'up']],
    [[bad], 0, ['down']],
    [[bad, good, bad, good], 1, ['suspect', 'up', 'suspect', 'up']],
    [[bad, cutOff, bad], 1, ['suspect', 'cutOff', 'down']],
    [[cutOff, cutOff, cutOff], 0, ['cutOff', 'cutOff', 'cutOff']],
  ])('%j with %i confirmations: %j', (sights, confirmations, expected) => {
    expect(statuses(sights, confirmations)).toEqual(expected);
  });

  test('it is down since the first of the bad looks', () => {
    const first = advancePlace(undefined, bad, 1_000, { confirmations: 1 });
    expect(advancePlace(first, bad, 2_000, { confirmations: 1 })).toMatchObject({ status: 'down', downSince: 1_000 });
  });
});

describe('several places', () => {
  const terms = { placeNames: ['a', 'b', 'c'], agree: 2, silentAfterMs: 20_000 };
  const judge = (
    told: Readonly<Record<string, PlaceReport['status']>>,
    more: Partial<typeof terms> = {},
    heardAt = 0,
  ) =>
    judgeReports(
      Object.entries(told).map(([place, status]) => ({ place, status, heardAt, downSince: 5, trouble })),
      { ...terms, ...more },
      10_000,
    ).kind;

  test.each<[told: Readonly<Record<string, PlaceReport['status']>>, agree: number, verdict: Verdict['kind']]>([
    [{ a: 'down', b: 'up', c: 'up' }, 2, 'up'],
    [{ a: 'down', b: 'down', c: 'up' }, 2, 'down'],
    [{ a: 'cutOff', b: 'down', c: 'down' }, 2, 'down'],
    [{ a: 'cutOff', b: 'up', c: 'up' }, 2, 'up'],
    // Nobody can tell: never an alarm, and never the end of one.
    [{ a: 'cutOff', b: 'cutOff', c: 'cutOff' }, 2, 'unknown'],
    [{ a: 'down', b: 'cutOff', c: 'cutOff' }, 2, 'unknown'],
    [{ a: 'down' }, 2, 'unknown'],
    // Who is cut off is no witness of an end either.
    [{ a: 'cutOff', b: 'up' }, 2, 'unknown'],
    [{ a: 'up' }, 2, 'unknown'],
    [{ a: 'suspect', b: 'suspect', c: 'suspect' }, 2, 'unknown'],
    [{ a: 'suspect', b: 'up', c: 'up' }, 2, 'up'],
    [{ a: 'down' }, 1, 'down'],
    [{ a: 'up', b: 'up' }, 1, 'up'],
    [{ a: 'up', b: 'suspect' }, 1, 'unknown'],
    // Somebody who is no place of ours has no voice.
    [{ a: 'up', b: 'up', x: 'down', y: 'down' }, 2, 'up'],
  ])('%j, %i must agree: %s', (told, agree, verdict) => {
    expect(judge(told, { agree })).toBe(verdict);
  });

  test('a place that was not heard for long is silent, whatever it said last', () => {
    expect(judge({ a: 'down', b: 'down', c: 'up' }, {}, -10_001)).toBe('unknown');
  });

  test('W4: fewer than enough places that are down never make an alarm', () => {
    const status = fc.constantFrom<PlaceReport['status']>('up', 'suspect', 'down', 'cutOff');
    fc.assert(
      fc.property(fc.array(status, { maxLength: 7 }), fc.integer({ min: 1, max: 7 }), (statuses, agree) => {
        const placeNames = statuses.map((_, index) => `p${index}`);
        const reports = statuses.map((each, index) => ({ place: `p${index}`, status: each, heardAt: 0 }));
        const { kind } = judgeReports(reports, { placeNames, agree, silentAfterMs: 1 }, 0);
        const downCount = statuses.filter((each) => each === 'down').length;
        expect(kind === 'down').toBe(downCount >= agree);
        // W5: and it is up only when those that do not say so could not make one either.
        const others = statuses.filter((each) => each === 'down' || each === 'suspect').length;
        if (kind === 'up') expect(others).toBeLessThan(agree);
      }),
    );
  });
});

const settings = { recoverAfterMs: 60_000, resendEveryMs: 3_600_000 };
const up: Verdict = { kind: 'up' };
const unknown: Verdict = { kind: 'unknown', silent: ['a'] };

/** Runs verdicts, one every `everyMs`, through the machine. */
function play(verdicts: readonly Verdict['kind'][], everyMs = 10_000, more: Partial<typeof settings> = {}) {
  let state: IncidentState = wellState;
  const alerts: Alert[] = [];
  for (const [index, kind] of verdicts.entries()) {
    const at = index * everyMs;
    const verdict: Verdict =
      kind === 'down' ? { kind, since: at, places: ['a', 'b'], trouble } : kind === 'up' ? up : unknown;
    const step = advanceIncident(state, 'front page', verdict, at, { ...settings, ...more });
    state = step.state;
    alerts.push(...step.alerts);
  }
  return {
    state,
    alerts,
    kinds: alerts.map(({ kind }) => kind),
    ids: new Set(alerts.map(({ incident }) => incident.id)),
  };
}

const times = <Item>(count: number, items: readonly Item[]): Item[] =>
  Array.from({ length: count }, () => items).flat();

describe('an incident', () => {
  test('begins once and ends once', () => {
    const { alerts, kinds } = play(['up', 'down', 'down', 'down', ...times(8, ['up'] as const)]);
    expect(kinds).toEqual(['began', 'recovered']);
    expect(alerts[0]).toMatchObject({
      at: 10_000,
      incident: { id: 'front page/1970-01-01T00:00:10.000Z', beganAt: 10_000 },
    });
    // Well since 40 s; believed a minute later.
    expect(alerts[1]).toMatchObject({ at: 100_000, endedAt: 40_000 });
  });

  test('100 flaps are one incident and two alerts', () => {
    const { kinds, alerts, ids } = play([...times(100, ['down', 'up'] as const), ...times(7, ['up'] as const)]);
    expect(kinds).toEqual(['began', 'recovered']);
    expect(ids.size).toBe(1);
    expect(alerts[1]?.incident.flapCount).toBe(99);
  });

  test('100 slow flaps, five minutes each, are one incident and a handful of alerts', () => {
    const { kinds, ids } = play(times(100, [...times(15, ['down'] as const), ...times(15, ['up'] as const)]), 10_000, {
      resendEveryMs: 1e9,
    });
    expect(ids.size).toBe(1);
    expect(kinds).toEqual(['began', 'recovered', 'began', 'recovered', 'began']);
  });

  test('a failure long after is another', () => {
    const { ids } = play(['down', ...times(200, ['up'] as const), 'down']);
    expect(ids.size).toBe(2);
  });

  test('what nobody can tell neither opens it nor ends it', () => {
    expect(play(times(100, ['unknown'] as const)).kinds).toEqual([]);
    const { kinds, state } = play(['down', ...times(100, ['unknown'] as const)]);
    expect([kinds, state.kind]).toEqual([['began'], 'open']);
  });

  test('is told again while it goes on, each time with another id', () => {
    const { kinds, alerts } = play(times(100, ['down'] as const), 60_000, { resendEveryMs: 1_800_000 });
    expect(kinds).toEqual(['began', 'continues', 'continues', 'continues']);
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(4);
  });

  test('during planned work nothing is told; what is open afterwards is told then', () => {
    const step = (state: IncidentState, verdict: Verdict, at: number, isQuiet: boolean) =>
      advanceIncident(state, 'a', verdict, at, { ...settings, isQuiet });
    const down: Verdict = { kind: 'down', since: 0, places: ['a'], trouble };
    const opened = step(wellState, down, 0, true);
    expect(opened.alerts).toEqual([]);
    expect(step(opened.state, down, 10_000, false).alerts).toMatchObject([{ kind: 'began', incident: { beganAt: 0 } }]);
    const well = step(step(opened.state, up, 10_000, true).state, up, 80_000, false);
    expect([well.state.kind, well.alerts]).toEqual(['well', []]);
  });

  test('whatever is seen, alerts alternate, and an incident that was told as begun is told as over or is open', () => {
    const verdict = fc.constantFrom<Verdict['kind']>('up', 'down', 'unknown');
    fc.assert(
      fc.property(
        fc.array(verdict, { maxLength: 200 }),
        fc.constantFrom(1_000, 10_000, 61_000),
        (verdicts, everyMs) => {
          const { kinds, state, alerts } = play(verdicts, everyMs, { resendEveryMs: 1e9 });
          kinds.forEach((kind, index) => {
            expect(kind).toBe(index % 2 === 0 ? 'began' : 'recovered');
          });
          expect(state.kind).toBe(kinds.length % 2 === 1 ? 'open' : 'well');
          expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
        },
      ),
    );
  });
});

describe('the deploy before an incident', () => {
  const deploy: Deploy = {
    groupName: 'web',
    rolloutId: 'r1',
    from: '1',
    to: '2',
    startedAt: 0,
    phase: 'roll',
    entries: [
      { at: 100_000, instanceId: 'i-1', availabilityZone: 'us-west-2a' },
      { at: 200_000, instanceId: 'i-2', availabilityZone: 'us-west-2b' },
    ],
  };

  test.each<[beganAt: number, note: object | undefined]>([
    [240_000, { what: 'inService', beforeMs: 40_000, availabilityZone: 'us-west-2b', version: '2', isUnderWay: true }],
    [150_000, { what: 'inService', beforeMs: 50_000, availabilityZone: 'us-west-2a' }],
    [50_000, { what: 'started', beforeMs: 50_000 }],
    [-1, undefined],
    [4_000_000, undefined],
  ])('%i ms: %j', (beganAt, note) => {
    const found = findDeploy([deploy], beganAt, 3_600_000);
    if (note === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(note);
  });
});
