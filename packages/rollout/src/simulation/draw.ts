// Draw: a world, its options and its faults, all from one seed.
import type { CanaryPlan } from '../canary-plan.js';
import { createChance } from './random.js';
import type { Simulation } from './simulate.js';
import type { Behaviour } from './world.js';

export const good: Partial<Behaviour> = {};
export const badReleases: readonly (readonly [string, Partial<Behaviour>])[] = [
  ['never becomes healthy', { isSick: true }],
  ['reports another version', { reports: '1.9' }],
  ['reports nothing', { isSilent: true }],
  ['cannot be launched', { launchError: 'The image id does not exist. Launching EC2 instance failed.' }],
  ['fails before it is verified', { failsAfterMs: 4_000 }],
  ['ends by itself while it starts', { diesAfterMs: 12_000 }],
];

export const shadowPlace = { listenerArn: 'arn:listener', targetGroupArn: 'arn:0', token: 'secret' };

/** A world, its options and its faults, all from one seed. */
export function draw(seed: number): Simulation {
  const chance = createChance(seed * 7919);
  const outside = createChance(seed * 104_729);
  const others = createChance(seed * 49_979_687);
  const pick = <T>(items: readonly T[]): T => chance.pick(items) as T;
  const desired = chance.between(1, 6);
  const min = chance.between(1, desired);
  const max = desired + chance.between(1, desired + 1);
  const late = [
    ['fails when it is verified', { failsAfterMs: 30_000 }] as const,
    ['ends when it is verified', { diesAfterMs: 30_000 }] as const,
  ];
  const [, release] = pick([['is good', good] as const, ['is good', good] as const, ...badReleases, ...late]);
  return {
    seed,
    world: {
      desired,
      min,
      max,
      release,
      targetGroupCount: chance.between(1, 2),
      pin: pick(['$Latest', '$Latest', '$Default', '7']),
      victim: pick(['oldest', 'newest', 'any'] as const),
      isOldImageGone: chance.isTrue(0.08),
      hookMs: pick([0, 0, 0, 90_000]),
      zoneCount: chance.between(1, 3),
      isListenerTheirs: outside.isTrue(0.1),
      hasNoSpare: outside.isTrue(0.1),
    },
    awsClockOffsetMs: pick([0, 0, 180_000, -180_000, 7_200_000, -7_200_000]),
    options: {
      surge: chance.between(1, 4),
      bakeMs: [0, 20_000, 60_000][seed % 3],
      prove: seed % 4 === 0 ? undefined : shadowPlace,
      keepWarmMs: seed % 5 === 0 ? 86_400_000 : undefined,
    },
    faults: {
      kill: pick([0, 0.02, 0.05]),
      scale: pick([0, 0.01]),
      loseOld: pick([0, 0, 0.002]),
      write: pick([0, 0, 0.004]),
      failApply: pick([0, 0.1]),
      refuseApply: pick([0, 0, 0.05]),
      unreadable: pick([0, 0, 0.1]),
      deleteTargetGroup: pick([0, 0, 0, 0, 0.001]),
      recreateGroup: pick([0, 0, 0, 0, 0, 0.0005]),
      failObserve: pick([0, 0.1]),
      failSave: pick([0, 0.05]),
      stale: pick([0, 0.1]),
      abort: pick([0, 0.2]),
      meddle: others.pick([0, 0, 0.003]),
      mendImage: others.isTrue(0.5),
    },
  };
}

export const canaryPlan: CanaryPlan = {
  steps: [
    { share: 0.05, forMs: 60_000 },
    { share: 0.25, forMs: 60_000 },
  ],
  instanceCount: 1,
  place: { listenerArn: 'arn:listener' },
};

const steps = [
  [{ share: 0.05, forMs: 60_000 }],
  [{ share: 0.5, forMs: 0 }],
  [
    { share: 0.01, forMs: 20_000 },
    { share: 0.3, forMs: 90_000 },
  ],
];

/** Everything of the other seeds, with a canary, and hands that change the listener. */
export function drawCanary(seed: number): Simulation {
  const drawn = draw(seed);
  return {
    ...drawn,
    requests: seed % 3 === 0 ? undefined : { isNamed: seed % 3 === 1 },
    faultsEndAfterMs: 900_000,
    options: {
      ...drawn.options,
      prove: shadowPlace,
      canary: { ...canaryPlan, steps: steps[seed % steps.length] ?? [], instanceCount: 1 + (seed % 2) },
    },
    faults: { ...drawn.faults, changeListener: seed % 4 === 0 ? 0.005 : 0 },
  };
}
