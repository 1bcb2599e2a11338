import { describe, expect, test } from 'vitest';
import { decide } from './decide.js';
import type { RequestAnswer } from './gates/request-answer.js';
import type { ProofObservation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { parseRecord } from './record-schema.js';
import { suspendedWhileRolling } from './roll.js';
import type { Proof, Shadow } from './shadow.js';
import { shadowPlace } from './simulation/draw.js';
import { describeDecisions, fresh, now, old, proven, type Scene, stage, warm } from './simulation/scene.js';
import { simulate } from './simulation/simulate.js';

const instance = { availabilityZone: 'a', instanceId: 'p' };
const route = { targetGroupArn: 'arn:shadow' };
const target = { instanceId: 'p', port: 80, state: 'healthy' };
const running: ProofObservation = {
  instanceId: 'p',
  instanceState: 'running',
  imageId: 'ami-new',
  privateDnsName: 'ip-10-0-0-9.internal',
  targetGroupName: 'directrix-1',
  answers: [],
};

interface Trial {
  readonly shadow?: Shadow;
  readonly proof?: Proof;
  readonly seen?: ProofObservation;
  readonly scene?: Partial<Scene>;
  readonly record?: Partial<RolloutRecord>;
}

function decideTrial({ shadow, proof, seen, scene, record }: Trial) {
  const staged = stage({
    instances: [old('a'), old('b'), old('c')],
    pin: '7',
    suspended: [],
    ...scene,
    options: { prove: shadowPlace, isVersionChecked: false, ...scene?.options },
    ours: { shadow, suspendedProcesses: [], ...scene?.ours },
    record: { phase: 'prove', proof, ...record },
  });
  const step = decide(staged.record, { ...staged.observation, proof: seen });
  return {
    lines: describeDecisions(step.decisions),
    phase: step.record.phase,
    verdict: step.record.proof?.verdict,
    evidence: step.record.evidence.map(({ code }) => code),
    notices: step.events.flatMap((event) => (event.kind === 'notice' ? [event.notice.code] : [])),
    record: step.record,
  };
}

const both = { route, instance };
const well: Proof = { runningSince: now - 60_000, healthySince: now - 30_000 };
const path = { requests: 150, failures: 0 };
const asked = { ...well, paths: { '/': path } };
const healthy = { ...running, target };

const rolling = { record: { phase: 'roll' }, scene: { pin: '8', suspended: suspendedWhileRolling } } as const;

describe('prove', () => {
  test.each<[string, Trial, readonly string[]]>([
    ['makes the way and the instance, neither waiting for the other', {}, ['openShadow', 'launchProof of 8 in a']],
    ['registers it once it runs', { shadow: both, seen: running }, ['registerProof p', 'wait NOT_HEALTHY_YET']],
    ['waits until it runs', { shadow: both, seen: { ...running, instanceState: 'pending' } }, ['wait STARTING']],
    [
      'waits until it stayed healthy',
      { shadow: both, seen: healthy, proof: { healthySince: now - 29_000 } },
      ['wait PROVING'],
    ],
    ['waits until it was asked', { shadow: both, seen: healthy, proof: well }, ['wait PROOF_ANSWERING']],
    ['keeps a proved one until roll begins', { shadow: both, seen: healthy, proof: asked }, ['closeShadow']],
    [
      'takes it into the group in roll, before anything else is added',
      { shadow: { instance }, seen: healthy, proof: { verdict: 'proved' }, ...rolling },
      ['attach p', 'wait LOOKING_AGAIN'].slice(0, 1),
    ],
    [
      'borrows room for it',
      {
        shadow: { instance },
        seen: healthy,
        proof: { verdict: 'proved' },
        ...rolling,
        scene: { pin: '8', suspended: suspendedWhileRolling, max: 3, options: { isMaxSizeLent: true } },
      },
      ['setSizes max 4', 'attach p'],
    ],
    [
      'goes on without it where it ended meanwhile',
      {
        shadow: { instance },
        seen: { ...healthy, instanceState: 'terminated' },
        proof: { verdict: 'proved' },
        ...rolling,
      },
      ['setSizes desired 6', 'endProof p'],
    ],
    [
      'ends it where there is no room',
      { shadow: both, seen: healthy, proof: asked, scene: { max: 3 } },
      ['endProof p', 'closeShadow'],
    ],
    [
      'ends it where the group takes nobody',
      { shadow: both, seen: healthy, proof: asked, scene: { suspended: ['Launch'] } },
      ['endProof p', 'closeShadow'],
    ],
    [
      'lets go of it once the group has it',
      {
        shadow: { instance },
        seen: healthy,
        proof: { verdict: 'proved' },
        scene: { instances: [old('a'), fresh('p', { learned: { joinedAt: now - 4_000 } })], base: 1 },
      },
      ['endProof p'],
    ],
  ])('%s', (_name, trial, lines) => expect(decideTrial(trial).lines).toEqual(lines));

  test('is over when nothing of it is left', () => {
    const { phase, lines } = decideTrial({ proof: { verdict: 'proved' } });
    expect(phase).toBe('roll');
    expect(lines.at(-1)).toBe('setSizes desired 6');
  });

  test('nobody could ask it: it is proved by its health, and that is told', () => {
    const { verdict, notices } = decideTrial({ shadow: both, seen: healthy, proof: { ...well, strangers: 9 } });
    expect({ verdict, notices }).toEqual({ verdict: 'proved', notices: ['PROOF_NOT_ASKED'] });
  });
});

describe('where there can be no proof outside of the group', () => {
  const failure = { kind: 'denied', code: 'ACCESS_DENIED', text: 'no' } as const;
  const denied = { count: 1, since: now, failure };
  const refused = { count: 1, since: now, failure: { ...failure, kind: 'refused' } } as const;
  test.each<[string, Trial, string | undefined]>([
    ['IAM allows no rule', { record: { refusals: { openShadow: denied } } }, 'byHealthAlone'],
    ['IAM allows no instance', { record: { refusals: { launchProof: denied } } }, 'byHealthAlone'],
    ['AWS refuses once', { record: { refusals: { launchProof: refused } } }, undefined],
    ['AWS refuses for good', { record: { refusals: { launchProof: { ...refused, count: 5 } } } }, 'byHealthAlone'],
    ['the target group is gone', { shadow: both, seen: { ...running, isTargetGroupGone: true } }, 'byHealthAlone'],
  ])('because %s, nobody is blamed', (_name, trial, expected) => {
    const { verdict, evidence, notices } = decideTrial(trial);
    expect({ verdict, evidence }).toEqual({ verdict: expected, evidence: [] });
    expect(notices).toEqual(expected === undefined ? [] : ['PROOF_BY_HEALTH_ALONE']);
  });

  test('what was made goes, and then the first instance of the release is added alone', () => {
    const trial = { shadow: both, seen: running, record: { refusals: { openShadow: denied } } };
    expect(decideTrial(trial).lines).toEqual(['endProof p', 'closeShadow']);
    const alone = { record: { phase: 'roll', proof: { verdict: 'byHealthAlone' } } } as const;
    expect(decideTrial(alone).lines.at(-1)).toBe('setSizes desired 4');
    const next = { ...alone, scene: { instances: [warm('a'), old('b'), old('c'), proven('x')], desired: 3, pin: '8' } };
    expect(decideTrial(next).lines.at(-1)).toBe('setSizes desired 5');
  });
});

describe('the evidence of a proof', () => {
  const sick = { ...running, target: { ...target, state: 'unhealthy' } };
  const slow = { requests: 60, failures: 0, slowSince: now - 30_000, slowInARow: 60 };
  test.each<[string, Proof, ProofObservation, readonly string[]]>([
    ['never healthy', { runningSince: now - 300_000 }, sick, ['START_TIMEOUT']],
    ['not yet late', { runningSince: now - 299_000 }, sick, []],
    ['ended by itself', well, { ...running, instanceState: 'terminated' }, ['INSTANCE_LOST']],
    ['another image', well, { ...healthy, imageId: 'ami-other' }, ['WRONG_IMAGE']],
    ['unhealthy again, for long', { unhealthySince: now - 30_000, dipCount: 1 }, sick, ['UNHEALTHY_AGAIN']],
    ['unhealthy again, for a moment', { unhealthySince: now - 29_000, dipCount: 1 }, sick, []],
    ['unhealthy for the third time', { unhealthySince: now - 1_000, dipCount: 3 }, sick, ['UNHEALTHY_AGAIN']],
    [
      'a page that has failed since',
      { ...well, paths: { '/': { requests: 9, failures: 9, failingSince: now - 30_000 } } },
      healthy,
      ['PROOF_FAILED'],
    ],
    [
      'a page that fails for a moment',
      { ...well, healthySince: now - 29_000, paths: { '/': { requests: 9, failures: 9, failingSince: now - 29_000 } } },
      healthy,
      [],
    ],
    ['every third request', { ...well, paths: { '/': { requests: 150, failures: 50 } } }, healthy, ['PROOF_FAILED']],
    ['one request of many', { ...well, paths: { '/': { requests: 150, failures: 1 } } }, healthy, []],
    ['slow all the time', { ...well, paths: { '/': slow } }, healthy, ['PROOF_FAILED']],
  ])('%s', (_name, proof, seen, codes) => {
    const record = { startedAt: now - 400_000, phaseSince: now - 400_000, gates: { requests: baseline } };
    expect(decideTrial({ shadow: both, proof, seen, record }).evidence).toEqual(codes);
  });

  test('the instance is kept, and everything else goes', () => {
    const { lines, phase } = decideTrial({ shadow: both, proof: well, seen: { ...healthy, imageId: 'ami-other' } });
    expect(phase).toBe('rollBack');
    expect(lines).toEqual(expect.arrayContaining(['endProof p and keep', 'closeShadow']));
  });

  const answer: RequestAnswer = { at: now, path: '/', durationMs: 20, isConnected: true, statusCode: 500 };
  test.each<[string, Partial<RequestAnswer>, Partial<Proof>]>([
    ['its own', { fqdn: 'ip-10-0-0-9.internal' }, { paths: { '/': { requests: 1, failures: 1, failingSince: now } } }],
    ['nameless', {}, { paths: { '/': { requests: 1, failures: 1, failingSince: now } } }],
    ['of another instance', { fqdn: 'ip-10-0-0-1.internal' }, { strangers: 1 }],
    ['of the release before', { version: '1.0' }, { strangers: 1 }],
    ['that reached nobody', { isConnected: false, statusCode: undefined }, { unconnected: 1 }],
  ])('an answer that is %s', (_name, more, learned) => {
    const { record } = decideTrial({
      shadow: both,
      proof: well,
      seen: { ...healthy, answers: [{ ...answer, ...more }] },
    });
    expect(record.proof).toMatchObject(learned);
    expect(record.proof?.paths === undefined).toBe(learned.paths === undefined);
  });
});

/** Ten minutes of requests before the release, none of which failed. */
const baseline = {
  baseline: { requests: 3_000, failures: 0, slow: 0 },
  latencies: { '20': 3_000 },
  answered: zeroByAnswerer(),
  alone: zero(),
  failing: trial(),
  slow: trial(),
  promotionLog: 0,
  unpaired: { newRequests: 0, oldRequests: 0, newFailures: 0, oldFailures: 0, newSlow: 0, oldSlow: 0 },
  unconnected: 0,
  examples: [],
};

function zero() {
  return { requests: 0, failures: 0, slow: 0 };
}

function zeroByAnswerer() {
  return { new: zero(), old: zero(), unknown: zero() };
}

function trial() {
  const change = { logs: [], ticks: 0, peakLog: 0 };
  return { comparison: { logs: [], peakLog: 0 }, change, oldChange: change, suspects: {} };
}

test('a record of every step of a proof comes back as it was', async () => {
  const saved: unknown[] = [];
  const world = { desired: 2, min: 1, max: 2, release: {} };
  const options = { prove: shadowPlace, isMaxSizeLent: true };
  const { violations } = await simulate({
    seed: 3,
    world,
    options,
    requests: { isNamed: true },
    onSave: (one) => saved.push(JSON.parse(JSON.stringify(one))),
  });
  expect(violations).toEqual([]);
  expect(saved.some((one) => (one as RolloutRecord).phase === 'prove')).toBe(true);
  for (const one of saved) expect(JSON.parse(JSON.stringify(parseRecord(one, 'record')))).toEqual(one);
});
