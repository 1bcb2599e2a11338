import { expect, test } from 'vitest';
import { createChance } from './random.js';
import { simulate } from './simulate.js';

const releases = [
  {},
  {},
  { isSick: true },
  { reports: '1.9' },
  { isSilent: true },
  { launchError: 'AMI does not exist' },
  { failsAfterMs: 4000 },
  { failsAfterMs: 30_000 },
  { diesAfterMs: 30_000 },
];
test('debug', async () => {
  const seed = Number(process.env.SEED);
  const c = createChance(seed * 7919);
  const desired = c.between(1, 6);
  const min = c.between(1, desired);
  const max = desired + c.between(1, desired + 1);
  const release = c.pick(releases)!;
  const targetGroupCount = c.between(1, 2);
  const faults = {
    kill: c.pick([0, 0.02, 0.05])!,
    scale: c.pick([0, 0.01])!,
    loseOld: c.pick([0, 0, 0.002])!,
    failApply: c.pick([0, 0.1])!,
    failObserve: c.pick([0, 0.1])!,
    failSave: c.pick([0, 0.05])!,
    stale: c.pick([0, 0.1])!,
    abort: c.pick([0, 0.2])!,
  };
  const options = { surge: c.between(1, 4) };
  const lines: string[] = [];
  const r = await simulate({
    seed,
    world: { desired, min, max, release, targetGroupCount },
    faults,
    options,
    log: (t: string) => lines.push(t),
  } as never);
  console.log(r.record.outcome, r.violations, JSON.stringify(r.record.ours), JSON.stringify(r.record.base));
  (await import('node:fs')).writeFileSync('/tmp/debug.log', lines.join('\n'));
  expect(1).toBe(1);
});
