import { describe, expect, test } from 'vitest';
import { decide } from '../decide.js';
import type { Observation } from '../observation.js';
import { suspendedWhileRolling } from '../roll.js';
import { fresh, now, old, proven, type Scene, stage, warm } from '../simulation/scene.js';
import { splitAnswers } from './judge-gates.js';
import type { JudgedAnswer } from './request-gate.js';

const watched = { paths: [{ path: '/', usualStatus: 200 }], requestsPerSecond: 5, versionHeader: 'x-version' };
const codesOf = (step: ReturnType<typeof decide>) => step.record.evidence.map(({ code }) => code);
const noticesOf = (step: ReturnType<typeof decide>) =>
  step.events.flatMap((event) => (event.kind === 'notice' ? [event.notice.code] : []));
const holdsOf = (step: ReturnType<typeof decide>) =>
  step.decisions.flatMap((decision) => (decision.kind === 'wait' ? decision.heldBy : [])).map(({ code }) => code);

/** Steps over the same scene, two seconds apart, each with what its observation adds. */
function step(scene: Scene, ...looks: readonly Partial<Observation>[]) {
  const { record, observation } = stage(scene);
  let last = decide(record, { ...observation, ...looks[0] });
  for (const [index, look] of looks.slice(1).entries())
    last = decide(last.record, { ...observation, at: now + 2_000 * (index + 1), ...look });
  return last;
}

describe('alarms', () => {
  const options = { alarmNames: ['web-5xx'] };
  const alarms = (state: string) => ({ alarms: [{ name: 'web-5xx', state, reason: 'Threshold Crossed' }] });
  const serving: Scene = { instances: [old('i-1'), old('i-2'), fresh('i-3')], options };

  test('one that is raised while the release serves is evidence, with its reason', () => {
    const after = step(serving, alarms('OK'), alarms('ALARM'));
    expect(after.record.evidence).toMatchObject([
      { code: 'ALARM_RAISED', alarms: [{ name: 'web-5xx', reason: 'Threshold Crossed' }] },
    ]);
    expect(after.record.phase).toBe('halt');
  });

  test('one that was raised before any of it served is told once, and not counted', () => {
    const before: Scene = { instances: [old('i-1'), old('i-2'), old('i-3')], options };
    const { record } = step(before, alarms('ALARM'));
    const { observation } = stage(serving);
    const after = decide(record, { ...observation, at: now + 2_000, ...alarms('ALARM') });
    expect(codesOf(after)).toEqual([]);
    expect(noticesOf(step(before, alarms('ALARM')))).toEqual(['ALARM_ALREADY_RAISED']);
    expect(noticesOf(after)).not.toContain('ALARM_ALREADY_RAISED');
  });

  test('a look without them changes nothing', () => {
    expect(codesOf(step(serving, alarms('OK'), {}))).toEqual([]);
  });
});

describe('requests, when somebody took every instance that served but one of the release', () => {
  const answers = (statusCode: number) => ({
    requests: Array.from({ length: 40 }, (_, index) => ({
      at: now + index,
      path: '/',
      durationMs: 1,
      statusCode,
      isConnected: true,
    })),
  });
  const options = { requests: watched, isVersionChecked: false };
  const both: Scene = {
    instances: [old('i-1'), old('i-2'), proven('i-3'), fresh('i-4', { state: 'Pending' })],
    options,
  };

  function failAfter(left: Scene['instances'][number]): readonly string[] {
    const { record, observation } = stage({ instances: [old('i-1'), old('i-2')], options });
    const usual = decide(record, { ...observation, ...answers(200) }).record.gates;
    const served = step({ ...both, record: { gates: usual } }, answers(200)).record;
    const now1 = stage({ instances: [left], options, base: 1 });
    const after = decide(
      { ...now1.record, gates: served.gates },
      { ...now1.observation, at: now + 2_000, ...answers(503) },
    );
    return codesOf(after);
  }

  test('and that one has never been healthy, the failures are not its own: its start is judged by its time', () => {
    expect(failAfter(fresh('i-4', { health: 'initial' }))).toEqual([]);
  });

  test('and that one was healthy before, the failures are its own', () => {
    const ill = fresh('i-4', { health: 'unhealthy', learned: { unhealthySince: now - 1_000, dipCount: 1 } });
    expect(failAfter(ill)).toContain('REQUESTS_FAILING');
  });
});

