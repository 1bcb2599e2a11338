import type { Code, Edit } from '@directrix/reachability';
import type { FindingCode, Severity } from './codes.js';

export type { Severity };

/** What should be done. `text` is for a person; `commands` are AWS CLI calls with real ids, where the fix can be said as one. */
export interface Fix {
  readonly text: string;
  readonly commands: readonly string[];
  /** The same as changes to the network, where it is one. */
  readonly edits?: readonly Edit[];
}

/** One reason why a rollout would fail, or might. A fault of the network keeps the code of reachability. */
export interface Finding {
  readonly code: FindingCode | Code;
  readonly severity: Severity;
  /** The check that found it: its file's name. */
  readonly check: string;
  /** What it is about: `group web`, `endpoint vpce-0a1`, `parameter /app/production/SECRET_KEY`. */
  readonly subject: string;
  /** One sentence with the ids and numbers that mattered. */
  readonly message: string;
  /** What was looked at. */
  readonly evidence: readonly { readonly id: string; readonly what: string }[];
  readonly fix?: Fix;
}
