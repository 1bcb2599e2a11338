/** Everything that a command touches of the terminal and the process, so that a test can hand in its own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** What commands that take a secret read. Absent: nothing can be read. */
  readonly stdin?: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts with the signal's name (`SIGINT`, `SIGTERM`) as its reason. */
  readonly signal: AbortSignal;
}

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal, 80 when it is none. */
  readonly columns: number;
}

export interface Input {
  readonly isTTY: boolean;
  /** Everything until its end. */
  readAll(): Promise<string>;
  /** One line of a terminal, asked for on stderr and not shown. Rejects when it is interrupted. */
  readHidden(prompt: string): Promise<string>;
}
