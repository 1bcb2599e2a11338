import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from './decide.js';
import type { Act } from './decision.js';
import type { Phase } from './record.js';
import { fresh, now, old, proven, type Scene, type SceneInstance, stage, warm } from './simulation/scene.js';

const health = fc.constantFrom(
  'healthy',
  'healthy',
  'healthy',
  'initial',
  'unhealthy',
  'draining',
  'absent',
  'unavailable',
  'a state of tomorrow',
);
const state = fc.constantFrom(
  'InService',
  'InService',
  'InService',
  'Pending',
  'Pending:Wait',
  'Terminating:Wait',
  'Standby',
  'EnteringStandby',
  'Detaching',
  'ReplacingRootVolume',
  'A state of tomorrow',
);
const zone = fc.constantFrom('a', 'b', 'c');
const ec2 = fc.constantFrom('running', 'running', 'running', 'running', 'terminated', 'stopping');

const make = fc.record({
  make: fc.constantFrom(old, warm, fresh, proven, proven),
  health,
  state,
  zone,
  ec2,
  isStrange: fc.boolean(),
});
const instances = fc
  .array(make, { maxLength: 8 })
  .map((list) =>
    list.map(
      ({ make: build, isStrange, ...more }, index): SceneInstance =>
        build(`i-${index}`, isStrange ? more : { zone: more.zone }),
    ),
  );

const scene: fc.Arbitrary<Scene> = fc
  .record({
    instances,
    phase: fc.constantFrom<Phase>('roll', 'roll', 'roll', 'halt', 'rollBack', 'rollBack', 'finish', 'finish'),
    base: fc.integer({ min: 1, max: 5 }),
    extra: fc.integer({ min: 0, max: 2 }),
    min: fc.integer({ min: 0, max: 4 }),
    room: fc.integer({ min: 0, max: 4 }),
    surge: fc.integer({ min: 1, max: 4 }),
    pin: fc.constantFrom('7', '8', '$Latest'),
    targetGroupCount: fc.integer({ min: 1, max: 2 }),
    evidenceOf: fc.subarray(['i-0', 'i-1', 'i-2', 'i-3']),
    ageMs: fc.constantFrom(0, 100_000, 900_000),
  })
  .map(({ phase, extra, room, surge, evidenceOf, ageMs, ...rest }): Scene => {
    const desired =
      rest.instances.filter(({ state: name }) => name === 'InService' || name.startsWith('Pending')).length + extra;
    const isGoingBack = phase === 'halt' || phase === 'rollBack' || (phase === 'finish' && evidenceOf.length > 0);
    const evidence = isGoingBack
      ? [{ code: 'WRONG_VERSION' as const, expected: '2.0', shown: [], at: now, instanceIds: evidenceOf }]
      : [];
    return {
      ...rest,
      desired,
      min: Math.min(rest.min, desired),
      max: Math.max(desired, rest.base) + room,
      options: { surge },
      record: { phase, isGoingBack, evidence, progressAt: now - ageMs, phaseSince: now - ageMs },
    };
  });

function decideScene(it: Scene) {
  const { record, observation } = stage(it);
  const step = decide(record, observation);
  const acts = step.decisions.filter((decision): decision is Act => decision.kind !== 'wait');
  const serving = new Set(
    observation.group.instances
      .filter(
        ({ instanceId, lifecycleState, instanceState }) =>
          lifecycleState === 'InService' &&
          instanceState === 'running' &&
          observation.targetGroups.every(({ targets }) => {
            const own = targets.filter((target) => target.instanceId === instanceId);
            return own.length > 0 && own.every((target) => target.state === 'healthy');
          }),
      )
      .map(({ instanceId }) => instanceId),
  );
  return { record, observation, step, acts, serving };
}

const leavingKinds: readonly string[] = ['enterStandby', 'quarantine', 'terminate'];
const idsOf = (act: Act): readonly string[] => ('instanceIds' in act ? act.instanceIds : []);

