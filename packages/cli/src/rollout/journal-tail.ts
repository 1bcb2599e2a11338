// journal-tail: the events that were added to a journal since the last look.
import { open } from 'node:fs/promises';
import type { RolloutEvent } from '@directrix/rollout';
import { parseEvent } from './journals.js';

const bytesPerRead = 4_000_000;

export class JournalTail {
  readonly #path: string;
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** Nothing where the file cannot be read now. A line that is not whole yet comes with the next look. */
  async read(): Promise<RolloutEvent[]> {
    const file = await open(this.#path, 'r').catch(() => undefined);
    if (file === undefined) return [];
    try {
      const { size } = await file.stat();
      // Somebody wrote it anew.
      if (size < this.#offset) [this.#offset, this.#rest] = [0, Buffer.alloc(0)];
      const buffer = Buffer.alloc(Math.min(bytesPerRead, size - this.#offset));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
      this.#offset += bytesRead;
      const data = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      const end = data.lastIndexOf(10);
      this.#rest = data.subarray(end + 1);
      const lines = data
        .subarray(0, end + 1)
        .toString('utf8')
        .split('\n');
      return lines.flatMap((line) => parseEvent(line) ?? []);
    } finally {
      await file.close();
    }
  }
}
