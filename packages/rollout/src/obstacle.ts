// Obstacle: why nothing of the release can be tried outside of the group.
import type { ActKind } from './contract/act-kind.js';
import type { ProofObstacle } from './contract/notice.js';
import type { Observation } from './observation.js';
import { isProofEndedByOthers, isShadowUnused, startOfProof } from './proof.js';
import type { RolloutRecord } from './record.js';
import { isGivenUp } from './refusals.js';

/** What a proof outside of the group, and a canary, need of AWS. */
export const actsOfTrial = [
  'openShadow',
  'launchProof',
  'registerProof',
  'setForward',
] as const satisfies readonly ActKind[];

/** A refusal of IAM stays one; any other is tried again a few times. */
export function findObstacle(record: RolloutRecord, observation: Observation): ProofObstacle | undefined {
  const { proof: seen, at } = observation;
  if (seen?.isTargetGroupGone === true) return { code: 'SHADOW_GONE' };
  if (record.phase === 'prove') {
    const isLate = at - startOfProof(record) >= record.options.startTimeoutMs;
    if (seen !== undefined && isShadowUnused(seen) && isLate) return { code: 'SHADOW_GONE' };
    const { proof = {}, ours } = record;
    if (isProofEndedByOthers(proof)) {
      const instanceId = ours.shadow?.instance?.instanceId;
      return { code: 'INSTANCE_ENDED', instanceId, stateReason: proof.lost?.cause };
    }
  }
  for (const act of actsOfTrial) {
    const refused = record.refusals?.[act];
    if (refused === undefined) continue;
    if (refused.failure.kind === 'denied' || isGivenUp(record, act))
      return { code: 'REFUSED', act, failure: refused.failure };
  }
  return undefined;
}