describe('for every record and observation', () => {
  const hold = (name: string, property: (it: ReturnType<typeof decideScene>) => void) =>
    test(name, () => {
      fc.assert(
        fc.property(scene, (it) => property(decideScene(it))),
        { numRuns: 1_500, seed: 20_181_111 },
      );
    });

  hold('decide returns: acts, a wait, or an end', ({ step }) => {
    expect(step.decisions.length > 0 || step.record.outcome !== undefined).toBe(true);
  });

  hold(
    'decide is a function: the same again, from plain JSON, and its input untouched',
    ({ record, observation, step }) => {
      const plain = JSON.parse(JSON.stringify({ record, observation })) as {
        record: typeof record;
        observation: typeof observation;
      };
      const again = decide(plain.record, plain.observation);
      expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(step)));
      expect(plain).toEqual(JSON.parse(JSON.stringify({ record, observation })));
    },
  );

  hold(
    'S1: serving instances never become fewer than are wanted, by what is decided',
    ({ record, acts, serving, step }) => {
      const leaving = acts.filter(({ kind }) => leavingKinds.includes(kind)).flatMap(idsOf);
      const left = leaving.filter((id) => serving.has(id));
      if (left.length === 0) return;
      const base = step.record.base?.desiredCapacity ?? 0;
      expect(serving.size - left.length).toBeGreaterThanOrEqual(Math.max(base, record.base?.desiredCapacity ?? 0));
    },
  );

  hold(
    'S2: an old one leaves service only while enough serve that are old, or verified now',
    ({ step, acts, serving }) => {
      const left = acts
        .filter(({ kind }) => kind === 'enterStandby')
        .flatMap(idsOf)
        .filter((id) => serving.has(id));
      if (left.length === 0) return;
      const known = step.record.instances;
      const verified = [...serving].filter(
        (id) => known[id]?.verifiedAt !== undefined && known[id]?.lostAt === undefined,
      );
      const old = [...serving].filter(
        (id) => known[id]?.launchTemplateVersion !== step.record.to.launchTemplateVersion,
      );
      expect(verified.length).toBeGreaterThan(0);
      expect(verified.length + old.length - left.length).toBeGreaterThanOrEqual(step.record.base?.desiredCapacity ?? 0);
    },
  );

  hold('S5: what is ordered is in the record', ({ acts, step }) => {
    const { ours } = step.record;
    for (const act of acts) {
      if (act.kind === 'pinLaunchTemplate') expect(ours.pin?.version).toBe(act.version);
      if (act.kind === 'suspendProcesses')
        expect(ours.suspendedProcesses).toEqual(expect.arrayContaining([...act.processes]));
      if (leavingKinds.includes(act.kind) || act.kind === 'exitStandby') {
        expect(
          ours.inFlight?.some(
            (change) =>
              change.kind === act.kind && 'instanceIds' in change && change.instanceIds.join() === idsOf(act).join(),
          ),
        ).toBe(true);
      }
      if (act.kind === 'setSizes' && act.desiredCapacity !== undefined) {
        expect(ours.inFlight).toContainEqual(
          expect.objectContaining({ kind: 'setDesired', to: act.desiredCapacity, from: act.ifDesiredCapacity }),
        );
      }
      if (act.kind === 'setSizes' && act.maxSize !== undefined)
        expect([ours.maxSize?.during, ours.maxSize?.original]).toContain(act.maxSize);
    }
  });

  hold(
    'S6: no desired capacity is written that was not just read, and none above MaxSize or below MinSize',
    ({ acts, observation }) => {
      const { group } = observation;
      let max = group.maxSize;
      for (const act of acts) {
        if (act.kind !== 'setSizes') continue;
        max = act.maxSize ?? max;
        if (act.desiredCapacity === undefined) continue;
        expect(act.ifDesiredCapacity).toBe(group.desiredCapacity);
        expect(act.desiredCapacity).toBeGreaterThanOrEqual(group.minSize);
        expect(act.desiredCapacity).toBeLessThanOrEqual(max);
      }
    },
  );

  hold('what leaves with the desired capacity leaves MinSize whole', ({ acts, observation }) => {
    const { group } = observation;
    const back = acts.filter(({ kind }) => kind === 'exitStandby').flatMap(idsOf).length;
    const counted = acts.filter(
      (act) => act.kind === 'enterStandby' || act.kind === 'quarantine' || (act.kind === 'terminate' && act.decrement),
    );
    const count = counted.flatMap(idsOf).length;
    if (count > 0) expect(group.desiredCapacity + back - count).toBeGreaterThanOrEqual(group.minSize);
  });

  hold(
    'on the way back the group is pointed back before anything new leaves it',
    ({ acts, record, observation, step }) => {
      if (step.record.isGoingBack !== true || record.ours.pin === undefined) return;
      const isNew = (id: string) =>
        observation.group.instances.some(
          ({ instanceId, launchTemplateVersion }) => instanceId === id && launchTemplateVersion === '8',
        );
      const leave = acts.findIndex((act) => leavingKinds.includes(act.kind) && idsOf(act).some(isNew));
      if (leave < 0 || observation.group.launchTemplate?.version === '7') return;
      const pin = acts.findIndex((act) => act.kind === 'pinLaunchTemplate' && act.version === '7');
      expect(pin).toBeGreaterThanOrEqual(0);
      expect(pin).toBeLessThan(leave);
    },
  );

  hold('an instance is named by one decision at most, and only an instance that is there', ({ acts, observation }) => {
    const ids = acts.flatMap(idsOf);
    expect(new Set(ids).size).toBe(ids.length);
    const present = new Set(observation.group.instances.map(({ instanceId }) => instanceId));
    expect(ids.filter((id) => !present.has(id))).toEqual([]);
  });

  hold('what is somebody else’s in Standby is never touched', ({ acts, observation, record }) => {
    const theirs = observation.group.instances
      .filter(
        ({ instanceId, lifecycleState }) =>
          lifecycleState === 'Standby' && record.instances[instanceId]?.warmAt === undefined,
      )
      .map(({ instanceId }) => instanceId);
    expect(acts.flatMap(idsOf).filter((id) => theirs.includes(id))).toEqual([]);
  });
});
