import { expect, test } from 'vitest';
import { colorsFor } from '../colors.js';
import { createTestIo } from '../io.fixture.js';
import { formatRollout, type RolloutDocument } from './rollout-document.js';

const late = (instanceId: string, lifecycleState: string) => ({
  instanceId,
  lifecycleState,
  targets: [],
  waitedMs: 61_000,
});
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
      message: 'two sentences',
      at: 0,
      instanceIds: ['i-1', 'i-2', 'i-3'],
      allowedMs: 60_000,
      shown: [late('i-1', 'Pending'), late('i-2', 'Pending'), late('i-3', 'Pending:Wait')],
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
              i-1 (and likewise i-2) is Pending 61 s after its launch, where 60 s were allowed
              i-3 is Pending:Wait 61 s after its launch, where 60 s were allowed
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
  ['needsHuman', 'NEEDS A HUMAN: web', 'fix it, then directrix resume --group web'],
] as const)('%s says what to do next', (outcome, headline, next) => {
  const text = formatRollout({ ...halted, outcome }, plain);
  expect(text).toContain(headline);
  expect(text).toContain(`  next      ${next}`);
});

test('consoles that say the same are shown once, whatever their times and process ids', () => {
  const console = (name: string, pid: number, at: number) => [
    `[   ${at}.034] app[${pid}]: ${name} reads /app/production/`,
    `[   ${at + 1}.2] app[${pid}]: no route to 10.0.0.1`,
  ];
  const kept = (instanceId: string, consoleTail: readonly string[]) => ({
    instanceId,
    bundle: `/${instanceId}`,
    consoleTail,
  });
  const text = formatRollout(
    {
      ...halted,
      quarantined: [
        kept('i-1', console('i-1', 401, 12)),
        kept('i-2', console('i-2', 77, 9).reverse()),
        kept('i-3', ['[ 1.0] app[1]: out of memory']),
      ],
    },
    plain,
  );
  expect(text).toContain(`\
  kept      i-1, all that is known of it: /i-1
            | [   12.034] app[401]: i-1 reads /app/production/
            | [   13.2] app[401]: no route to 10.0.0.1
  kept      i-2, all that is known of it: /i-2
            (its console says the same as that of i-1)
  kept      i-3, all that is known of it: /i-3
            | [ 1.0] app[1]: out of memory
`);
});
