import type { ErrorCode, RelayedCode } from './contract/error-code.js';
import type { FailureKind } from './contract/failure.js';

export interface DirectrixErrorDetails {
  /** Default: `refused`. */
  readonly kind?: FailureKind;
  /** What to do next. */
  readonly hint?: string;
  /** Where it came from: an option, a file, a call. */
  readonly source?: string;
  /** The call that failed, as IAM names it. */
  readonly action?: string;
  /** AWS's own code. */
  readonly awsCode?: string;
  readonly cause?: unknown;
}

/**
 * The error of every Directrix package that a person may read: a stable code (docs/errors.md), a sentence with the numbers that
 * mattered, where it came from, and what to do next. Never holds a secret value.
 */
export class DirectrixError extends Error {
  override readonly name = 'DirectrixError';
  readonly kind: FailureKind;
  readonly hint?: string;
  readonly source?: string;
  readonly action?: string;
  readonly awsCode?: string;

  constructor(
    readonly code: ErrorCode | RelayedCode,
    message: string,
    details: DirectrixErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = details.kind ?? 'refused';
    this.hint = details.hint;
    this.source = details.source;
    this.action = details.action;
    this.awsCode = details.awsCode;
  }
}
