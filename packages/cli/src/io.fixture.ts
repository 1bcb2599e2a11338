import type { Io, Output } from './io.js';

/** An Io whose outputs are remembered. */
export interface RecordedIo extends Io {
  readonly written: { stdout: string; stderr: string };
}

export function createTestIo(
  options: {
    readonly isTerminal?: boolean;
    readonly columns?: number;
    readonly env?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
    readonly cwd?: string;
  } = {},
): RecordedIo {
  const written = { stdout: '', stderr: '' };
  const outputTo = (name: 'stdout' | 'stderr'): Output => ({
    write: (text) => {
      written[name] += text;
    },
    isTTY: options.isTerminal === true,
    columns: options.columns ?? 80,
  });
  return {
    stdout: outputTo('stdout'),
    stderr: outputTo('stderr'),
    env: options.env ?? {},
    cwd: options.cwd ?? '/',
    signal: options.signal ?? new AbortController().signal,
    written,
  };
}
