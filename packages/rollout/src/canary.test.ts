import { describe, expect, test } from 'vitest';
import { type CanaryPlan, countCanaries, weightsOf } from './canary-plan.js';
import { plainForwardOf, readForward } from './canary-sight.js';
import { decide } from './decide.js';
import type { ForwardObservation, ProofObservation, TrafficObservation } from './observation.js';
import type { Canary, ForwardLoan, RolloutRecord } from './record.js';
import { parseRecord } from './record-schema.js';
import type { Shadow } from './shadow.js';
import { shadowPlace } from './simulation/draw.js';
import { describeDecisions, now, old, proven, type Scene, stage } from './simulation/scene.js';

const plan: CanaryPlan = {
  steps: [
    { share: 0.05, forMs: 120_000 },
    { share: 0.25, forMs: 300_000 },
  ],
  instanceCount: 1,
  place: { listenerArn: 'arn:listener' },
};
const shadow: Shadow = {
  route: { targetGroupArn: 'arn:shadow' },
  instance: { availabilityZone: 'a', instanceId: 'p' },
};
const target = { instanceId: 'p', port: 80, state: 'healthy' };
const healthy: ProofObservation = {
  instanceId: 'p',
  instanceState: 'running',
  imageId: 'ami-new',
  privateDnsName: 'ip-10-0-0-9.internal',
  targetGroupName: 'directrix-1',
  target,
};
const original = { targetGroupArn: 'arn:0', weight: 1, order: 1, stickiness: { isEnabled: false } };
const plain: ForwardObservation = {
  kind: 'forward',
  targetGroups: [{ targetGroupArn: 'arn:0', weight: 1 }],
  order: 1,
  stickiness: { isEnabled: false },
};
const led = (canary: number, stable: number): ForwardObservation => ({
  kind: 'forward',
  targetGroups: [
    { targetGroupArn: 'arn:0', weight: stable },
    { targetGroupArn: 'arn:shadow', weight: canary },
  ],
});
const both = [
  { targetGroupArn: 'arn:0', weight: 950 },
  { targetGroupArn: 'arn:shadow', weight: 50 },
];
const loan = (share: number, more: Partial<ForwardLoan> = {}): ForwardLoan => ({
  original,
  targetGroupArn: 'arn:shadow',
  ordered: [share],
  inForce: { share, at: now - 200_000 },
  ...more,
});
/** A minute of users' requests, `before` ms before now. */
const minute = (before: number, failures = 0): TrafficObservation => ({
  minutes: [{ at: now - before, canary: { requests: 100, failures }, stable: { requests: 1_900, failures: 0 } }],
});

interface Trial {
  readonly canary?: Canary;
  readonly forward?: ForwardLoan;
  readonly action?: ForwardObservation;
  readonly seen?: ProofObservation;
  readonly canaries?: readonly ProofObservation[];
  readonly traffic?: TrafficObservation;
  readonly shadow?: Shadow;
  readonly plan?: Partial<CanaryPlan>;
  readonly scene?: Partial<Scene>;
  readonly record?: Partial<RolloutRecord>;
}

function decideTrial(trial: Trial) {
  const { canary, forward, record, scene } = trial;
  const staged = stage({
    instances: [old('a'), old('b'), old('c')],
    pin: '7',
    suspended: [],
    ...scene,
    options: {
      prove: shadowPlace,
      canary: { ...plan, ...trial.plan },
      isVersionChecked: false,
      isMaxSizeLent: true,
      ...scene?.options,
    },
    ours: { shadow: trial.shadow ?? shadow, suspendedProcesses: [], ...(forward && { forward }), ...scene?.ours },
    record: {
      phase: 'canary',
      phaseSince: now - 900_000,
      progressAt: now - 60_000,
      proof: { runningSince: now - 400_000, healthySince: now - 300_000, verdict: 'proved' },
      ...(canary && { canary }),
      ...record,
    },
  });
  const step = decide(staged.record, {
    ...staged.observation,
    proof: trial.seen ?? healthy,
    canaries: trial.canaries,
    forward: trial.action ?? plain,
    traffic: trial.traffic,
  });
  return {
    lines: describeDecisions(step.decisions),
    phase: step.record.phase,
    evidence: step.record.evidence.map(({ code }) => code),
    record: step.record,
  };
}

const soaking = (sinceMs: number): Canary => ({ step: 0, since: now - sinceMs, changedAts: [now - sinceMs] });

