import type { Draft } from './check.js';
import { type FindingCode, findingCodes } from './codes.js';
import type { Finding, Severity } from './finding.js';

export interface DraftDetails {
  readonly subject: string;
  readonly message: string;
  readonly evidence?: Finding['evidence'];
  readonly fix?: {
    readonly text?: string;
    readonly commands?: readonly string[];
    readonly edits?: NonNullable<Finding['fix']>['edits'];
  };
  /** In place of the catalogue's. */
  readonly severity?: Severity;
}

/** A finding with the severity and, where nothing better is known, the fix of the catalogue. */
export function draft(code: FindingCode, details: DraftDetails): Draft {
  const entry = findingCodes[code];
  const { text = entry.fix, commands = [], edits } = details.fix ?? {};
  return {
    code,
    severity: details.severity ?? entry.severity,
    subject: details.subject,
    message: details.message,
    evidence: details.evidence ?? [],
    ...(text === '' ? {} : { fix: { text, commands, ...(edits === undefined ? {} : { edits }) } }),
  };
}
