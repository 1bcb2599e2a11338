import type { Clock, Timer } from '../clock.js';

/** Something that must show signs of life. */
export interface Watched {
  /** Lab time; whoever is watched moves it forward. */
  lastActiveAt: number;
  readonly idleTimeoutMs: number;
  /** Called once, when nothing has happened for the timeout. It is no longer watched then. */
  onIdle(): void;
}

/**
 * Finds what has been idle for too long. One timer serves all: a deadline only ever moves away, so it suffices to look again at the
 * earliest one, and a request that comes and goes costs no timer of its own.
 */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    this.#lookAt(watched.lastActiveAt + watched.idleTimeoutMs);
  }

  remove(watched: Watched): void {
    this.#watched.delete(watched);
  }

  /** Ends the watch; nobody is called any more. */
  close(): void {
    this.#watched.clear();
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
    for (const watched of this.#watched) {
      const deadline = watched.lastActiveAt + watched.idleTimeoutMs;
      if (deadline > now) {
        earliest = Math.min(earliest, deadline);
      } else {
        this.#watched.delete(watched);
        watched.onIdle();
      }
    }
    if (earliest !== Number.POSITIVE_INFINITY) this.#lookAt(earliest);
  }
}