describe('canary', () => {
  test.each<[string, Trial, readonly string[]]>([
    ['leads the first share to one that is healthy', {}, ['setForward 0.05']],
    [
      'waits until it has stayed healthy',
      { record: { proof: { runningSince: now - 60_000, healthySince: now - 20_000, verdict: 'proved' } } },
      ['wait PROVING'],
    ],
    [
      'launches as many as take part',
      { plan: { instanceCount: 3 } },
      ['launchProof 1 of 8 in a', 'launchProof 2 of 8 in a', 'wait LOOKING_AGAIN'],
    ],
    [
      'registers those that run',
      {
        plan: { instanceCount: 2 },
        shadow: { ...shadow, others: { 1: { availabilityZone: 'b', instanceId: 'q' } } },
        canaries: [{ ...healthy, instanceId: 'q', target: undefined }],
      },
      ['registerProof q', 'wait NOT_HEALTHY_YET'],
    ],
    [
      'orders a share again whose answer never came',
      { forward: loan(0.05, { inForce: undefined }), action: led(50, 950) },
      ['setForward 0.05'],
    ],
    [
      'waits while a share has its time',
      { canary: soaking(60_000), forward: loan(0.05), action: led(50, 950), traffic: minute(60_000) },
      ['wait CANARY_SOAKING'],
    ],
    [
      'waits for a gate after it: no data is no pass',
      { canary: soaking(200_000), forward: loan(0.05), action: led(50, 950) },
      ['wait GATE_UNDECIDED CANARY_SOAKING'],
    ],
    [
      'goes on to the next share once every gate has passed',
      { canary: soaking(200_000), forward: loan(0.05), action: led(50, 950), traffic: minute(120_000) },
      ['setForward 0.25'],
    ],
    [
      'gives the action back after the last',
      {
        canary: { ...soaking(400_000), step: 1 },
        forward: loan(0.25),
        action: led(250, 750),
        traffic: minute(120_000),
      },
      ['restoreForward'],
    ],
    [
      'counts no minute in which the share changed',
      {
        canary: { step: 1, since: now - 130_000, changedAts: [now - 400_000, now - 130_000] },
        plan: { steps: [plan.steps[0]!, { share: 0.25, forMs: 60_000 }] },
        forward: loan(0.25, { inForce: { share: 0.25, at: now - 130_000 } }),
        action: led(250, 750),
        traffic: minute(160_000),
      },
      ['wait GATE_UNDECIDED CANARY_SOAKING'],
    ],
  ])('%s', (_name, trial, lines) => expect(decideTrial(trial).lines).toEqual(lines));

  test.each<[string, Trial, string]>([
    [
      'more failures than beside it',
      { canary: soaking(200_000), forward: loan(0.05), action: led(50, 950), traffic: minute(120_000, 20) },
      'CANARY_FAILING',
    ],
    [
      'no data, for longer than a rollout may stand still',
      { canary: soaking(120_000 + 630_000), forward: loan(0.05), action: led(50, 950) },
      'CANARY_NO_DATA',
    ],
    [
      'an instance that is ill while users meet it',
      {
        canary: soaking(60_000),
        forward: loan(0.05),
        action: led(50, 950),
        seen: { ...healthy, target: { ...target, state: 'unhealthy' } },
      },
      'UNHEALTHY_AGAIN',
    ],
    [
      'an action that somebody changed',
      { canary: soaking(60_000), forward: loan(0.05, { otherCount: 2 }), action: { kind: 'other' } },
      'LISTENER_CHANGED',
    ],
    [
      'an action that somebody put back',
      { canary: soaking(60_000), forward: loan(0.05, { otherCount: 2 }), action: plain },
      'LISTENER_CHANGED',
    ],
    ['an action that is no plain forward any more', { action: { kind: 'other' } }, 'LISTENER_CHANGED'],
    [
      'a listener that is not ours to change',
      { record: { refusals: { setForward: refusedOnce } } },
      'CANARY_IMPOSSIBLE',
    ],
    [
      'a proof that cannot be',
      { record: { phase: 'prove', proof: {}, refusals: { openShadow: refusedOnce } } },
      'CANARY_IMPOSSIBLE',
    ],
  ])('goes back for %s, and users come first', (_name, trial, code) => {
    const { lines, phase, evidence } = decideTrial(trial);
    expect(evidence).toEqual([code]);
    expect(['halt', 'rollBack', 'finish']).toContain(phase);
    if (trial.forward === undefined) return;
    expect(lines[0]).toBe('restoreForward');
    expect(lines.join()).not.toMatch(/endProof|closeShadow/);
  });

  test('an ill instance is not held against the release while the group is ill as well', () => {
    const scene = { instances: [old('a', { health: 'unhealthy' }), old('b', { health: 'unhealthy' })] };
    const seen = { ...healthy, target: { ...target, state: 'unhealthy' } };
    const trial = { canary: soaking(60_000), forward: loan(0.05), action: led(50, 950), seen, scene };
    expect(decideTrial(trial).evidence).toEqual([]);
  });

  test('one look that shows another action is waited for', () => {
    const trial = { canary: soaking(60_000), forward: loan(0.05), action: plain };
    expect(decideTrial(trial).evidence).toEqual([]);
    expect(decideTrial(trial).record.ours.forward?.otherCount).toBe(1);
  });
});

