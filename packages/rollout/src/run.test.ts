import { describe, expect, test } from 'vitest';
import { requestRollback } from './abort.js';
import type { Act } from './decision.js';
import { DirectrixError } from './error.js';
import type { RolloutEvent } from './event.js';
import type { Observation } from './observation.js';
import { planRollout } from './plan.js';
import type { CancelSignal, RolloutPorts } from './ports.js';
import type { RolloutRecord } from './record.js';
import { run } from './run.js';
import { goodVersion, World, type WorldOptions } from './simulation/world.js';

interface Bench {
  readonly world: World;
  readonly record: RolloutRecord;
  readonly ports: RolloutPorts;
  readonly events: RolloutEvent[];
  /** `save`, `apply setSizes`, `observe`: every port call in order. */
  readonly calls: string[];
  readonly saved: RolloutRecord[];
  readonly signal: { aborted: boolean; reason?: unknown };
}

interface Hooks {
  readonly observe?: (call: number) => void;
  readonly save?: (call: number) => void;
  readonly apply?: (act: Act, call: number) => void;
  readonly sleep?: (call: number) => void;
}

function bench(hooks: Hooks = {}, options: Partial<WorldOptions> = {}): Bench {
  const world = new World({ desired: 2, min: 1, max: 4, release: {}, ...options });
  const record = planRollout({
    observation: world.observe([]),
    from: { version: '1.0', imageId: 'ami-old', launchTemplateVersion: goodVersion },
    to: { version: '2.0', imageId: 'ami-new' },
    options: { minHealthyTimeMs: 10_000, startTimeoutMs: 60_000, progressDeadlineMs: 180_000, tickMs: 2_000 },
    rolloutId: 'r-1',
    epoch: 1,
    at: world.now,
  });
  const [events, calls, saved]: [RolloutEvent[], string[], RolloutRecord[]] = [[], [], []];
  const signal = { aborted: false } as Bench['signal'];
  const count = (name: string) => calls.filter((call) => call.startsWith(name)).length;
  const ports: RolloutPorts = {
    clock: {
      now: () => world.now,
      sleep: async (ms, cancel?: CancelSignal) => {
        calls.push('sleep');
        hooks.sleep?.(count('sleep'));
        if (cancel?.aborted) throw new Error('aborted');
        world.advance(ms);
      },
    },
    observe: async (_record, reportsFor): Promise<Observation> => {
      calls.push('observe');
      hooks.observe?.(count('observe'));
      return world.observe(reportsFor);
    },
    save: async (next) => {
      calls.push('save');
      hooks.save?.(count('save'));
      saved.push(next);
    },
    apply: async (_record, act) => {
      calls.push(`apply ${act.kind}`);
      hooks.apply?.(act, count('apply'));
      return world.apply(act, 'r-1', () => {});
    },
    journal: (event) => events.push(event),
  };
  return { world, record, ports, events, calls, saved, signal };
}

/** The codes and kinds that the real adapter throws. */
const failureKinds = {
  AWS_THROTTLED: 'passing',
  AWS_UNAVAILABLE: 'passing',
  AWS_BUSY: 'passing',
  ACCESS_DENIED: 'denied',
  AWS_REFUSED: 'refused',
  LEASE_LOST: 'conflict',
  DESIRED_CAPACITY_CHANGED: 'conflict',
} as const;

function failWith(code: keyof typeof failureKinds): never {
  throw new DirectrixError(code, `${code} happened`, { kind: failureKinds[code] });
}

