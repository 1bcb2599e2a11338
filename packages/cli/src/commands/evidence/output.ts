import type { Colors } from '../../colors.js';
import { formatDuration } from '../../option-values.js';
import { cleanLine } from '../../text/lines.js';
import { count } from '../../text/quantities.js';

export interface KeptInstance {
  readonly instanceId: string;
  readonly rolloutId: string;
  /** Undefined where only its tags are known. */
  readonly groupName?: string;
  /** The codes of what it showed. */
  readonly evidence: readonly string[];
  readonly collectedAt?: string;
  readonly instanceType?: string;
  readonly imageId?: string;
  /** What the load balancer said of it last. */
  readonly lastHealth?: { readonly state: string; readonly reason?: string; readonly description?: string };
  /** Its lines. */
  readonly console?: readonly string[];
  /** What it shipped of its journal, a line each. Absent: its image does not say that it ships it. */
  readonly journal?: readonly string[];
  /** The local file that has it. */
  readonly journalFile?: string;
  /** What could not be had, and why. */
  readonly missing?: readonly string[];
  /** The local file with everything. */
  readonly bundle?: string;
  /** Where EC2 still knows it. */
  readonly running?: { readonly state: string; readonly expiresAt?: string; readonly launchedAt?: string };
  /** Of one that runs, where its price was said: USD. */
  readonly cost?: {
    readonly usdPerHour: number;
    readonly usdSoFar?: number | undefined;
    /** From now on. */
    readonly usdUntilExpiry?: number | undefined;
  };
}

/** The contract of `directrix evidence --json`; docs/cli.md has it. */
export interface EvidenceDocument {
  readonly schema: 'directrix.evidence/1';
  readonly instances: readonly KeptInstance[];
}

interface Manner {
  readonly colors: Colors;
  /** AWS's time. Undefined: nobody asked AWS. */
  readonly now?: number;
  /** With the console. */
  readonly isWhole: boolean;
}

export function formatEvidenceList({ instances }: EvidenceDocument, manner: Manner): string {
  if (instances.length === 0)
    return 'Nothing is kept: no rollout of this machine was halted, and nothing is in quarantine.\n';
  return `${instances.flatMap((instance) => formatInstance(instance, manner)).join('\n')}\n`;
}

function formatInstance(instance: KeptInstance, manner: Manner): string[] {
  const { instanceId, rolloutId, groupName, evidence, bundle, lastHealth, imageId } = instance;
  const { colors } = manner;
  return [
    `${colors.bold(instanceId)} ${evidence.length === 0 ? '' : colors.red(evidence.join(', '))}`.trimEnd(),
    `  rollout   ${rolloutId}${groupName === undefined ? '' : ` of ${groupName}`}${imageId === undefined ? '' : `, ${imageId}`}`,
    ...(lastHealth === undefined
      ? []
      : [`  target    ${[lastHealth.state, lastHealth.reason, lastHealth.description].filter(Boolean).join(' ')}`]),
    `  instance  ${formatRunning(instance, manner)}`,
    ...formatCost(instance),
    bundle === undefined ? '  kept      on the machine that deployed' : `  kept      ${bundle}`,
    ...formatConsole(instance, manner),
  ];
}

function formatRunning({ running, instanceType }: KeptInstance, { now }: Manner): string {
  if (running === undefined) return now === undefined ? 'not looked at' : 'gone';
  const type = instanceType === undefined ? '' : `, ${instanceType}`;
  if (running.state === 'terminated' || running.state === 'shutting-down') return running.state;
  const since =
    running.launchedAt === undefined || now === undefined
      ? ''
      : ` for ${formatDuration(now - Date.parse(running.launchedAt))}`;
  return `${running.state}${since}${type}, ${formatExpiry(running.expiresAt, now)}`;
}

function formatCost({ running, cost, instanceType }: KeptInstance): string[] {
  if (running === undefined || running.state === 'terminated' || running.state === 'shutting-down') return [];
  if (cost === undefined) return [`  cost      not known (--hourly-price ${instanceType ?? 'TYPE'}=USD says it)`];
  const { usdPerHour, usdSoFar, usdUntilExpiry } = cost;
  const parts = [
    `${usdPerHour} USD an hour`,
    ...(usdSoFar === undefined ? [] : [`${usdSoFar} USD so far`]),
    ...(usdUntilExpiry === undefined ? [] : [`${usdUntilExpiry} USD more until then`]),
  ];
  return [`  cost      ${parts.join(', ')}`];
}

function formatExpiry(expiresAt: string | undefined, now: number | undefined): string {
  const at = Date.parse(expiresAt ?? '');
  if (Number.isNaN(at)) return 'kept until somebody ends it';
  return now !== undefined && at <= now
    ? `expired ${expiresAt}: it costs until somebody ends it`
    : `kept until ${expiresAt}`;
}

/** A screen full; the bundle has all of it. */
const shownLines = 40;

function formatConsole(
  { console = [], journal = [], journalFile, missing = [] }: KeptInstance,
  { isWhole, colors }: Manner,
): string[] {
  if (!isWhole) return [];
  return [
    ...(journalFile === undefined ? [] : [`  journal   ${journalFile}`]),
    ...missing.map((what) => `  missing   ${what}`),
    // The journal has what the console has, and more.
    ...(journal.length > 0 ? formatLines('journal', journal, colors) : formatLines('console', console, colors)),
  ];
}

function formatLines(name: string, lines: readonly string[], colors: Colors): string[] {
  const earlier = lines.length - shownLines;
  return [
    ...(lines.length === 0 ? [] : [`  ${name}`]),
    ...(earlier > 0 ? [colors.dim(`    (${count(earlier, 'line')} before these)`)] : []),
    ...lines.slice(-shownLines).map((line) => colors.dim(`    | ${cleanLine(line)}`)),
  ];
}
