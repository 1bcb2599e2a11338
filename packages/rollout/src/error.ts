/**
 * The error of every Directrix package that a person may read: a stable code (docs/errors.md), a sentence with the numbers that
 * mattered, where it came from, and what to do next. Never holds a secret value.
 */
export class DirectrixError extends Error {
  override readonly name = 'DirectrixError';
  readonly hint?: string;
  readonly source?: string;

  constructor(
    readonly code: string,
    message: string,
    details: { readonly hint?: string; readonly source?: string; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
    this.source = details.source;
  }
}
