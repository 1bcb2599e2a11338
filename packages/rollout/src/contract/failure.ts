// Failure: what went wrong, as data. Decisions are made by `kind`; `code` is for people and docs/errors.md; `text` is only shown.

import type { ErrorCode, RelayedCode } from './error-code.js';

/**
 * What a failure means for the one who meets it:
 * `passing` the same call may succeed later (throttled, busy, unavailable, unreachable, timed out);
 * `denied` IAM said no;
 * `credentials` they are missing, expired or rejected;
 * `conflict` somebody else changed it first;
 * `missing` the thing is not there;
 * `refused` AWS's final answer, or our own refusal;
 * `invalid` bad input: arguments, a file, an answer, a record;
 * `defect` a mistake of ours.
 */
export const failureKinds = [
  'passing',
  'denied',
  'credentials',
  'conflict',
  'missing',
  'refused',
  'invalid',
  'defect',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** A failure as the record, the events and the journal carry it. */
export interface Failure {
  readonly kind: FailureKind;
  /** Stable: docs/errors.md. */
  readonly code: ErrorCode | RelayedCode;
  /** The call, as IAM names it: `autoscaling:EnterStandby`. */
  readonly action?: string;
  /** AWS's own code: `ValidationError`. */
  readonly awsCode?: string;
  /** What AWS or we said, to be shown and never parsed. */
  readonly text: string;
}

/** The failure that an error is. What is no DirectrixError is a defect: nobody foresaw it. */
export function failureOf(error: unknown): Failure {
  if (isDirectrixErrorLike(error)) {
    const { kind, code, action, awsCode, message } = error;
    return {
      kind,
      code,
      ...(action === undefined ? {} : { action }),
      ...(awsCode === undefined ? {} : { awsCode }),
      text: message,
    };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: 'defect', code: 'UNEXPECTED', text };
}

interface DirectrixErrorLike {
  readonly kind: FailureKind;
  readonly code: ErrorCode | RelayedCode;
  readonly action?: string;
  readonly awsCode?: string;
  readonly message: string;
}

// By its name and its parts, since a package may be loaded twice.
function isDirectrixErrorLike(error: unknown): error is DirectrixErrorLike {
  if (!(error instanceof Error) || error.name !== 'DirectrixError') return false;
  const { kind, code } = error as { kind?: unknown; code?: unknown };
  return typeof code === 'string' && failureKinds.some((known) => known === kind);
}
