// Board: what the page shows now, and who watches. Changes are gathered: however many there are, a viewer gets a part at most once in
// each `gatherMs`, as it is then.
import type { LogLine, Update } from './model.js';

export interface BoardClock {
  /** Calls `act` after so long; returns how to call it off. */
  after(ms: number, act: () => void): () => void;
}

export type Viewer = (updates: readonly Update[]) => void;

export const gatherMs = 250;
export const logLineCountMax = 500;
export const viewerCountMax = 20;

export class Board {
  readonly #clock: BoardClock;
  readonly #parts = new Map<string, unknown>();
  readonly #changed = new Set<string>();
  readonly #viewers = new Set<Viewer>();
  #log: LogLine[] = [];
  #lineNumber = 0;
  #toldLine = 0;
  #callOff: (() => void) | undefined;

  constructor(clock: BoardClock) {
    this.#clock = clock;
  }

  /** What is the same as before is no change. */
  set(name: string, value: unknown): void {
    if (this.#parts.get(name) === value) return;
    this.#parts.set(name, value);
    this.#changed.add(name);
    this.#arm();
  }

  get(name: string): unknown {
    return this.#parts.get(name);
  }

  say(line: Omit<LogLine, 'number'>): void {
    this.#lineNumber += 1;
    this.#log.push({ ...line, number: this.#lineNumber });
    if (this.#log.length > logLineCountMax * 2) this.#log = this.#log.slice(-logLineCountMax);
    this.#arm();
  }

  /** Everything as it is now. */
  everything(): Update[] {
    const parts = [...this.#parts].map(([name, value]): Update => ({ kind: 'part', name, value }));
    return [...parts, { kind: 'log', lines: this.#log.slice(-logLineCountMax) }];
  }

  /** Tells `viewer` of every change from now on; returns how to end that. Undefined: too many watch already. */
  watch(viewer: Viewer): (() => void) | undefined {
    if (this.#viewers.size >= viewerCountMax) return undefined;
    this.#viewers.add(viewer);
    return () => this.#viewers.delete(viewer);
  }

  close(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#viewers.clear();
  }

  #arm(): void {
    this.#callOff ??= this.#clock.after(gatherMs, () => {
      this.#callOff = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const lines = this.#log.filter(({ number }) => number > this.#toldLine).slice(-logLineCountMax);
    this.#toldLine = this.#lineNumber;
    const updates: Update[] = [...this.#changed].map((name) => ({ kind: 'part', name, value: this.#parts.get(name) }));
    if (lines.length > 0) updates.push({ kind: 'log', lines });
    this.#changed.clear();
    for (const viewer of this.#viewers) viewer(updates);
  }
}