const refusedOnce = {
  count: 1,
  since: now,
  failure: { kind: 'denied', code: 'ACCESS_DENIED', text: 'not allowed' },
} as const;

describe('after the canary', () => {
  const passed: Canary = { ...soaking(400_000), step: 1, since: undefined, verdict: 'passed', backAt: now - 10_000 };
  const group = { phase: 'roll' } as const;

  test('it joins at once, and its target group has the time of requests that are under way', () => {
    const rolling = {
      pin: '8',
      suspended: ['AZRebalance', 'AlarmNotification', 'ScheduledActions', 'ReplaceUnhealthy'],
    };
    const joining = decideTrial({ canary: passed, record: group, scene: rolling });
    expect(joining.lines).toEqual(['attach p']);
    const joined = { ...rolling, instances: [old('a'), proven('p')], base: 1 };
    const trial = { record: { ...group, instances: undefined }, scene: joined } as const;
    expect(decideTrial({ ...trial, canary: passed, record: group }).lines).not.toContain('closeShadow');
    expect(decideTrial({ ...trial, canary: { ...passed, backAt: now - 30_000 }, record: group }).lines).toContain(
      'closeShadow',
    );
  });

  test('an instance that goes back is not ended before', () => {
    const back = { phase: 'finish', isGoingBack: true, evidence: [aborted] } as const;
    const early = decideTrial({ canary: { ...passed, verdict: undefined }, record: back });
    expect(early.lines.join()).not.toMatch(/endProof|closeShadow/);
    const late = decideTrial({ canary: { ...passed, verdict: undefined, backAt: now - 30_000 }, record: back });
    expect(late.lines).toEqual(expect.arrayContaining(['endProof p', 'closeShadow']));
  });
});

const aborted = { code: 'ABORTED', reason: 'x', at: now, instanceIds: [] } as const;

test('a rollout that needs a person takes users back first', () => {
  const trial = { canary: soaking(60_000), forward: loan(0.05), action: led(50, 950), scene: { pin: '5' } };
  const ours = { pin: { version: '7', at: 0, isConfirmed: true, isSeen: true, driftCount: 2 } };
  const { lines, record } = decideTrial({ ...trial, scene: { ...trial.scene, ours } });
  expect({ lines, outcome: record.outcome }).toEqual({ lines: ['restoreForward'], outcome: undefined });
});

test('a record of a canary is read as it was written', () => {
  const { record } = decideTrial({
    canary: { ...soaking(200_000), others: { q: { healthySince: now } } },
    forward: loan(0.05, { otherCount: 1 }),
    action: led(50, 950),
    traffic: minute(120_000),
    shadow: { ...shadow, others: { 1: { availabilityZone: 'b', instanceId: 'q' } } },
  });
  const written = JSON.parse(JSON.stringify(record));
  expect(JSON.parse(JSON.stringify(parseRecord(written, 'record')))).toEqual(written);
});

describe('weights', () => {
  test.each([
    [0.05, 50, 950],
    [0.001, 1, 999],
    [0.999, 999, 1],
    [1 / 3, 333, 667],
  ])('%d is %i of 1,000', (share, canary, stable) => expect(weightsOf(share)).toEqual({ canary, stable }));

  test.each([
    [0.05, 4, 1],
    [0.25, 4, 1],
    [0.25, 10, 3],
    [0.5, 10, 5],
  ])('%d of a group of %i takes %i', (share, desired, count) =>
    expect(countCanaries([{ share, forMs: 0 }], desired)).toBe(count),
  );
});

describe('whose an action is', () => {
  const terms = { original, shadowArn: 'arn:shadow', ordered: [0.05, 0.25] };
  test.each<[string, ForwardObservation, object]>([
    ['as it was', plain, { kind: 'original' }],
    ['a share of ours', led(50, 950), { kind: 'ours', share: 0.05 }],
    ['a later share of ours', led(250, 750), { kind: 'ours', share: 0.25 }],
    ['weights of somebody else', led(500, 500), { kind: 'theirs' }],
    ['another action', { kind: 'other' }, { kind: 'theirs' }],
    ['another target group', { kind: 'forward', targetGroups: [{ targetGroupArn: 'arn:9' }] }, { kind: 'theirs' }],
    [
      'a third target group',
      { kind: 'forward', targetGroups: [...both, { targetGroupArn: 'arn:9' }] },
      { kind: 'theirs' },
    ],
  ])('%s', (_name, seen, sight) => expect(readForward(seen, terms)).toEqual(sight));

  test('only a forward to one target group alone is ours to lend', () => {
    expect(plainForwardOf(plain, 'arn:0')).toEqual(original);
    expect(plainForwardOf(plain, 'arn:1')).toBeUndefined();
    expect(plainForwardOf(led(50, 950), 'arn:0')).toBeUndefined();
    expect(plainForwardOf({ kind: 'other' }, 'arn:0')).toBeUndefined();
  });
});
