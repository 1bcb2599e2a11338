// rollout-document: what a rollout came to, for a program (`--json`) and for a reader. The schema is in docs/cli.md.
import type { Finding } from '@directrix/preflight';
import { type Evidence, type Need, type Outcome, type Release, shell } from '@directrix/rollout';
import type { Colors } from '../colors.js';
import type { FailureDocument } from '../failure.js';
import { formatDuration } from '../option-values.js';
import { listEvidence, tellEvidence } from '../text/evidence-text.js';
import { cleanLine } from '../text/lines.js';
import { adviseNeed } from '../text/need-text.js';
import { tellNotice } from '../text/notice-text.js';
import { colorOutcome, nameRelease } from './describe-event.js';
import type { QuarantinedInstance, Story } from './story.js';

export type RolloutOutcome =
  | Outcome
  /** Nothing was to be done. */
  | 'unchanged'
  /** Refused before anything was changed. */
  | 'refused'
  /** Stopped at a safe point; `resume` goes on. */
  | 'interrupted';

/** Evidence with its parts, and the sentence that they make. */
export type ToldEvidence = Evidence & { readonly message: string };

export interface RolloutDocument {
  readonly schema: 'directrix.rollout/1';
  readonly command: string;
  readonly outcome: RolloutOutcome;
  readonly group: string;
  readonly rolloutId?: string;
  readonly from?: Release;
  readonly to?: Release;
  readonly text: string;
  /** What a person must decide or mend, with its parts. Of `needsHuman`. */
  readonly need?: Need;
  readonly startedAt?: string;
  readonly elapsedMs?: number;
  readonly evidence: readonly ToldEvidence[];
  readonly notices: readonly { readonly code: string; readonly text: string }[];
  readonly quarantined: readonly QuarantinedInstance[];
  /** The local file with every event. */
  readonly journal?: string;
  readonly error?: FailureDocument;
  /** Of preflight, when it refused. */
  readonly findings?: readonly Finding[];
}

/** What a reader gets of it at the end, on stdout. */
export function formatRollout(document: RolloutDocument, colors: Colors): string {
  const { group, from, to, elapsedMs } = document;
  const took = elapsedMs === undefined ? '' : ` (${formatDuration(elapsedMs)})`;
  const lines = [`${colorOutcome(document.outcome, colors)(headline(document))}${took}`];
  if (document.text !== '') lines.push(`  ${document.text}`);
  if (from && to) lines.push(`  ${group}: ${nameRelease(from)} -> ${nameRelease(to)}`);
  for (const evidence of document.evidence) lines.push(...formatEvidence(evidence).map((line) => `  ${line}`));
  lines.push(...formatQuarantined(document.quarantined, colors));
  if (document.journal !== undefined) lines.push(`  journal   ${document.journal}`);
  const next = nextStep(document);
  if (next !== undefined) lines.push(`  next      ${next}`);
  return `${lines.join('\n')}\n`;
}

function headline({ outcome, to, group }: RolloutDocument): string {
  switch (outcome) {
    case 'done':
      return `DONE: ${group} is on ${to?.version ?? 'its release'}`;
    case 'rolledBack':
      return `HALTED: ${group} is as it was; ${to?.version ?? 'the release'} was not rolled out`;
    case 'needsHuman':
      return `NEEDS A HUMAN: ${group}`;
    case 'interrupted':
      return `INTERRUPTED: ${group}`;
    case 'unchanged':
      return `NOTHING TO DO: ${group}`;
    case 'refused':
      return `REFUSED: ${group}`;
  }
}

/** The evidence, with what was seen of each instance on a line of its own. */
export function formatEvidence(evidence: Evidence): string[] {
  return [`evidence  ${evidence.code}`, ...listEvidence(evidence).map((part) => `            ${part}`)];
}

export function withMessage(evidence: Evidence): ToldEvidence {
  return { ...evidence, message: tellEvidence(evidence) };
}

/** Lines of a console that a reader is shown; the bundle has all of it. */
const shownConsoleLines = 8;

function formatQuarantined(quarantined: readonly QuarantinedInstance[], colors: Colors): string[] {
  const toldBy = new Map<string, string>();
  return quarantined.flatMap(({ instanceId, bundle, consoleTail }) => {
    const gist = gistOf(consoleTail, instanceId);
    const first = toldBy.get(gist);
    if (first === undefined) toldBy.set(gist, instanceId);
    return [
      `  kept      ${instanceId}, all that is known of it: ${bundle}`,
      ...(first === undefined
        ? formatConsole(consoleTail, colors)
        : [colors.dim(`            (its console says the same as that of ${first})`)]),
    ];
  });
}

function formatConsole(consoleTail: readonly string[], colors: Colors): string[] {
  if (consoleTail.length === 0) return [colors.dim('            (its console says nothing)')];
  return consoleTail.slice(-shownConsoleLines).map((line) => colors.dim(`            | ${cleanLine(line)}`));
}

// What a console says, but for times, process ids and names of the machine itself, which differ on every machine, and for the order of
// services that start at the same time.
function gistOf(consoleTail: readonly string[], instanceId: string): string {
  return consoleTail
    .map((line) => cleanLine(line).replaceAll(instanceId, '').replace(/\d+/g, '').replace(/\s+/g, ' '))
    .sort()
    .join('\n');
}

function nextStep({ outcome, group, need }: RolloutDocument): string | undefined {
  if (outcome === 'interrupted')
    return `${shell`directrix resume --group ${group}`} goes on; ${shell`directrix abort --group ${group}`} goes back`;
  if (outcome === 'needsHuman') return adviseNeed(need, group);
  return undefined;
}

/** The part of the document that the story tells. */
export function documentOf(
  story: Story,
): Pick<RolloutDocument, 'from' | 'to' | 'evidence' | 'notices' | 'quarantined'> {
  const { from, to, evidence, notices, quarantined } = story;
  return {
    from,
    to,
    evidence: evidence.map(withMessage),
    notices: notices.map((notice) => ({ code: notice.code, text: tellNotice(notice) })),
    quarantined,
  };
}
