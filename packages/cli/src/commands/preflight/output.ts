import type { Finding } from '@directrix/preflight';
import type { Colors } from '../../colors.js';
import { countFindings, formatFindings } from '../../preflight/findings-text.js';
import { nameRelease } from '../../view/describe-event.js';
import type { CheckedPreflight } from './checked-preflight.js';

/** The contract of `directrix preflight --json`; docs/cli.md has it. */
interface PreflightDocument {
  readonly schema: 'directrix.preflight/1';
  /** `fail`: at least one error stands. `undecided`: none does, but whether a path works could not be told. */
  readonly verdict: 'pass' | 'fail' | 'undecided';
  /** `replacement`: no release was named. */
  readonly question: 'rollout' | 'replacement';
  readonly group: string;
  readonly release?: { readonly version: string; readonly imageId: string };
  readonly template?: string;
  readonly findings: readonly Finding[];
  /** Errors that `--skip` set aside. */
  readonly skipped: readonly Finding[];
}

export function describePreflight({
  question,
  groupName,
  release,
  template,
  findings,
  skipped,
}: CheckedPreflight): PreflightDocument {
  return {
    schema: 'directrix.preflight/1',
    verdict: verdictOf(findings),
    question,
    group: groupName,
    release,
    template: template?.path,
    findings,
    skipped,
  };
}

/** A path that could not be decided is no pass. */
const undecidedCodes: readonly string[] = ['NETWORK_NOT_DECIDED', 'DNS_CUSTOM_RESOLVER'];

function verdictOf(findings: readonly Finding[]): PreflightDocument['verdict'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'fail';
  return findings.some(({ code }) => undecidedCodes.includes(code)) ? 'undecided' : 'pass';
}

export function formatPreflight(checked: CheckedPreflight, colors: Colors): string {
  const { findings, skipped } = checked;
  const heads = { fail: colors.red('FAIL'), undecided: colors.yellow('NOT DECIDED'), pass: colors.green('PASS') };
  const head = heads[verdictOf(findings)];
  return `${[
    `${head}: ${headline(checked)}: ${countFindings(findings)}`,
    '',
    ...formatFindings(findings, colors),
    ...skipped.map(({ code, subject, message }) => `${colors.yellow(`skipped ${code}`)}  ${subject}\n  ${message}`),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function headline({ question, groupName, release, template }: CheckedPreflight): string {
  if (template !== undefined) return `${groupName} of ${template.path}`;
  const named = release === undefined ? '' : nameRelease(release);
  if (question === 'replacement') return `a new instance of ${groupName}${named === '' ? '' : `, ${named}`}`;
  return `${groupName}${named === '' ? '' : ` -> ${named}`}`;
}
