import type { Clock, Timer } from '../clock.js';

/** Something on its way that must show signs of life. */
export interface Traveller {
  /** Lab time; whoever travels moves it forward. */
  lastActiveAt: number;
  readonly idleTimeoutMs: number;
  /** Kept by InFlight. */
  position: number;
  /** Called once, when nothing has happened for the timeout. It is in flight no more then. */
  onIdle(): void;
}

/**
 * Everything in flight, and the watch over what has been idle for too long. One timer serves all: a deadline only ever moves away, so
 * it suffices to look again at the earliest one.
 *
 * An array in which the last takes the place of whoever leaves, and not a Set: V8 leaves the old tables of a Set that changes all the
 * time to its garbage collector with everything that was in them, which cost a third of the proxy's time.
 */
export class InFlight<T extends Traveller> {
  readonly #clock: Clock;
  readonly #travellers: T[] = [];
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(traveller: T): void {
    traveller.position = this.#travellers.push(traveller) - 1;
    this.#lookAt(traveller.lastActiveAt + traveller.idleTimeoutMs);
  }

  /** Does nothing for what is not in flight. */
  remove(traveller: T): void {
    const { position } = traveller;
    if (this.#travellers[position] !== traveller) return;
    const last = this.#travellers.pop();
    if (last === undefined || last === traveller) return;
    last.position = position;
    this.#travellers[position] = last;
  }

  list(): readonly T[] {
    return [...this.#travellers];
  }

  /** Ends the watch: nobody is called any more. */
  close(): void {
    this.#travellers.length = 0;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
  }

  #lookAt(atMs: number): void {
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.timer.cancel();
    this.#timer = { timer: this.#clock.setTimer(atMs, () => this.#look()), atMs };
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    let earliest = Number.POSITIVE_INFINITY;
    for (const traveller of this.list()) {
      const deadline = traveller.lastActiveAt + traveller.idleTimeoutMs;
      if (deadline > now) {
        earliest = Math.min(earliest, deadline);
      } else {
        this.remove(traveller);
        traveller.onIdle();
      }
    }
    if (earliest !== Number.POSITIVE_INFINITY) this.#lookAt(earliest);
  }
}
