interface QueuedTimer {
  readonly atMs: number;
  readonly sequence: number;
  readonly fire: () => void;
  isCancelled: boolean;
}

/** Timers in order of time, and of their setting where the times are equal. A binary heap. */
export class TimerQueue {
  readonly #heap: QueuedTimer[] = [];
  #sequence = 0;

  add(atMs: number, fire: () => void): { cancel(): void } {
    const timer: QueuedTimer = { atMs, sequence: this.#sequence++, fire, isCancelled: false };
    this.#heap.push(timer);
    this.#raise(this.#heap.length - 1);
    return {
      cancel: () => {
        timer.isCancelled = true;
      },
    };
  }

  /** When the next timer is due; undefined when there is none. */
  nextAtMs(): number | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#removeFirst();
    return this.#heap[0]?.atMs;
  }

  /** Takes the first timer that is due at `nowMs`; undefined when none is. */
  takeDue(nowMs: number): (() => void) | undefined {
    const nextAtMs = this.nextAtMs();
    if (nextAtMs === undefined || nextAtMs > nowMs) return undefined;
    return this.#removeFirst()?.fire;
  }

  #removeFirst(): QueuedTimer | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #raise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let first = index;
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
      if (right < this.#heap.length && this.#isBefore(right, first)) first = right;
      if (first === index) return;
      this.#swap(index, first);
      index = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const left = this.#heap[a]!;
    const right = this.#heap[b]!;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
  }

  #swap(a: number, b: number): void {
    const kept = this.#heap[a]!;
    this.#heap[a] = this.#heap[b]!;
    this.#heap[b] = kept;
  }
}
