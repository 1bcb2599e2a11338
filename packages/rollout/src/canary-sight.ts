// Canary sight: the instances outside of the group, and how users' requests are led, as one observation shows them.
import { type PlainForward, weightsOf } from './canary-plan.js';
import type { ForwardObservation, Observation, ProofObservation } from './observation.js';
import type { Canary, RolloutRecord } from './record.js';
import type { OutsideInstance, Proof } from './shadow.js';

/** One outside of the group by our doing. `ordinal` 0 is the one that was tried first. */
export interface Outside extends OutsideInstance {
  readonly ordinal: number;
}

/** In the order of their ordinals. */
export function listOutside({ ours }: RolloutRecord): readonly Outside[] {
  const { instance, others = {} } = ours.shadow ?? {};
  const first = instance === undefined ? [] : [{ ...instance, ordinal: 0 }];
  const more = Object.entries(others).map(([ordinal, each]) => ({ ...each, ordinal: Number(ordinal) }));
  return [...first, ...more.sort((a, b) => a.ordinal - b.ordinal)];
}

export interface OutsideSight {
  readonly seen: ProofObservation;
  readonly proof: Proof;
  readonly ordinal: number;
}

export function listOutsideIds(record: RolloutRecord): readonly string[] {
  return listOutside(record).flatMap(({ instanceId }) => instanceId ?? []);
}

/** How far the canary is: at its first step, before anything was learned. */
export function canaryOf({ canary }: Pick<RolloutRecord, 'canary'>): Canary {
  return canary ?? { step: 0 };
}

/** What the observation shows of an instance outside of the group. */
export function findSeen(
  { proof, canaries = [] }: Observation,
  instanceId: string | undefined,
): ProofObservation | undefined {
  return [proof, ...canaries].find((seen) => seen !== undefined && seen.instanceId === instanceId);
}

/** Those of them that the observation shows. */
export function listOutsideSeen(record: RolloutRecord, observation: Observation): readonly OutsideSight[] {
  return listOutside(record).flatMap(({ ordinal, instanceId }) => {
    const seen = findSeen(observation, instanceId);
    if (seen === undefined) return [];
    const proof = ordinal === 0 ? record.proof : record.canary?.others?.[seen.instanceId];
    return [{ ordinal, seen, proof: proof ?? {} }];
  });
}

/** Whose the action is now. `ours`: it leads this share to the canary. */
type ForwardSight =
  | { readonly kind: 'original' }
  | { readonly kind: 'ours'; readonly share: number }
  | { readonly kind: 'theirs' };

/** What an action that was read is, beside what it was and what we have ordered of it. */
export function readForward(
  seen: ForwardObservation,
  terms: {
    readonly original: PlainForward;
    readonly shadowArn: string | undefined;
    readonly ordered: readonly number[];
  },
): ForwardSight {
  const { original, shadowArn, ordered } = terms;
  if (seen.kind === 'other') return { kind: 'theirs' };
  if (seen.targetGroups.length === 1)
    return { kind: seen.targetGroups[0]?.targetGroupArn === original.targetGroupArn ? 'original' : 'theirs' };
  const weight = (arn: string | undefined) =>
    seen.targetGroups.find(({ targetGroupArn }) => targetGroupArn === arn)?.weight;
  const [canary, stable] = [weight(shadowArn), weight(original.targetGroupArn)];
  if (seen.targetGroups.length !== 2 || shadowArn === undefined) return { kind: 'theirs' };
  const share = ordered.find((each) => weightsOf(each).canary === canary && weightsOf(each).stable === stable);
  return share === undefined ? { kind: 'theirs' } : { kind: 'ours', share };
}

/** The action, where it forwards everything to this target group and does nothing else; undefined: it is not ours to lend. */
export function plainForwardOf(
  seen: ForwardObservation | undefined,
  targetGroupArn: string | undefined,
): PlainForward | undefined {
  if (seen?.kind !== 'forward' || seen.targetGroups.length !== 1) return undefined;
  const [only] = seen.targetGroups;
  if (only === undefined || only.targetGroupArn !== targetGroupArn) return undefined;
  const { order, stickiness } = seen;
  return { targetGroupArn, weight: only.weight, order, stickiness };
}
