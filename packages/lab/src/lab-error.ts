/** docs/lab.md says what each means and what to do. */
export type LabErrorCode =
  | 'PORT_TAKEN'
  | 'PORT_REFUSED'
  | 'FAULT_INVALID'
  | 'RUN_DIRECTORY_UNSAFE'
  | 'RUN_DIRECTORY_TOO_LONG';

/** An error of the lab itself, for whoever runs it: what is wrong, and what to do about it. */
export class LabError extends Error {
  // The lab depends on no other package for its errors; by this name a command line knows that they explain themselves.
  override readonly name = 'DirectrixError';
  readonly hint: string | undefined;
  readonly source: string | undefined;

  constructor(
    readonly code: LabErrorCode,
    message: string,
    details: { readonly hint?: string; readonly source?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.hint = details.hint;
    this.source = details.source;
  }
}
