import type { Clock } from '../clock.js';
import type { Faults } from './faults.js';
import type { ServiceName } from './types.js';

/** What tells one reading request from another. */
type ReadingCall = readonly [region: string, service: ServiceName, operation: string, input: object];

interface Remembered {
  readonly output: object;
  readonly atMs: number;
}

const MOST_REMEMBERED = 1_000;

/** What reading operations have answered while a `staleRead` fault was in force, so that they can answer it again. */
export class StaleAnswers {
  readonly #remembered = new Map<string, Remembered>();

  readonly #faults: Faults;
  readonly #clock: Clock;

  constructor(faults: Faults, clock: Clock) {
    this.#faults = faults;
    this.#clock = clock;
  }

  /** The output for a request: an old one while a fault says so and it is young enough, else what `read` gives. */
  answer(call: ReadingCall, read: () => object): object {
    const [, service, operation] = call;
    const nowMs = this.#clock.now();
    const fault = this.#faults.take('staleRead', service, operation, nowMs);
    if (fault?.kind !== 'staleRead') return read();
    const key = JSON.stringify(call);
    const last = this.#remembered.get(key);
    if (last !== undefined && nowMs - last.atMs <= fault.maxAgeMs) return last.output;
    const output = structuredClone(read());
    this.#remember(key, { output, atMs: nowMs });
    return output;
  }

  #remember(key: string, answer: Remembered): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, answer);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
