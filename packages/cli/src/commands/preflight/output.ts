import type { Finding } from '@directrix/preflight';
import type { Colors } from '../../colors.js';
import { countFindings, formatFindings } from '../../preflight/findings-text.js';
import { nameRelease } from '../../view/describe-event.js';
import type { CheckedPreflight } from './run.js';

/** The contract of `directrix preflight --json`; docs/cli.md has it. */
export interface PreflightDocument {
  readonly schema: 'directrix.preflight/1';
  /** `fail`: at least one error stands. */
  readonly verdict: 'pass' | 'fail';
  readonly group: string;
  readonly release?: { readonly version: string; readonly imageId: string };
  readonly template?: string;
  readonly findings: readonly Finding[];
  /** Errors that `--skip` set aside. */
  readonly skipped: readonly Finding[];
}

export function describePreflight({
  groupName,
  release,
  template,
  findings,
  skipped,
}: CheckedPreflight): PreflightDocument {
  return {
    schema: 'directrix.preflight/1',
    verdict: findings.some(({ severity }) => severity === 'error') ? 'fail' : 'pass',
    group: groupName,
    release,
    template: template?.path,
    findings,
    skipped,
  };
}

export function formatPreflight(checked: CheckedPreflight, colors: Colors): string {
  const { groupName, release, template, findings, skipped } = checked;
  const isFailed = findings.some(({ severity }) => severity === 'error');
  const what =
    template !== undefined
      ? `${groupName} of ${template.path}`
      : `${groupName}${release === undefined ? '' : ` -> ${nameRelease(release)}`}`;
  const head = isFailed ? colors.red('FAIL') : colors.green('PASS');
  return `${[
    `${head}: ${what}: ${countFindings(findings)}`,
    '',
    ...formatFindings(findings, colors),
    ...skipped.map(({ code, subject, message }) => `${colors.yellow(`skipped ${code}`)}  ${subject}\n  ${message}`),
  ]
    .join('\n')
    .trimEnd()}\n`;
}
