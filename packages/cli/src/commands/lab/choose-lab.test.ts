import type { LabRecord } from '@directrix/lab/run-directory';
import { describe, expect, test } from 'vitest';
import { pick } from './choose-lab.js';

const lab = (id: string, port: number | undefined, scenario?: string): LabRecord => ({
  id,
  pid: 4_242,
  pidStartTime: '1',
  endpoint: port === undefined ? undefined : `http://127.0.0.1:${port}`,
  startedAt: '2018-11-11T08:00:00.000Z',
  scenario,
  speed: 1,
});
const one = lab('lab-1', 4_566);
const two = lab('lab-2', 5_000, 'hyperbola:N1');

describe('the lab that is meant', () => {
  test.each([
    ['the one that is named', [one, two], undefined, 'lab-2', two],
    ['the one that is named, whatever the shell talks to', [one, two], one.endpoint, 'lab-2', two],
    ['the one that the shell talks to', [one, two], 'http://127.0.0.1:5000', undefined, two],
    ['the same, written otherwise', [one, two], 'http://localhost:5000/', undefined, two],
    ['the only one', [one], undefined, undefined, one],
    ['the only one, if the variable is empty', [one], '', undefined, one],
  ])('%s', (_, running, endpointUrl, id, expected) => {
    expect(pick(running, endpointUrl, id)).toBe(expected);
  });
});

describe('nobody knows which is meant, and nothing is done', () => {
  test.each([
    [
      'none runs',
      [],
      undefined,
      undefined,
      'LAB_NOT_RUNNING',
      'No lab is running.',
      'start one: directrix lab up --detach',
    ],
    [
      'several run',
      [one, two, lab('lab-3', undefined)],
      undefined,
      undefined,
      'LAB_AMBIGUOUS',
      '3 labs are running: lab-1 (http://127.0.0.1:4566), lab-2 (http://127.0.0.1:5000, hyperbola:N1), lab-3 (starting).',
      'name one with --lab ID',
    ],
    [
      'the named one does not run',
      [one],
      undefined,
      'lab-9',
      'LAB_NOT_FOUND',
      'No lab lab-9 is running.',
      'running: lab-1 (http://127.0.0.1:4566)',
    ],
    [
      'the shell talks to another AWS, even if one lab runs',
      [one],
      'https://ec2.us-west-2.amazonaws.com',
      undefined,
      'LAB_NOT_FOUND',
      'No lab of yours answers where AWS_ENDPOINT_URL points.',
      'running: lab-1 (http://127.0.0.1:4566)',
    ],
    [
      'the shell talks to a lab that is gone',
      [],
      'http://127.0.0.1:1',
      undefined,
      'LAB_NOT_FOUND',
      'No lab of yours answers where AWS_ENDPOINT_URL points.',
      'no lab is running: directrix lab up --detach',
    ],
  ])('%s', (_, running, endpointUrl, id, code, message, hint) => {
    expect(() => pick(running, endpointUrl, id)).toThrowError(expect.objectContaining({ code, message, hint }));
  });
});
