import { expect, test } from 'vitest';
import { colorsFor } from '../colors.js';
import { createTestIo } from '../io.fixture.js';
import { formatRollout, type RolloutDocument } from './rollout-document.js';

const plain = colorsFor(createTestIo().stdout, {});
const halted: RolloutDocument = {
  schema: 'directrix.rollout/1',
  command: 'deploy',
  outcome: 'rolledBack',
  group: 'web',
  rolloutId: 'r1',
  from: { version: '0.149.1', imageId: 'ami-1' },
  to: { version: '0.149.2', imageId: 'ami-2' },
  text: 'the group is exactly as it was',
  elapsedMs: 92_000,
  evidence: [
    {
      code: 'START_TIMEOUT',
      message: 'i-1 was not healthy within 60 s; i-2 was not healthy within 60 s',
      at: 0,
      instanceIds: ['i-1'],
    },
  ],
  notices: [],
  quarantined: [
    {
      instanceId: 'i-1',
      bundle: '/state/r1/i-1.json',
      consoleTail: ['\u001b[31mTimeoutError: ssm\u001b[0m', 'bell\u0007'],
    },
    { instanceId: 'i-2', bundle: '/state/r1/i-2.json', consoleTail: [] },
  ],
  journal: '/state/r1.jsonl',
};

test('a halt tells its reason, its evidence, the kept instances with their consoles, and where the journal is', () => {
  expect(formatRollout(halted, plain)).toBe(`\
HALTED: web is as it was; 0.149.2 was not rolled out (1 min 32 s)
  the group is exactly as it was
  web: 0.149.1 (ami-1) -> 0.149.2 (ami-2)
  evidence  START_TIMEOUT
              i-1 was not healthy within 60 s
              i-2 was not healthy within 60 s
  kept      i-1, all that is known of it: /state/r1/i-1.json
            | TimeoutError: ssm
            | bell
  kept      i-2, all that is known of it: /state/r1/i-2.json
              (its console says nothing)
  journal   /state/r1.jsonl
`);
});

test.each([
  ['interrupted', 'INTERRUPTED: web', 'directrix resume --group web goes on'],
  ['needsHuman', 'NEEDS A HUMAN: web', 'mend it, then directrix resume --group web'],
] as const)('%s says what to do next', (outcome, headline, next) => {
  const text = formatRollout({ ...halted, outcome }, plain);
  expect(text).toContain(headline);
  expect(text).toContain(`  next      ${next}`);
});
