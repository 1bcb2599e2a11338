import { appendFileSync, chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RolloutEvent } from '@directrix/rollout';

/** The events of a rollout as lines of JSON in a file that only its owner can read. */
export interface Journal {
  readonly path: string;
  /** Appends one whole line. Never throws: `warn` is told once, and the rollout goes on. */
  append(event: RolloutEvent): void;
}

export function createJournal(path: string, warn: (error: Error) => void): Journal {
  let isBroken = false;
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      if (!isBroken) warn(error as Error);
      isBroken = true;
    }
  };
  attempt(() => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }));
  attempt(() => {
    appendFileSync(path, '', { mode: 0o600 });
    chmodSync(path, 0o600);
  });
  return {
    path,
    append: (event) => attempt(() => appendFileSync(path, `${JSON.stringify(event)}\n`, { mode: 0o600 })),
  };
}