describe('run', () => {
  test('takes a good release to done, and says so once', async () => {
    const { record, ports, signal, events } = bench();
    expect((await run(record, ports, signal)).outcome).toBe('done');
    expect(events.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
    expect(events[0]).toMatchObject({ kind: 'started', groupName: 'web', epoch: 1 });
  });

  test.each([
    ['all at once', 4],
    ['one at a time', 3],
  ])('old instances may drain for longer than the progress deadline, %s', async (_name, max) => {
    const { record, ports, signal } = bench({}, { drainMs: 300_000, max });
    expect((await run(record, ports, signal)).outcome).toBe('done');
  });

  test('old instances that still drain when the release dies come back once they may', async () => {
    const { record, ports, signal } = bench({}, { drainMs: 300_000, release: { failsAfterMs: 20_000 } });
    expect((await run(record, ports, signal)).outcome).toBe('rolledBack');
  });

  test('saves before it applies, every time', async () => {
    const { record, ports, signal, calls } = bench();
    await run(record, ports, signal);
    const first = calls.flatMap((call, index) =>
      call.startsWith('apply') && !calls[index - 1]?.startsWith('apply') ? [calls[index - 1]] : [],
    );
    expect(new Set(first)).toEqual(new Set(['save']));
  });

  test('journals what it decided before, and that it was applied after', async () => {
    const { record, ports, signal, events } = bench();
    await run(record, ports, signal);
    const kinds = events.filter(({ kind }) => kind === 'decided' || kind === 'applied').map(({ kind }) => kind);
    expect(kinds).toEqual(kinds.map((_, index) => (index % 2 === 0 ? 'decided' : 'applied')));
  });

  test('asks only for the versions that are still to be heard', async () => {
    const { record, ports, signal } = bench();
    const asked: (readonly string[])[] = [];
    const observe: RolloutPorts['observe'] = (next, reportsFor) => {
      asked.push(reportsFor);
      return ports.observe(next, reportsFor);
    };
    await run(record, { ...ports, observe }, signal);
    expect(asked.filter((ids) => ids.length > 0).length).toBeGreaterThan(0);
    expect(asked.filter((ids) => ids.length > 0).length).toBeLessThan(5);
  });
});

describe('a failing port', () => {
  test('a throttled read is retried, journaled, and fails nothing', async () => {
    const { record, ports, signal, events } = bench({
      observe: (call) => (call % 3 === 0 ? failWith('AWS_THROTTLED') : undefined),
    });
    expect((await run(record, ports, signal)).outcome).toBe('done');
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'retrying',
        what: 'observe',
        failure: expect.objectContaining({ code: 'AWS_THROTTLED' }),
      }),
    );
  });

  test('a read that fails for longer than the deadline asks for a human, and changes nothing more', async () => {
    const { record, ports, signal, calls } = bench({
      observe: (call) => (call > 4 ? failWith('ACCESS_DENIED') : undefined),
    });
    const ended = await run(record, ports, signal);
    expect(ended).toMatchObject({
      outcome: 'needsHuman',
      needs: { code: 'OBSERVE_FAILED', failure: { code: 'ACCESS_DENIED' } },
    });
    const lastRead = calls.indexOf(
      'observe',
      calls.findLastIndex((call) => call.startsWith('apply')),
    );
    expect(calls.slice(lastRead).filter((call) => call.startsWith('apply'))).toEqual([]);
  });

  test('a record that cannot be saved is applied nothing of', async () => {
    const { record, ports, signal, calls } = bench({ save: () => failWith('AWS_UNAVAILABLE') });
    await expect(run(record, ports, signal)).rejects.toMatchObject({ code: 'SAVE_FAILED' });
    expect(calls.filter((call) => call.startsWith('apply'))).toEqual([]);
  });

  test('a verdict that could not be written at once is decided anew, from another look', async () => {
    let isDue = false;
    let refusedAt: number | undefined;
    const { record, ports, world, events, signal, saved } = bench({
      save: () => {
        if (!isDue || refusedAt !== undefined) return;
        refusedAt = world.now;
        // Somebody scales out in this very moment: not everything in service is verified any more.
        world.scaleBy(1);
        failWith('AWS_UNAVAILABLE');
      },
    });
    const told: RolloutPorts = {
      ...ports,
      save: async (next) => {
        isDue = next.outcome === 'done';
        await ports.save(next);
      },
    };
    const ended = await run(record, told, signal);
    expect(ended.outcome).toBe('done');
    expect(refusedAt).toBeDefined();
    expect(world.listServing()).toHaveLength(3);
    expect(events.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
    expect(saved.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
  });

  test('after a slow save it looks again before it acts', async () => {
    const { record, ports, signal, calls } = bench({
      save: (call) => (call === 1 ? failWith('AWS_UNAVAILABLE') : undefined),
    });
    await run(record, ports, signal);
    expect(calls.slice(0, 6)).toEqual(['observe', 'save', 'sleep', 'save', 'observe', 'save']);
  });

  test('a refused decision ends its step: what relied on it is not tried', async () => {
    const { record, ports, signal, calls } = bench({
      apply: (_act, call) => (call === 1 ? failWith('AWS_REFUSED') : undefined),
    });
    await run(record, ports, signal);
    expect(calls.slice(0, 5)).toEqual(['observe', 'save', 'apply pinLaunchTemplate', 'sleep', 'observe']);
  });

  test('what was not tried behind a refusal is not on its way', async () => {
    const isPin = (act: Act) => act.kind === 'pinLaunchTemplate' && act.version === '8';
    let refused = 0;
    const { record, ports, signal } = bench({
      apply: (act) => {
        if (isPin(act) && refused === 0) {
          refused += 1;
          failWith('AWS_REFUSED');
        }
      },
    });
    const afterRefusal: RolloutRecord[] = [];
    const observe: RolloutPorts['observe'] = (next, reportsFor) => {
      if (refused === 1 && afterRefusal.length === 0) afterRefusal.push(next);
      return ports.observe(next, reportsFor);
    };
    await run(record, { ...ports, observe }, signal);
    expect(afterRefusal[0]?.refusals?.pinLaunchTemplate?.count).toBe(1);
    expect(afterRefusal[0]?.ours.inFlight).toEqual([]);
  });

  test('a decision that is refused every time halts the rollout, with AWS’s own words', async () => {
    const { record, ports, signal } = bench({
      apply: (act) => (act.kind === 'setSizes' ? failWith('ACCESS_DENIED') : undefined),
    });
    const ended = await run(record, ports, signal);
    expect(ended.outcome).toBe('rolledBack');
    expect(ended.evidence[0]).toMatchObject({
      code: 'APPLY_FAILED',
      act: 'setSizes',
      failure: { code: 'ACCESS_DENIED', text: 'ACCESS_DENIED happened' },
    });
  });

  test('a way back that is refused every time asks for a human', async () => {
    const { record, ports, signal } = bench(
      { apply: ({ kind }) => (['quarantine', 'terminate'].includes(kind) ? failWith('ACCESS_DENIED') : undefined) },
      { release: { isSick: true } },
    );
    expect(await run(record, ports, signal)).toMatchObject({
      outcome: 'needsHuman',
      needs: { code: 'APPLY_FAILED', act: 'terminate' },
    });
  });

  test('a throttled decision counts against nobody', async () => {
    const { record, ports, signal } = bench({
      apply: (_act, call) => (call < 12 ? failWith('AWS_THROTTLED') : undefined),
    });
    expect((await run(record, ports, signal)).outcome).toBe('done');
  });

  test('that somebody else was quicker counts against nobody, however often', async () => {
    const { record, ports, signal } = bench({
      apply: (act, call) => {
        if (call > 12 || act.kind !== 'setSizes') return;
        throw new DirectrixError('DESIRED_CAPACITY_CHANGED', 'DesiredCapacity is not 2 any more', { kind: 'conflict' });
      },
    });
    expect((await run(record, ports, signal)).outcome).toBe('done');
  });

  test('a creation that answers without a number is refused by name', async () => {
    const { record, ports, signal } = bench();
    const apply: RolloutPorts['apply'] = async (next, act) =>
      act.kind === 'createLaunchTemplateVersion' ? undefined : ports.apply(next, act);
    const ended = await run(record, { ...ports, apply }, signal);
    expect(ended.evidence[0]).toMatchObject({ failure: { code: 'APPLY_WITHOUT_RESULT', kind: 'defect' } });
  });
});

