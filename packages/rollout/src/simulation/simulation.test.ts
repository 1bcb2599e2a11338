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
test('try', async () => {
  const tally: Record<string, number> = {};
  let bad = 0;
  for (let seed = 1; seed <= 1500; seed += 1) {
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
    try {
      const r = await simulate({ seed, world: { desired, min, max, release, targetGroupCount }, faults, options });
      const key = `${JSON.stringify(release)} ${r.record.outcome}`;
      tally[key] = (tally[key] ?? 0) + 1;
      if (r.violations.length > 0 || r.record.outcome === 'needsHuman') {
        bad++;
        if (bad <= 12)
          console.log(
            seed,
            JSON.stringify({ desired, min, max, release, options, faults }),
            r.record.outcome,
            r.record.needs,
            r.violations.slice(0, 3),
          );
      }
    } catch (e) {
      bad++;
      console.log(seed, String(e));
    }
  }
  console.log(tally, bad);
  expect(1).toBe(1);
}, 120_000);
