// Prove: one instance of the release is tried outside of the group before users can reach it.
//
//   S3. Nothing of the release is in service before it was proved, where the load balancer lets us.
//   S5. Each temporary part is in the record from before it is asked for until it is known to be gone.
//   1. The launch template version is made first, and the group stays pinned to the one of now.
//   2. Where there can be no proof outside (AWS refuses a rule or an instance, somebody deletes the shadow), nobody is blamed: what was
//      made is removed, and the first instance is verified alone in the group.
//   3. Proved, it joins the group, in roll: nothing serves before whoever is asked first has said yes. Where MaxSize or AWS does not
//      allow that, it is terminated.
//   4. What is temporary goes whatever becomes of the rest (L3).
import type { Notice } from './contract/notice.js';
import type { Act } from './decision.js';
import { holdUnsettled } from './holds.js';
import { actsOfTrial, findObstacle } from './obstacle.js';
import { closeShadow, findEmptiestZone, isJoinDue } from './outside.js';
import { countAsked, holdProof } from './proof.js';
import type { RolloutRecord } from './record.js';
import { isGivenUp, withoutGivenUp } from './refusals.js';
import { prepareRelease } from './roll.js';
import { inOrder, type Situation, type StepPlan } from './step.js';

export function planProve(situation: Situation): StepPlan {
  const { record } = situation;
  const prepare = prepareRelease(situation);
  if (record.to.launchTemplateVersion === undefined) return { acts: inOrder(prepare), holds: [] };
  if (record.proof?.verdict !== undefined) return leaveProve(situation);
  const obstacle = findObstacle(record, situation.observation);
  if (obstacle !== undefined)
    return leaveProve(goWithout(situation), { code: 'PROOF_BY_HEALTH_ALONE', because: obstacle });
  const acts = [...prepare, ...setUp(situation)];
  const { proof } = situation.observation;
  if (proof === undefined) return { acts, holds: [] };
  const holds = holdProof(record, situation.observation, proof);
  if (acts.length > 0 || holds.length > 0) return { acts, holds };
  const isUnasked = countAsked(record.proof ?? {}) === 0;
  const proved = { ...situation, record: { ...record, proof: { ...record.proof, verdict: 'proved' as const } } };
  return isUnasked
    ? leaveProve(proved, { code: 'PROOF_NOT_ASKED', strangers: record.proof?.strangers ?? 0 })
    : leaveProve(proved);
}

/** What the instance and its way lack. None relies on another: the instance boots while the way is made. */
function setUp({ record, observation }: Situation): readonly Act[] {
  const { shadow } = record.ours;
  const place = record.options.prove;
  const { version, launchTemplateVersion } = record.to;
  const because = { code: 'TRY_OUTSIDE', version } as const;
  const acts: Act[] = [];
  if (place === undefined || launchTemplateVersion === undefined) return acts;
  const targetGroupArn = shadow?.route?.targetGroupArn;
  if (targetGroupArn === undefined) acts.push({ kind: 'openShadow', place, because });
  const instanceId = shadow?.instance?.instanceId;
  if (instanceId === undefined) {
    const availabilityZone = shadow?.instance?.availabilityZone ?? findEmptiestZone(observation);
    acts.push({ kind: 'launchProof', launchTemplateVersion, availabilityZone, because });
  }
  const seen = observation.proof;
  if (targetGroupArn === undefined || instanceId === undefined || seen?.instanceId !== instanceId) return acts;
  // AWS takes only those that run.
  if (seen.instanceState === 'running' && seen.target === undefined)
    acts.push({ kind: 'registerProof', instanceId, targetGroupArn, because });
  return acts;
}

function goWithout(situation: Situation): Situation {
  const { record } = situation;
  const refusals = { ...record.refusals };
  for (const act of actsOfTrial) delete refusals[act];
  return {
    ...situation,
    record: { ...record, refusals, proof: { ...record.proof, verdict: 'byHealthAlone' } },
  };
}

/** The verdict is known: the way to it goes, an instance that cannot join ends, and roll begins. */
function leaveProve(situation: Situation, notice?: Notice): StepPlan {
  const { record } = situation;
  const notices = notice === undefined ? [] : [notice];
  // What was made to try it is what the canary needs.
  if (record.options.canary !== undefined && record.proof?.verdict === 'proved')
    return { record, acts: [], holds: [], notices, next: { phase: 'canary', because: describeProved(record) } };
  const acts = withoutGivenUp(record, closeShadow(situation));
  if (acts.length > 0 || isOwed(situation)) return { record, acts, holds: holdUnsettled(situation), notices };
  return { record, acts: [], holds: [], notices, next: { phase: 'roll', because: describeProved(record) } };
}

/** What AWS will not take back is tried again at the end. */
function isOwed(situation: Situation): boolean {
  const { record } = situation;
  const { route, instance } = record.ours.shadow ?? {};
  return (
    (route !== undefined && !isGivenUp(record, 'closeShadow')) ||
    (instance !== undefined && !isJoinDue(situation) && !isGivenUp(record, 'endProof'))
  );
}

function describeProved(record: RolloutRecord) {
  const { version } = record.to;
  const { proof = {} } = record;
  if (proof.verdict !== 'proved') return { code: 'PROOF_BY_HEALTH_ALONE', version } as const;
  const failures = Object.values(proof.paths ?? {}).reduce((sum, path) => sum + path.failures, 0);
  return { code: 'PROVED', version, requests: countAsked(proof), failures } as const;
}
