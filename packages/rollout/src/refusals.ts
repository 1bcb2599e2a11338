// Refusals: what AWS has refused so far, per kind of act.
import { decisiveFailureCount } from './bounds.js';
import type { ActKind } from './contract/act-kind.js';
import type { Act } from './decision.js';
import type { Refused, RolloutRecord } from './record.js';

/** Whether AWS has refused this so often that trying again is no plan. */
export function isGivenUp({ refusals }: RolloutRecord, kind: ActKind): boolean {
  return (refusals?.[kind]?.count ?? 0) >= decisiveFailureCount;
}

/** Whether it is better to look for another way: the caller may not do it, or it was refused so often that trying again is no plan. */
export function isRefused(record: RolloutRecord, kind: ActKind): boolean {
  return record.refusals?.[kind]?.failure.kind === 'denied' || isGivenUp(record, kind);
}

/** The acts that are worth trying. */
export function withoutGivenUp(record: RolloutRecord, acts: readonly Act[]): readonly Act[] {
  return acts.filter(({ kind }) => !isGivenUp(record, kind));
}

/** The first of these kinds that is given up, with its refusals. */
export function findGivenUp(
  record: RolloutRecord,
  kinds: readonly ActKind[],
): (Refused & { readonly act: ActKind }) | undefined {
  const act = kinds.find((kind) => isGivenUp(record, kind));
  const refused = act === undefined ? undefined : record.refusals?.[act];
  return act === undefined || refused === undefined ? undefined : { ...refused, act };
}
