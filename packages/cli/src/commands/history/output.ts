import type { Colors } from '../../colors.js';
import { formatDuration } from '../../option-values.js';
import { count } from '../../text/quantities.js';
import { formatTable } from '../../text/table.js';
import { colorOutcome } from '../../view/describe-event.js';

export interface PastRollout {
  readonly rolloutId: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Versions. */
  readonly from?: string;
  readonly to?: string;
  /** Undefined: nothing here says how it ended. */
  readonly outcome?: string;
  /** Codes. */
  readonly evidence: readonly string[];
  readonly need?: string;
  /** The local file, where there is one. */
  readonly journal?: string;
}

/** The contract of `directrix history --json`; docs/cli.md has it. */
export interface HistoryDocument {
  readonly schema: 'directrix.history/1';
  readonly group: string;
  /** The newest first. */
  readonly rollouts: readonly PastRollout[];
  /** With those that are not listed. */
  readonly rolloutCount: number;
  readonly releases: readonly {
    readonly version: string;
    readonly imageId: string;
    readonly launchTemplateVersion: string;
    readonly rolloutId: string;
    readonly at: string;
    readonly withdrawnAt?: string;
  }[];
}

export function formatHistory({ group, rollouts, rolloutCount, releases }: HistoryDocument, colors: Colors): string {
  if (rollouts.length === 0 && releases.length === 0) return `Directrix has not changed ${group} yet.\n`;
  const older = rolloutCount - rollouts.length;
  const rows = rollouts.map((rollout) => [
    minute(rollout.startedAt ?? rollout.endedAt),
    rollout.rolloutId,
    rollout.to === undefined ? '?' : `${rollout.from ?? '?'} -> ${rollout.to}`,
    [formatOutcome(rollout, colors), formatTook(rollout)].filter(Boolean).join(', '),
  ]);
  const lines = [
    `${colors.bold(group)}: ${count(rolloutCount, 'rollout')}`,
    ...(rows.length === 0 ? [] : ['', ...formatTable(['time (UTC)', 'rollout', 'release', 'ended'], rows)]),
    ...(older > 0 ? [`  and ${older} older: --limit ${rolloutCount}`] : []),
    ...(releases.length === 0 ? [] : ['', '  releases on record', ...formatReleases(releases)]),
  ];
  return `${lines.join('\n')}\n`;
}

function formatOutcome({ outcome, evidence, need }: PastRollout, colors: Colors): string {
  if (outcome === undefined) return 'not known here';
  const why = [...evidence, ...(need === undefined ? [] : [need])].join(' ');
  return `${colorOutcome(outcome, colors)(outcome)}${why === '' ? '' : ` ${why}`}`;
}

function formatTook({ startedAt, endedAt }: PastRollout): string {
  if (startedAt === undefined || endedAt === undefined) return '';
  return formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

function formatReleases(releases: HistoryDocument['releases']): readonly string[] {
  const rows = releases.map(({ version, imageId, launchTemplateVersion, withdrawnAt }) => [
    version,
    imageId,
    launchTemplateVersion,
    withdrawnAt === undefined ? 'good' : `withdrawn ${minute(withdrawnAt)}`,
  ]);
  return formatTable(['version', 'image', 'template', ''], rows);
}

function minute(time: string | undefined): string {
  return time === undefined ? '?' : time.slice(0, 16).replace('T', ' ');
}
