// Gate evidence: a gate that fails, as evidence against the release.
import { listOutsideIds } from '../canary-sight.js';
import type { Evidence } from '../contract/evidence.js';
import type { Member } from '../members.js';
import type { Observation } from '../observation.js';
import type { RolloutRecord } from '../record.js';
import { requestJudgementOf } from './judge-gates.js';

/** `fresh`: the instances of the release that have not left. */
export function findGateEvidence(
  record: RolloutRecord,
  { at }: Observation,
  fresh: readonly Member[],
): readonly Evidence[] {
  return [findRequestEvidence(record, at, fresh), findAlarmEvidence(record, at)].filter((each) => each !== undefined);
}

function findRequestEvidence(record: RolloutRecord, at: number, fresh: readonly Member[]): Evidence | undefined {
  const judgement = requestJudgementOf(record);
  // Old instances that fail their checks say that it is not the release alone.
  if (judgement?.verdict !== 'fail' || record.isEnvironmentBroken === true) return undefined;
  const { by, test, numbers } = judgement;
  const named = new Set(numbers.examples.flatMap(({ instanceId }) => instanceId ?? []));
  const inService = fresh.filter(({ instance }) => instance.lifecycleState === 'InService');
  const shown = inService.filter(({ instanceId }) => named.has(instanceId));
  return {
    code: by === 'failures' ? 'REQUESTS_FAILING' : 'REQUESTS_SLOW',
    at,
    // Where no answer names its instance, any of them may be the one.
    instanceIds:
      inService.length === 0 && record.ours.forward !== undefined
        ? listOutsideIds(record)
        : (shown.length > 0 ? shown : inService).map(({ instanceId }) => instanceId),
    version: record.to.version,
    test,
    numbers,
  };
}

function findAlarmEvidence({ gates }: RolloutRecord, at: number): Evidence | undefined {
  const raised = gates?.alarms?.raised ?? [];
  return raised.length === 0 ? undefined : { code: 'ALARM_RAISED', at, instanceIds: [], alarms: raised };
}
