// What went wrong, for a person and for a program.
import type { Io } from './io.js';
import { writeText } from './text/lines.js';

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

/** An error that nobody expected is told by its kind alone: its message may quote a value, and values may be secrets. */
export function describeFailure(error: unknown): FailureDocument {
  if (isExplained(error)) return { code: error.code, message: error.message, hint: error.hint, source: error.source };
  return {
    code: 'UNEXPECTED',
    message: `Something failed that should not: ${nameError(error)}.`,
    hint: 'this is a defect of Directrix; DIRECTRIX_DEBUG=1 shows where it happened',
  };
}

/** `TypeError`, `TypeError ERR_INVALID_ARG_VALUE`, or of the operating system `EACCES (open /var/x)`. */
function nameError(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (typeof syscall === 'string') return `${code} (${[syscall, path].filter(Boolean).join(' ')})`;
  return [error.name, code].filter((part) => typeof part === 'string' && /^\w+$/.test(part)).join(' ') || 'an error';
}

/** `error CODE: message`, then the hint and the source, on stderr. */
export function writeFailure(io: Pick<Io, 'stderr' | 'env'>, error: unknown): void {
  const { code, message, hint, source } = describeFailure(error);
  writeText(io.stderr, `error ${code}: ${message}\n`);
  if (hint !== undefined) writeText(io.stderr, `  what to do: ${hint}\n`);
  if (source !== undefined) writeText(io.stderr, `  source: ${source}\n`);
  if (io.env.DIRECTRIX_DEBUG === '1') for (const line of describeStack(error)) io.stderr.write(`${line}\n`);
}

const mostCauses = 5;

/** Where it happened, and where its causes did. No message: see describeFailure. */
function describeStack(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > mostCauses) return [];
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  const name = isExplained(error) ? error.code : nameError(error);
  return [`${depth === 0 ? '' : 'caused by '}${name}`, ...frames, ...describeStack(error.cause, depth + 1)];
}