describe('the bake', () => {
  const instances = [proven('i-4'), proven('i-5'), proven('i-6'), warm('i-1'), warm('i-2'), warm('i-3')];
  const bake = (more: Partial<Scene> & { readonly waitedMs: number }): Scene => ({
    instances,
    ...more,
    ours: { suspendedProcesses: ['AZRebalance', 'ReplaceUnhealthy'], ...more.ours },
    options: { bakeMs: 60_000, ...more.options },
    record: { phase: 'bake', phaseSince: now - more.waitedMs, ...more.record },
  });

  test.each([
    [59_999, 'bake'],
    [60_000, 'finish'],
  ])('of 60 s is in phase %i ms -> %s', (waitedMs, phase) => {
    expect(step(bake({ waitedMs }), {}).record.phase).toBe(phase);
  });

  test('lets the group scale again, and keeps what would move or replace instances suspended', () => {
    const { record, observation } = stage(
      bake({ waitedMs: 1_000, ours: { suspendedProcesses: [...suspendedWhileRolling] } }),
    );
    expect(decide(record, observation).decisions).toMatchObject([
      { kind: 'resumeProcesses', processes: ['AlarmNotification', 'ScheduledActions'] },
      { kind: 'wait' },
    ]);
  });

  test('terminates nothing before it is over', () => {
    expect(step(bake({ waitedMs: 59_999 }), {}).decisions.map(({ kind }) => kind)).toEqual(['wait']);
  });

  test('waits for a gate that has seen too little, for as long as a rollout may stand still, and then asks a person', () => {
    const options = { bakeMs: 60_000, requests: watched };
    expect(holdsOf(step(bake({ waitedMs: 60_000, options }), { requests: [] }))).toEqual(['GATE_UNDECIDED']);
    const after = step(bake({ waitedMs: 60_000 + 630_000, options }), { requests: [] });
    expect(after.record).toMatchObject({
      outcome: 'needsHuman',
      needs: { code: 'GATE_NO_DATA', gates: ['requests'], fromVersion: '1.0', toVersion: '2.0' },
    });
  });

  test('however long, is no standstill', () => {
    const options = { bakeMs: 172_800_000 };
    expect(codesOf(step(bake({ waitedMs: 100_000_000, options, record: { progressAt: 0 } }), {}))).toEqual([]);
  });

  test('goes back to roll for an instance of another release that joined late', () => {
    const late = bake({ waitedMs: 1_000, instances: [...instances, old('i-9')] });
    expect(step(late, {}).record).toMatchObject({ phase: 'roll', roundCount: 1 });
  });

  test('goes back, and launches nothing, for an instance that falls ill', () => {
    const ill = fresh('i-6', {
      health: 'unhealthy',
      learned: { unhealthySince: now - 31_000, healthySince: undefined, verifiedAt: now - 40_000, dipCount: 1 },
    });
    const after = step(bake({ waitedMs: 40_000, instances: [...instances.filter(({ id }) => id !== 'i-6'), ill] }), {});
    expect(codesOf(after)).toEqual(['UNHEALTHY_AGAIN']);
    expect(after.decisions.map(({ kind }) => kind)).toContain('exitStandby');
    expect(after.decisions.filter((act) => act.kind === 'setSizes' && act.desiredCapacity !== undefined)).toEqual([]);
  });
});

describe('answers are judged as if every tick had been a look', () => {
  const answer = (at: number, isFailed = false) => ({ at, isFailed }) as JudgedAnswer;
  const told = (answers: readonly JudgedAnswer[]) =>
    splitAnswers(answers, 2_000).map((some) => some.map(({ at, isFailed }) => `${at}${isFailed ? '!' : ''}`).join(' '));

  test.each<[string, readonly JudgedAnswer[], readonly string[]]>([
    ['none', [], ['']],
    ['of one tick', [answer(0), answer(1_999)], ['0 1999']],
    ['of three ticks, one of them without any', [answer(0), answer(4_100), answer(5_999)], ['0', '4100 5999']],
    ['in the order in which they were asked', [answer(1_000), answer(0)], ['0 1000']],
    [
      'what came before a failure apart',
      [answer(0), answer(500), answer(1_000, true), answer(1_500)],
      ['0 500', '1000! 1500'],
    ],
    ['a failure at the beginning', [answer(0, true), answer(500)], ['0! 500']],
  ])('%s', (_name, answers, expected) => {
    expect(told(answers)).toEqual(expected);
  });
});
