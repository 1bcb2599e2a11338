// What went wrong, for a person and for a program.
import type { Io } from './io.js';

/** The contract of an error in every `--json` document. */
export interface FailureDocument {
  /** Stable; docs/errors.md has each with its cause and fix. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Where it came from: an option, a file, an API call. */
  readonly source?: string;
}

interface Explained {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly source?: string;
}

/** An error that a person was meant to read. Told by its name, because the packages that make it are loaded when they are needed. */
export function isExplained(error: unknown): error is Error & Explained {
  return (
    error instanceof Error && error.name === 'DirectrixError' && typeof (error as { code?: unknown }).code === 'string'
  );
}

export function describeFailure(error: unknown): FailureDocument {
  if (isExplained(error)) return { code: error.code, message: error.message, hint: error.hint, source: error.source };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'UNEXPECTED',
    message: message || 'Something failed without saying why.',
    hint: 'this is a defect of Directrix; DIRECTRIX_DEBUG=1 shows where it happened',
  };
}

/** `error CODE: message`, then the hint and the source, on stderr. */
export function writeFailure(io: Io, error: unknown): void {
  const { code, message, hint, source } = describeFailure(error);
  io.stderr.write(`error ${code}: ${message}\n`);
  if (hint !== undefined) io.stderr.write(`  what to do: ${hint}\n`);
  if (source !== undefined) io.stderr.write(`  source: ${source}\n`);
  if (io.env.DIRECTRIX_DEBUG === '1') io.stderr.write(`${stackOf(error)}\n`);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause instanceof Error ? `\ncaused by: ${error.cause.stack}` : '';
  return `${error.stack}${cause}`;
}
