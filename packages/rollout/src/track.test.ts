import { expect, test } from 'vitest';
import { decide } from './decide.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { fresh, now, old, proven, type SceneInstance, stage } from './simulation/scene.js';

interface Seen {
  readonly record: RolloutRecord;
  readonly codes: readonly string[];
  readonly steps: readonly string[];
}

/** What is known after so many looks, one every two seconds: each without x, with it, or with it in some state. */
function lookAt(x: SceneInstance, looks: readonly ('absent' | 'there' | Partial<SceneInstance>)[]): Seen {
  const others = [old('a'), old('b'), old('c'), proven('y'), proven('z')];
  let { record } = stage({ instances: [...others, x] });
  const steps: string[] = [];
  looks.forEach((look, index) => {
    const instances = look === 'absent' ? others : [...others, look === 'there' ? x : { ...x, ...look }];
    const observation: Observation = {
      ...stage({ instances, desired: 6 }).observation,
      at: now + 2_000 * (index + 1),
    };
    const step = decide(record, observation);
    record = step.record;
    for (const event of step.events) if (event.kind === 'instance' && event.instanceId === x.id) steps.push(event.what);
  });
  return { record, codes: record.evidence.map(({ code }) => code), steps };
}

const times = <T>(count: number, look: T): T[] => Array.from({ length: count }, () => look);

test('an instance that three old looks did not show, and that is there, is found again and withdraws nothing', () => {
  const starting = fresh('x', { state: 'Pending', health: 'absent' });
  const { record, codes, steps } = lookAt(starting, [...times(3, 'absent' as const), ...times(12, 'there' as const)]);
  expect({ codes, steps }).toEqual({ codes: [], steps: ['lost', 'found'] });
  expect(record.instances.x?.lostAt).toBeUndefined();
});

test('one that is found again replaces nobody before it was healthy for as long as any other', () => {
  const { record, steps } = lookAt(proven('x'), [...times(3, 'absent' as const), ...times(3, 'there' as const)]);
  expect(steps).toContain('found');
  expect(record.instances.x?.healthySince).toBe(now + 8_000);
});

test('one that is gone stays so, whatever one old look in between shows', () => {
  const gone = lookAt(fresh('x'), [...times(4, 'absent' as const), 'there', ...times(8, 'absent' as const)]);
  expect(gone).toMatchObject({ codes: ['INSTANCE_LOST'], steps: expect.arrayContaining(['lost']) });
  expect(gone.steps).not.toContain('found');
});

test('nothing is held against the release while it is not known whether the instance was lost', () => {
  const looks = [...times(3, 'absent' as const), ...times(4, 'absent' as const), 'there'] as const;
  const { codes, record } = lookAt(fresh('x'), [...looks]);
  expect({ codes, found: record.instances.x?.foundCount }).toEqual({ codes: [], found: 1 });
});

test('one that somebody stopped and started again is found again', () => {
  const stopped = { ec2: 'stopped', health: 'unused' };
  const { codes, steps } = lookAt(fresh('x'), [...times(3, stopped), ...times(3, 'there' as const)]);
  expect(codes).toEqual([]);
  expect(steps).toEqual(expect.arrayContaining(['lost', 'found']));
});
