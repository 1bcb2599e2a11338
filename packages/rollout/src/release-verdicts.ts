// Release verdicts: what an ended rollout proved of its two releases.
import type { EvidenceCode } from './contract/evidence.js';
import { hasWarmLeft, listSuspendedByUs } from './ledger.js';
import type { Release, RolloutRecord } from './record.js';

type KnownRelease = Release & { readonly launchTemplateVersion: string };

export interface ReleaseVerdicts {
  /** Every instance was of it and served. The present one first. */
  readonly good: readonly KnownRelease[];
  /** It was rolled away from: no rollback may bring it back. */
  readonly withdrawn: readonly Release[];
}

const ofPersons: readonly EvidenceCode[] = ['ABORTED', 'APPROVAL_REJECTED', 'APPROVAL_UNANSWERED'];

/**
 * What the record says of its releases; nothing while it has no outcome, or a person is needed.
 *
 * | purpose  | outcome    | why                  | good     | withdrawn |
 * |----------|------------|----------------------|----------|-----------|
 * | deploy   | done       |                      | to, from |           |
 * | rollback | done       |                      | to       | from      |
 * | deploy   | done       | nothing served       | to       | from      |
 * | either   | rolledBack | evidence against it  | from     | to        |
 * | either   | rolledBack | a person's no        | from     |           |
 */
export function judgeReleases({ outcome, purpose, original, from, to, evidence }: RolloutRecord): ReleaseVerdicts {
  // Who aborts a rollout, or does not approve it, says nothing of the release; who goes back because of evidence does.
  const isBad = evidence.some(({ code }) => !ofPersons.includes(code));
  if (outcome === 'rolledBack') return { good: [from], withdrawn: isBad ? [to] : [] };
  const { launchTemplateVersion } = to;
  if (outcome !== 'done' || launchTemplateVersion === undefined) return { good: [], withdrawn: [] };
  const present = { ...to, launchTemplateVersion };
  // What served nobody when it was replaced is nothing to come back to, nor is what was rolled away from.
  const isLeft = purpose === 'rollback' || original.servingCount === 0;
  return isLeft ? { good: [present], withdrawn: [from] } : { good: [present, from], withdrawn: [] };
}

/**
 * Whether a rollout that needs a person has nothing of its own in the group any more: its instances serve nobody, the next release may
 * be the cure, and no record is in its way.
 */
export function isLeftAlone(record: RolloutRecord): boolean {
  const { outcome, needs, ours } = record;
  if (outcome !== 'needsHuman' || (needs?.code !== 'OLD_NOT_SERVING' && needs?.code !== 'NEW_NOT_SERVING'))
    return false;
  const isSuspending = listSuspendedByUs(record).length > 0;
  const isLending =
    ours.forward !== undefined || ours.surge !== 0 || ours.minSize !== undefined || ours.maxSize !== undefined;
  return !isSuspending && !isLending && (ours.inFlight ?? []).length === 0 && !hasWarmLeft(record);
}
