import { describe, expect, test } from 'vitest';
import { DirectrixError } from './error.js';
import { parseRecord } from './record-schema.js';
import { fresh, now, old, proven, stage, warm } from './simulation/scene.js';
import { simulate } from './simulation/simulate.js';

const source = '/directrix/groups/web/record';
const { record } = stage({ instances: [old('a'), warm('b'), fresh('x'), proven('y')] });
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function refusalOf(value: unknown): DirectrixError {
  try {
    parseRecord(value, source);
  } catch (error) {
    if (error instanceof DirectrixError) return error;
    throw error;
  }
  return expect.unreachable('it was read');
}

describe('a stored record', () => {
  test('comes back as it was, from every step of a rollout', async () => {
    for (const release of [{}, { isSick: true }, { reports: '1.9' }, { launchError: 'no such image' }]) {
      const saved: unknown[] = [];
      const world = { desired: 3, min: 1, max: 5, release };
      await simulate({ seed: 1, world, onSave: (one) => saved.push(stored(one)) });
      expect(saved.length).toBeGreaterThan(5);
      for (const one of saved) expect(stored(parseRecord(one, source))).toEqual(one);
    }
  });

  test('keeps what a newer Directrix wrote into it', () => {
    expect(parseRecord({ ...record, somethingNew: { a: 1 } }, source)).toMatchObject({ somethingNew: { a: 1 } });
  });

  test('of schema 1 still loads: what it kept as sentences stays a sentence', () => {
    const old1 = {
      ...record,
      schema: 1,
      evidence: [{ code: 'START_TIMEOUT', message: 'x was late.', at: now, instanceIds: ['x'] }],
      outcome: 'needsHuman',
      needs: 'ROLLBACK_DEADLINE: after 630 s: nothing moved',
      failure: { count: 5, since: now, code: 'AccessDenied', message: 'no' },
    };
    expect(parseRecord(stored(old1), source)).toMatchObject({
      schema: 2,
      evidence: [{ code: 'RECORDED_EARLIER', recordedCode: 'START_TIMEOUT', text: 'x was late.', instanceIds: ['x'] }],
      needs: {
        code: 'RECORDED_EARLIER',
        recordedCode: 'ROLLBACK_DEADLINE',
        text: 'after 630 s: nothing moved',
      },
    });
    expect(parseRecord(stored(old1), source)).not.toHaveProperty('failure');
  });
});

describe('a record that cannot be read is refused, naming the parameter and what to do', () => {
  test.each([
    ['nothing', undefined, 'its schema is missing'],
    ['no record', [1, 2], 'its schema is missing'],
    ['another schema', { ...record, schema: 'parts' }, 'its schema is "parts"'],
    ['a missing field', { ...record, epoch: undefined }, 'epoch: '],
    ['a wrong type deep inside', { ...record, ours: { ...record.ours, surge: '3' } }, 'ours.surge: '],
    [
      'evidence of an unknown code',
      { ...record, evidence: [{ code: 'X', at: 1, instanceIds: [] }] },
      'evidence.0.code',
    ],
    ['a phase that does not exist', { ...record, phase: 'dance' }, 'phase: '],
  ])('%s', (_name, value, told) => {
    const error = refusalOf(stored(value ?? null));
    expect(error).toMatchObject({ code: 'RECORD_UNREADABLE', kind: 'invalid', source });
    expect(error.message).toContain(source);
    expect(error.message).toContain(told);
    expect(error.hint).toContain(`delete the parameter ${source}`);
  });

  test('of a newer schema: use the newer Directrix', () => {
    expect(refusalOf({ ...record, schema: 3 }).hint).toBe('a newer Directrix wrote it: use that one');
  });
});
