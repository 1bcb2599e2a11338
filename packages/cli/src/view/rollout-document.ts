// rollout-document: what a rollout came to, for a program (`--json`) and for a reader. The schema is in docs/cli.md.
import type { Finding } from '@directrix/preflight';
import type { Evidence, Outcome, Release } from '@directrix/rollout';
import type { Colors } from '../colors.js';
import type { FailureDocument } from '../failure.js';
import { formatDuration } from '../option-values.js';
import { colorOutcome, nameRelease } from './describe-event.js';
import { nameEvidence } from './journal-lines.js';
import type { QuarantinedInstance, Story } from './story.js';

export type RolloutOutcome =
  | Outcome
  /** Nothing was to be done. */
  | 'unchanged'
  /** Refused before anything was changed. */
  | 'refused'
  /** Stopped at a safe point; `resume` goes on. */
  | 'interrupted';

export interface RolloutDocument {
  readonly schema: 'directrix.rollout/1';
  readonly command: string;
  readonly outcome: RolloutOutcome;
  readonly group: string;
  readonly rolloutId?: string;
  readonly from?: Release;
  readonly to?: Release;
  readonly text: string;
  readonly startedAt?: string;
  readonly elapsedMs?: number;
  readonly evidence: readonly Evidence[];
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
  const text = nameEvidence(document.text, document.evidence);
  if (text !== '') lines.push(`  ${text}`);
  if (from && to) lines.push(`  ${group}: ${nameRelease(from)} -> ${nameRelease(to)}`);
  for (const evidence of document.evidence) lines.push(...formatEvidence(evidence).map((line) => `  ${line}`));
  for (const instance of document.quarantined) lines.push(...formatQuarantined(instance, colors));
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
export function formatEvidence({ code, message }: Evidence): string[] {
  return [`evidence  ${code}`, ...message.split('; ').map((part) => `            ${part}`)];
}

function formatQuarantined({ instanceId, bundle, consoleTail }: QuarantinedInstance, colors: Colors): string[] {
  return [
    `  kept      ${instanceId}, all that is known of it: ${bundle}`,
    ...(consoleTail.length === 0 ? [colors.dim('              (its console says nothing)')] : []),
    ...consoleTail.map((line) => colors.dim(`            | ${clean(line)}`)),
  ];
}

// A console is somebody else's text: its control characters must not reach the terminal.
function clean(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones.
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

function nextStep({ outcome, group }: RolloutDocument): string | undefined {
  if (outcome === 'interrupted')
    return `directrix resume --group ${group} goes on; directrix abort --group ${group} goes back`;
  if (outcome === 'needsHuman')
    return `mend it, then directrix resume --group ${group}, or directrix abort --group ${group}`;
  return undefined;
}

/** The part of the document that the story tells. */
export function documentOf(
  story: Story,
): Pick<RolloutDocument, 'from' | 'to' | 'evidence' | 'notices' | 'quarantined'> {
  const { from, to, evidence, notices, quarantined } = story;
  return { from, to, evidence, notices, quarantined };
}
