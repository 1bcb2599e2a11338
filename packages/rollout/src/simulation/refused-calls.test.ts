// One kind of call that AWS refuses for good on the way back stops nothing that does not depend on it (L3): old ones serve again,
// whatever it is, and what is left is named.
import { describe, expect, test } from 'vitest';
import type { ActKind } from '../contract/act-kind.js';
import { simulate } from './simulate.js';
import type { Behaviour } from './world.js';

const shapes = [
  { desired: 3, min: 1, max: 7 },
  { desired: 3, min: 3, max: 3 },
  { desired: 1, min: 1, max: 1 },
] as const;

/** Withdrawn before any old one has left, and when all are warm. */
const releases: readonly (readonly [string, Partial<Behaviour>])[] = [
  ['early', { isSick: true }],
  ['late', { failsAfterMs: 40_000 }],
];

interface Expected {
  /** The need, where it ends in one; of each shape, early and late. */
  readonly early: readonly (string | undefined)[];
  readonly late: readonly (string | undefined)[];
}

const nothing = [undefined, undefined, undefined];
const all = (code: string) => [code, code, code];

describe.each<[ActKind, Expected]>([
  ['pinLaunchTemplate', { early: all('POINT_BACK_REFUSED'), late: all('POINT_BACK_REFUSED') }],
  ['deleteLaunchTemplateVersion', { early: all('GIVE_BACK_REFUSED'), late: all('GIVE_BACK_REFUSED') }],
  ['suspendProcesses', { early: nothing, late: nothing }],
  ['resumeProcesses', { early: all('GIVE_BACK_REFUSED'), late: all('GIVE_BACK_REFUSED') }],
  // Where nothing was lent, nothing has to be given back; where it was, MaxSize stays.
  [
    'setSizes',
    {
      early: [undefined, 'GIVE_BACK_REFUSED', 'GIVE_BACK_REFUSED'],
      late: [undefined, 'APPLY_FAILED', 'APPLY_FAILED'],
    },
  ],
  ['exitStandby', { early: nothing, late: all('APPLY_FAILED') }],
  ['quarantine', { early: nothing, late: nothing }],
  ['terminate', { early: nothing, late: nothing }],
])('%s is refused', (deniedGoingBack, expected) => {
  test.each(releases)(
    'a release that is withdrawn %s leaves every wanted old instance serving',
    async (when, release) => {
      for (const [index, shape] of shapes.entries()) {
        const { record, world, violations } = await simulate({
          seed: 1,
          world: { ...shape, release },
          faults: { deniedGoingBack },
          options: { bakeMs: 60_000 },
        });
        expect(violations).toEqual([]);
        expect(record.needs?.code).toBe(expected[when as keyof Expected][index]);
        expect(world.listServing().filter((machine) => !world.isNew(machine))).toHaveLength(shape.desired);
        expect(world.listLive().filter((machine) => world.isNew(machine))).toEqual([]);
      }
    },
  );
});
