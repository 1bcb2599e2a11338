import { describe, expect, test } from 'vitest';
import { endInVain, endWithNeed, giveBackSizes, resumeProcesses } from './give-back.js';
import { listMembers } from './members.js';
import { describeDecisions, fresh, now, old, options, proven, type Scene, stage } from './simulation/scene.js';
import { readSituation } from './step.js';

const denied = { kind: 'denied', code: 'ACCESS_DENIED', text: 'no' } as const;
const refused = (kind: 'terminate' | 'setSizes' | 'resumeProcesses') => ({
  refusals: { [kind]: { count: 5, since: now, failure: denied } },
});
const lent = (original: number, during: number) => ({ maxSize: { original, during } });
const need = { code: 'OBSERVE_FAILED', waitedMs: 1, failure: denied } as const;
const three = [proven('x'), proven('y'), proven('z')];
const inFlight = [{ kind: 'setDesired', from: 3, to: 5, at: now, isConfirmed: true }] as const;

function situationOf(scene: Scene) {
  const { record, observation } = stage({ ...scene, record: { phase: 'finish', ...scene.record } });
  return readSituation(record, observation, listMembers(record, observation));
}

describe('the sizes that are given back', () => {
  test.each<readonly [string, Scene, readonly string[]]>([
    ['nothing, where nothing is ours', { instances: three, ours: { surge: 0 } }, []],
    [
      'what we added and the group has not launched is not launched any more',
      { instances: three, desired: 5, base: 3, ours: { surge: 2 } },
      ['setSizes desired 3'],
    ],
    [
      'what we added and the group has leaves by name: not serving first, then youngest',
      {
        instances: [...three, fresh('v', { health: 'unhealthy' }), fresh('w', { learned: { firstSeenAt: now } })],
        base: 3,
        ours: { surge: 2 },
      },
      ['terminate v w and decrement'],
    ],
    [
      'nobody leaves beyond what we added, whatever is there',
      { instances: [...three, fresh('v', { health: 'unhealthy' }), fresh('w')], base: 3, ours: { surge: 1 } },
      ['terminate v and decrement'],
    ],
    [
      'what we took too much comes back',
      { instances: [proven('x'), proven('y')], base: 3, ours: { surge: -1 } },
      ['setSizes desired 3'],
    ],
    [
      'no capacity is written while a change of ours has not been seen',
      { instances: three, desired: 5, base: 3, ours: { surge: 2, inFlight } },
      [],
    ],
    [
      'the capacity before MaxSize, which would choose who leaves',
      { instances: [...three, fresh('v')], base: 3, max: 4, ours: { surge: 1, ...lent(3, 4) } },
      ['terminate v and decrement'],
    ],
    ['then MaxSize', { instances: three, max: 4, ours: { surge: 0, ...lent(3, 4) } }, ['setSizes max 3']],
    [
      'who wants more than MaxSize allows gets what MaxSize allows, and the one of least use goes',
      {
        instances: [...three, fresh('v', { health: 'unhealthy' })],
        base: 4,
        max: 4,
        ours: { surge: 0, ...lent(3, 4) },
      },
      ['terminate v and decrement'],
    ],
    [
      'what is wanted beyond MaxSize and is not there yet costs nobody his place',
      { instances: [old('a'), old('b')], desired: 4, base: 4, max: 5, ours: { surge: 0, ...lent(3, 5) } },
      ['setSizes max 3'],
    ],
    [
      'where nobody may be terminated, MaxSize is given back all the same',
      {
        instances: [...three, fresh('v')],
        base: 4,
        max: 4,
        ours: { surge: 0, ...lent(3, 4) },
        record: refused('terminate'),
      },
      ['setSizes max 3'],
    ],
    [
      'where nobody may be terminated, and all serve, the group chooses',
      { instances: [...three, proven('w')], base: 3, ours: { surge: 1 }, record: refused('terminate') },
      ['setSizes desired 3'],
    ],
    [
      'and where not all serve, it does not, and MaxSize comes back',
      {
        instances: [...three, fresh('v', { health: 'unhealthy' })],
        base: 3,
        max: 4,
        ours: { surge: 1, ...lent(3, 4) },
        record: refused('terminate'),
      },
      ['setSizes max 3'],
    ],
  ])('%s', (_name, scene, lines) => {
    expect(describeDecisions(giveBackSizes(situationOf(scene)))).toEqual(lines);
  });
});

describe('the processes that are given back', () => {
  const suspended = ['AZRebalance', 'Launch'];
  test.each<readonly [string, Scene, readonly string[]]>([
    ['those that we suspended', { instances: three }, ['AZRebalance', 'Launch']],
    [
      'not those that were suspended before us',
      { instances: three, original: { suspendedProcesses: ['AZRebalance'] } },
      ['Launch'],
    ],
    [
      'not Launch, while the group would launch the bad release',
      { instances: three, record: { isGoingBack: true } },
      ['AZRebalance'],
    ],
    [
      'Launch too, once the group names the good one',
      { instances: three, pin: '7', record: { isGoingBack: true } },
      ['AZRebalance', 'Launch'],
    ],
  ])('%s', (_name, scene, processes) => {
    const ours = { suspendedProcesses: suspended };
    expect(resumeProcesses(situationOf({ ...scene, ours, suspended }))[0]).toMatchObject({ processes });
  });
});

describe('an end that needs a person', () => {
  const scene: Scene = { instances: three, max: 4, ours: { surge: 0, ...lent(3, 4) } };
  test('gives back first what can be given back', () => {
    const plan = endWithNeed(situationOf(scene), need, true);
    expect({ lines: describeDecisions(plan.acts), end: plan.end }).toEqual({
      lines: ['resumeProcesses AZRebalance AlarmNotification ScheduledActions ReplaceUnhealthy', 'setSizes max 3'],
      end: undefined,
    });
  });

  test.each(['setSizes', 'resumeProcesses'] as const)('what is refused (%s) keeps nothing else', (kind) => {
    const plan = endWithNeed(situationOf({ ...scene, record: refused(kind) }), need, true);
    expect(plan.acts).toHaveLength(1);
    expect(plan.acts[0]?.kind).not.toBe(kind);
  });

  test('comes at last, whatever is left', () => {
    expect(endWithNeed(situationOf(scene), need, false)).toMatchObject({ acts: [], end: { need } });
  });

  const { progressDeadlineMs } = options;
  const drainMs = 30_000;
  test.each([
    ['not before a progress deadline and a drain', progressDeadlineMs + drainMs - 1, false],
    ['then', progressDeadlineMs + drainMs, true],
  ])('finish without progress ends so: %s', (_name, waitedMs, isEnd) => {
    const record = { phaseSince: now - waitedMs, progressAt: now - waitedMs };
    const given = situationOf({ instances: three, ours: { surge: 0, suspendedProcesses: [] }, record });
    expect(endInVain(given, () => need)?.end).toEqual(isEnd ? { outcome: 'needsHuman', need } : undefined);
  });
});
