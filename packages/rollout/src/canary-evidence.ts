// Canary evidence: what is decisive against going on with a canary, beside what its instances and users' requests show.
import { sightingsToBelieve } from './bounds.js';
import type { CanaryPlan } from './canary-plan.js';
import { listOutsideIds, plainForwardOf } from './canary-sight.js';
import type { Evidence } from './contract/evidence.js';
import type { GateName } from './contract/hold.js';
import { isInSharedOutage, listCanaryVerdicts, trafficJudgementOf } from './gates/judge-gates.js';
import type { Observation } from './observation.js';
import { findObstacle } from './obstacle.js';
import type { RolloutRecord } from './record.js';

/** Empty where there is no canary, and once it has passed. */
export function findCanaryEvidence(record: RolloutRecord, observation: Observation): readonly Evidence[] {
  const { options, phase } = record;
  if (options.canary === undefined || (phase !== 'prove' && phase !== 'canary')) return [];
  if (record.canary?.verdict === 'passed') return [];
  return [
    findImpossible(record, observation),
    ...(phase === 'prove'
      ? []
      : [
          findListenerChange(record, observation, options.canary),
          findTraffic(record, observation),
          findNoData(record, observation),
        ]),
  ].filter((each) => each !== undefined);
}

function findImpossible(record: RolloutRecord, observation: Observation): Evidence | undefined {
  const because = findObstacle(record, observation);
  return because && { code: 'CANARY_IMPOSSIBLE', at: observation.at, instanceIds: [], because };
}

function findListenerChange(
  { ours, options }: RolloutRecord,
  { at, forward: seen }: Observation,
  { place }: CanaryPlan,
): Evidence | undefined {
  const evidence = { code: 'LISTENER_CHANGED', at, instanceIds: [], place } as const;
  if (ours.forward !== undefined) return (ours.forward.otherCount ?? 0) >= sightingsToBelieve ? evidence : undefined;
  if (seen === undefined || plainForwardOf(seen, options.prove?.targetGroupArn) !== undefined) return undefined;
  // An old look at what was given back is nobody's change.
  const shadowArn = ours.shadow?.route?.targetGroupArn;
  const isOldNews =
    seen.kind === 'forward' && seen.targetGroups.some(({ targetGroupArn }) => targetGroupArn === shadowArn);
  return isOldNews ? undefined : evidence;
}

function findTraffic(record: RolloutRecord, { at }: Observation): Evidence | undefined {
  const judgement = trafficJudgementOf(record);
  // Old instances that fail their checks say that it is not the release alone.
  if (judgement?.verdict !== 'fail' || record.isEnvironmentBroken === true) return undefined;
  return {
    code: judgement.by === 'failures' ? 'CANARY_FAILING' : 'CANARY_SLOW',
    at,
    instanceIds: listOutsideIds(record),
    version: record.to.version,
    numbers: judgement.numbers,
  };
}

function findNoData(record: RolloutRecord, { at }: Observation): Evidence | undefined {
  const { options, canary, to } = record;
  const step = options.canary?.steps[canary?.step ?? 0];
  if (step === undefined || canary?.since === undefined || isInSharedOutage(record)) return undefined;
  const waitedMs = at - Math.max(canary.since, record.phaseSince, record.heldAt ?? 0);
  const gates = listUndecided(record);
  if (gates.length === 0 || waitedMs < step.forMs + options.progressDeadlineMs) return undefined;
  const requests = trafficJudgementOf(record)?.numbers.canary.requests ?? 0;
  const { share } = step;
  return { code: 'CANARY_NO_DATA', at, instanceIds: [], version: to.version, gates, share, waitedMs, requests };
}

/** The gates that have not seen enough to let the canary go on. */
export function listUndecided(record: RolloutRecord): readonly GateName[] {
  return listCanaryVerdicts(record)
    .filter(({ verdict }) => verdict === 'no-data')
    .map(({ gate }) => gate);
}
