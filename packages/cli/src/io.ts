import type { SaidAccount } from './text/repeat-account.js';

/** Everything that a command touches of the terminal and the process, so that a test can hand in its own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** What commands that take a secret read. Absent: nothing can be read. */
  readonly stdin?: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts with the signal's name (`SIGINT`, `SIGTERM`, `SIGHUP`) as its reason, or with `UNEXPECTED` after an error that nobody caught. */
  readonly signal: AbortSignal;
  /** Called before something begins that must not be left half-way: from then on a closed terminal does not stop the process. */
  readonly mustFinish?: () => void;
}

export interface Output {
  write(text: string): void;
  /** What `--profile` and `--region` said, for the commands that are printed. */
  readonly account?: SaidAccount;
  readonly isTTY: boolean;
  /** Its reader has gone (`| head`): nothing that is written is read any more. */
  readonly isClosed?: boolean;
  /** Width of the terminal, 80 when it is none. */
  readonly columns: number;
}

export interface Input {
  readonly isTTY: boolean;
  /** Everything until its end. */
  readAll(): Promise<string>;
  /** One line of a terminal, asked for on stderr and not shown. Rejects when it is interrupted, or the signal aborts. */
  readHidden(prompt: string, signal?: AbortSignal): Promise<string>;
}
