import { describe, expect, test } from 'vitest';
import type { Hold } from './contract/hold.js';
import type { RequestAnswer } from './gates/request-answer.js';
import { isHarmHeard, lookAgainAfterMs, mustReadAll } from './looking.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { fresh, now, old, proven, type Scene, type SceneInstance, stage, warm } from './simulation/scene.js';

const requests = { paths: [{ path: '/', usualStatus: 200 }], requestsPerSecond: 5, versionHeader: 'x-version' };
const well: RequestAnswer = { at: now, path: '/', durationMs: 20, statusCode: 200, isConnected: true };
const failed: RequestAnswer = { ...well, statusCode: 500 };
const failure = { kind: 'passing', code: 'AWS_BUSY', text: 'busy' } as const;

const proving: Hold = { code: 'PROVING', instanceId: 'x', waitedMs: 0, allowedMs: 30_000 };
const starting: Hold = { code: 'STARTING', instanceId: 'x', lifecycleState: 'Pending', waitedMs: 0, allowedMs: 1 };
const inMs = (ms: number): Hold => ({ ...proving, untilAt: now + ms });

interface Look {
  readonly instances?: readonly SceneInstance[];
  readonly scene?: Partial<Scene>;
  readonly record?: Partial<RolloutRecord>;
  readonly observation?: Partial<Observation>;
  readonly answers?: readonly RequestAnswer[];
  readonly heldBy?: readonly Hold[];
  readonly intervalMs?: number;
}

function pauseAfter(look: Look): number {
  const { instances = [old('a'), proven('x')], answers = [well], intervalMs = 10_000 } = look;
  const staged = stage({ instances, options: { requests }, record: look.record, ...look.scene });
  const targetGroups = staged.observation.targetGroups.map((one) => ({ ...one, healthCheckIntervalMs: intervalMs }));
  const observation = { ...staged.observation, requests: answers, targetGroups, ...look.observation };
  return lookAgainAfterMs(staged.record, observation, look.heldBy ?? [proving]);
}

describe('the pause, with a tick of 2 s and health checks every 10 s', () => {
  test.each<[string, Look, number]>([
    ['every request was answered well', {}, 5_000],
    ['with AWS’s default of 30 s between checks', { intervalMs: 30_000 }, 10_000],
    ['with checks all the time', { intervalMs: 0 }, 2_000],
    ['one request failed', { answers: [well, failed] }, 2_000],
    ['one reached no load balancer', { answers: [well, { ...well, isConnected: false }] }, 2_000],
    ['no request was answered', { answers: [] }, 2_000],
    ['nobody asks', { observation: { requests: undefined } }, 2_000],
    ['nobody is asked to ask', { scene: { options: {} } }, 2_000],
    ['a timer ends in 3 s', { heldBy: [inMs(3_000)] }, 3_000],
    ['a timer ends in 1 s', { heldBy: [inMs(1_000)] }, 2_000],
    ['a timer has ended', { heldBy: [inMs(-1_000), inMs(60_000)] }, 2_000],
    ['a timer ends later', { heldBy: [inMs(60_000)] }, 5_000],
    ['something was changed', { heldBy: [] }, 2_000],
    ['new ones are Pending', { instances: [old('a'), fresh('x', { state: 'Pending' })], heldBy: [starting] }, 2_500],
    [
      'new ones are Pending, and nobody asks',
      { instances: [old('a'), fresh('x', { state: 'Pending' })], heldBy: [starting], answers: [] },
      2_500,
    ],
    ['no new one exists yet', { instances: [old('a')] }, 2_000],
    ['one is healthy, and has not said its version', { instances: [old('a'), fresh('x')] }, 2_000],
    [
      'one is ill',
      { instances: [old('a'), fresh('x', { health: 'unhealthy', learned: { unhealthySince: now - 4_000 } })] },
      2_000,
    ],
    ['going back', { record: { isGoingBack: true, phase: 'rollBack' } }, 2_000],
    ['the bake', { instances: [warm('a'), proven('x')], record: { phase: 'bake' } }, 5_000],
    ['the last warm one drains', { instances: [warm('a'), proven('x')], record: { phase: 'finish' } }, 5_000],
    ['everything warm is gone', { instances: [proven('x')], record: { phase: 'finish' } }, 2_000],
    ['a part was not read', { observation: { unreadable: [{ part: 'activities', failure }] } }, 2_000],
    [
      'more instances than requests can meet',
      { instances: Array.from({ length: 30 }, (_, index) => proven(`x${index}`)) },
      2_000,
    ],
  ])('%s', (_name, look, expected) => {
    expect(pauseAfter(look)).toBe(expected);
  });
});

describe('everything is read anew', () => {
  const record = (change: Partial<RolloutRecord>, ours: Partial<RolloutRecord['ours']> = {}) =>
    stage({ instances: [old('a'), proven('x')], record: change, ours }).record;
  const known = (change: object) => {
    const { instances } = record({});
    return { instances: { ...instances, x: { firstSeenAt: now, ...instances.x, ...change } } };
  };

  test.each<[string, RolloutRecord, boolean]>([
    ['not while nothing is on its way', record({}), false],
    ['not in the bake', record({ phase: 'bake' }), false],
    ['on the way back', record({ phase: 'rollBack', isGoingBack: true }), true],
    ['at the end', record({ phase: 'finish' }), true],
    ['with a change on its way', record({}, { inFlight: [{ kind: 'terminate', ...change }] }), true],
    [
      'with a capacity that somebody seems to have written',
      record({ base: { desiredCapacity: 3, otherValue: 4 } }),
      true,
    ],
    ['with a pin that somebody seems to have moved', record({}, { pin: { ...pin, driftCount: 1 } }), true],
    ['after a part could not be read', record({ unreadableSince: now }), true],
    ['with an instance that was not seen', record(known({ missedCount: 1 })), true],
    ['with one that is lost, and nothing says why', record(known({ lostAt: now, unexplainedCount: 1 })), true],
    [
      'not with one that is lost, and was looked for often enough',
      record(known({ lostAt: now, unexplainedCount: 3 })),
      false,
    ],
    ['not with one that left by our doing', record(known({ leftAt: now, missedCount: 2 })), false],
  ])('%s', (_name, given, expected) => {
    expect(mustReadAll(given)).toBe(expected);
  });
});

const change = { instanceIds: ['a'], isCounted: true, at: now, isConfirmed: true } as const;
const pin = { version: '8', at: now, isConfirmed: true, isSeen: true } as const;

test.each<[string, Partial<RequestAnswer>, boolean]>([
  ['an answer like any other', {}, false],
  ['a server error', { statusCode: 503 }, true],
  ['no answer', { statusCode: undefined, trouble: 'timeout' }, true],
  ['a client error where there was none', { statusCode: 404 }, true],
  ['a smoke check that was not met', { isUnexpected: true }, true],
  ['slower than ever', { durationMs: 9_000 }, true],
  ['of the new version', { version: '2.0' }, false],
  ['of a version that nobody expects', { version: '1.9' }, true],
])('%s ends the pause: %#', (_name, answer, isHarm) => {
  const staged = stage({ instances: [old('a')], options: { requests } }).record;
  const usual = { failureRate: 0.01, slowRate: 0.01, goodRate: 0.01, slowMs: 1_000 };
  const record = { ...staged, gates: { requests: { usual } } } as unknown as RolloutRecord;
  expect(isHarmHeard(record, [well, { ...well, ...answer }])).toBe(isHarm);
});
