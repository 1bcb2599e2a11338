// What became of the requests, by the second of lab time in which they arrived.

export interface Second {
  succeeded: number;
  failed: number;
}

export interface TrafficSummary {
  readonly requests: number;
  readonly failed: number;
  /** Seconds in which requests arrived and not one of them was answered well. */
  readonly secondsDown: number;
  /** How often each failure was seen: `502`, `ECONNREFUSED`, `timeout`. */
  readonly failures: Readonly<Record<string, number>>;
}

/** The longest act that is recorded, in seconds of lab time. */
const maxSeconds = 3_600;

export class TrafficRecord {
  readonly seconds: Second[] = [];
  readonly #failures: Record<string, number> = {};

  /** Notes one answer; `failure` is undefined for a good one. `arrivedAtMs` is lab time since the act began. */
  note(arrivedAtMs: number, failure: string | undefined): void {
    const index = Math.min(Math.floor(arrivedAtMs / 1000), maxSeconds - 1);
    while (this.seconds.length <= index) this.seconds.push({ succeeded: 0, failed: 0 });
    const second = this.seconds[index]!;
    if (failure === undefined) {
      second.succeeded++;
      return;
    }
    second.failed++;
    this.#failures[failure] = (this.#failures[failure] ?? 0) + 1;
  }

  /** Counts so far. */
  summarize(): TrafficSummary {
    let requests = 0;
    let failed = 0;
    let secondsDown = 0;
    for (const second of this.seconds) {
      requests += second.succeeded + second.failed;
      failed += second.failed;
      if (second.failed > 0 && second.succeeded === 0) secondsDown++;
    }
    return { requests, failed, secondsDown, failures: { ...this.#failures } };
  }
}
