// findings-text: findings for a reader. Errors and warnings in full, with evidence and fix; notes in a line each.
import type { Finding, Severity } from '@directrix/preflight';
import type { Colors } from '../colors.js';

const evidenceShown = 6;

/** The lines, without a newline at the end of each. Empty for no findings. */
export function formatFindings(findings: readonly Finding[], colors: Colors): string[] {
  const notes = findings.filter(({ severity }) => severity === 'note');
  const others = findings.filter(({ severity }) => severity !== 'note');
  return [
    ...others.flatMap((finding) => [...formatFinding(finding, colors), '']),
    ...notes.map((finding) => `${colors.dim(`note ${finding.code}`)} ${finding.message}`),
  ];
}

function formatFinding(finding: Finding, colors: Colors): string[] {
  const { severity, code, subject, message, evidence, fix } = finding;
  return [
    `${paint(severity, colors)(`${severity} ${code}`)}  ${colors.bold(subject)}`,
    `  ${message}`,
    ...evidence.slice(0, evidenceShown).map(({ id, what }) => colors.dim(`    ${id}: ${what}`)),
    ...(evidence.length > evidenceShown ? [colors.dim(`    and ${evidence.length - evidenceShown} more`)] : []),
    ...(fix === undefined ? [] : [`  fix: ${fix.text}`]),
    ...(fix?.commands ?? []).map((command) => `    ${colors.cyan('$')} ${command}`),
  ];
}

/** `3 errors, 1 warning, 2 notes`. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return (['error', 'warning', 'note'] as const)
    .map((severity) => `${count(severity) || 'no'} ${severity}${count(severity) === 1 ? '' : 's'}`)
    .join(', ');
}

function paint(severity: Severity, colors: Colors): (text: string) => string {
  if (severity === 'error') return colors.red;
  return severity === 'warning' ? colors.yellow : colors.dim;
}
