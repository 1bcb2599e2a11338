// milestones: when it began, when somebody or something noticed, when the way back was decided, when users were served again.
//
//   M1. A milestone that no witness saw is absent, not guessed.
//   M2. They are in order: a detection before the beginning is a warning and does not count; a decision follows the detection or is it.
import type { TimelineEntry, Witness } from './entry.js';
import type { Impact } from './impact.js';

export interface Milestone {
  readonly at: number;
  readonly witness: Witness;
}

export interface Milestones {
  /** The first sign of harm: the first failed request, or the first evidence where requests were not watched. */
  readonly began?: Milestone;
  readonly detected?: Milestone;
  readonly decided?: Milestone;
  readonly restored?: Milestone;
}

export function findMilestones(timeline: readonly TimelineEntry[], impact: Impact | undefined): Milestones {
  const began = beginningOf(timeline, impact);
  if (began === undefined) return {};
  const after = timeline.filter(({ at }) => at >= began.at);
  const detected = milestoneOf(after.find(isDetection));
  const decided = milestoneOf(after.find((entry) => isDecision(entry) && entry.at >= (detected?.at ?? began.at)));
  return { began, detected: detected ?? decided, decided, restored: restorationOf(after, impact) };
}

/** How long each took, in milliseconds from the beginning. */
export function durationsOf({ began, detected, decided, restored }: Milestones) {
  const since = (milestone: Milestone | undefined) =>
    began === undefined || milestone === undefined ? undefined : milestone.at - began.at;
  return { toDetectMs: since(detected), toDecideMs: since(decided), toRestoreMs: since(restored) };
}

function beginningOf(timeline: readonly TimelineEntry[], impact: Impact | undefined): Milestone | undefined {
  const outage = impact?.outages[0];
  if (outage !== undefined) return { at: outage.since, witness: 'requests' };
  return milestoneOf(timeline.find((entry) => isDetection(entry) || isProber(entry, 'began')));
}

function isProber(entry: TimelineEntry, what: 'began' | 'alarmed' | 'recovered'): boolean {
  return entry.witness === 'prober' && entry.what === what;
}

function isDetection(entry: TimelineEntry): boolean {
  switch (entry.witness) {
    case 'rollout':
      return entry.event.kind === 'evidence';
    case 'alarm':
      return entry.state === 'ALARM';
    case 'prober':
      return entry.what === 'alarmed';
    case 'person':
      return entry.what === 'noticed';
    default:
      return false;
  }
}

function isDecision(entry: TimelineEntry): boolean {
  if (entry.witness === 'person') return entry.what === 'decided';
  return entry.witness === 'rollout' && entry.event.kind === 'phase' && entry.event.phase === 'halt';
}

function restorationOf(after: readonly TimelineEntry[], impact: Impact | undefined): Milestone | undefined {
  if (impact !== undefined) {
    const last = impact.outages.at(-1);
    if (last !== undefined) return last.isOver ? { at: last.until, witness: 'requests' } : undefined;
  }
  const probed = after.filter((entry) => isProber(entry, 'began') || isProber(entry, 'recovered'));
  if (probed.length > 0) return milestoneOf(restoredByProber(probed));
  return milestoneOf(
    after.findLast(
      (entry) => entry.witness === 'rollout' && entry.event.kind === 'finished' && entry.event.outcome !== 'needsHuman',
    ),
  );
}

/** The end of the last incident; undefined while one of them is not over. */
function restoredByProber(probed: readonly TimelineEntry[]): TimelineEntry | undefined {
  const open = new Set<string>();
  for (const entry of probed) {
    if (entry.witness !== 'prober') continue;
    if (entry.what === 'recovered') open.delete(entry.incidentId);
    else open.add(entry.incidentId);
  }
  return open.size > 0 ? undefined : probed.findLast((entry) => isProber(entry, 'recovered'));
}

function milestoneOf(entry: TimelineEntry | undefined): Milestone | undefined {
  return entry && { at: entry.at, witness: entry.witness };
}