describe('the lease', () => {
  test('S4: who has lost it touches nothing more', async () => {
    const { record, ports, signal, calls } = bench({
      save: (call) => (call === 3 ? failWith('LEASE_LOST') : undefined),
    });
    await expect(run(record, ports, signal)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(calls.at(-1)).toBe('save');
  });

  test.each(['observe', 'apply'] as const)('S4: lost in %s, nothing more is touched', async (name) => {
    const lose = () => {
      throw new DirectrixError('LEASE_LOST', 'another rollout holds web', { kind: 'conflict' });
    };
    const { record, ports, signal, calls } = bench(
      name === 'observe'
        ? { observe: (call) => (call === 3 ? lose() : undefined) }
        : { apply: (_act, call) => (call === 2 ? lose() : undefined) },
    );
    await expect(run(record, ports, signal)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(calls.at(-1)?.startsWith(name)).toBe(true);
  });
});

describe('cancellation', () => {
  test.each([1, 2, 3, 5, 8])(
    'at sleep %i: journaled, saved, without an outcome, and resumable to the end',
    async (sleeps) => {
      const { record, ports, events, saved, world } = bench();
      const signal = { aborted: false, reason: 'SIGINT' };
      let slept = 0;
      const sleep: RolloutPorts['clock']['sleep'] = async (ms) => {
        slept += 1;
        if (slept === sleeps) {
          signal.aborted = true;
          throw new Error('aborted');
        }
        world.advance(ms);
      };
      const stopped = await run(record, { ...ports, clock: { ...ports.clock, sleep } }, signal);
      expect(stopped.outcome).toBeUndefined();
      expect(events.at(-1)).toMatchObject({ kind: 'interrupted', signal: 'SIGINT' });
      expect(saved.at(-1)).toEqual(stopped);
      expect((await run(stopped, ports, { aborted: false })).outcome).toBe('done');
    },
  );

  test('between two decisions of one step: the second is not tried, and not taken for done', async () => {
    const signal = { aborted: false, reason: 'SIGTERM' };
    const { record, ports, calls } = bench({
      apply: () => {
        signal.aborted = true;
      },
    });
    const stopped = await run(record, ports, signal);
    expect(calls.filter((call) => call.startsWith('apply'))).toEqual(['apply pinLaunchTemplate']);
    expect((await run(stopped, ports, { aborted: false })).outcome).toBe('done');
  });

  test.each([1, 3, 8, 12])('at sleep %i, then aborted: everything is as it was', async (sleeps) => {
    const { record, ports, world } = bench();
    const signal = { aborted: false };
    let slept = 0;
    const sleep: RolloutPorts['clock']['sleep'] = async (ms) => {
      slept += 1;
      signal.aborted = slept === sleeps;
      if (signal.aborted) throw new Error('aborted');
      world.advance(ms);
    };
    const stopped = await run(record, { ...ports, clock: { ...ports.clock, sleep } }, signal);
    const aborted = requestRollback(stopped, { text: 'Ann said so', at: world.now });
    expect((await run(aborted, ports, { aborted: false })).outcome).toBe('rolledBack');
    expect({ pin: world.pin, latest: world.latest, desired: world.desired, suspended: world.suspended.size }).toEqual({
      pin: '$Latest',
      latest: '7',
      desired: 2,
      suspended: 0,
    });
    expect(world.listServing()).toHaveLength(2);
  });
});

describe('a record with an outcome', () => {
  test.each(['done', 'rolledBack'] as const)('%s comes back untouched', async (outcome) => {
    const { record, ports, signal, calls } = bench();
    const ended = { ...record, outcome };
    expect(await run(ended, ports, signal)).toBe(ended);
    expect(calls).toEqual([]);
  });

  test('that needed a human is opened again', async () => {
    const { record, ports, signal } = bench();
    const ended = await run(
      {
        ...record,
        outcome: 'needsHuman',
        needs: { code: 'RECORDED_EARLIER', recordedCode: 'OBSERVE_FAILED', text: 'it was' },
      },
      ports,
      signal,
    );
    expect(ended).toMatchObject({ outcome: 'done', needs: undefined });
  });
});
