/** A clock that moves only when told, by whole turns. */
export function createClock(startsAt = 0) {
  let time = startsAt;
  const sleepers = new Set<{ readonly at: number; wake(): void }>();
  return {
    now: () => time,
    sleep(ms: number, signal?: AbortSignal): Promise<void> {
      return new Promise((resolve, reject) => {
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        const sleeper = { at: time + ms, wake };
        sleepers.add(sleeper);
        if (signal?.aborted === true) stop();
        else signal?.addEventListener('abort', stop, { once: true });
      });
    },
    async advance(ms: number): Promise<void> {
      const end = time + ms;
      for (;;) {
        // Whatever follows from a wake-up happens in the turns of the queue of promises, which this one waits for.
        await new Promise(setImmediate);
        const next = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        sleepers.delete(next);
        time = Math.max(time, next.at);
        next.wake();
      }
      time = end;
    },
    sleeperCount: () => sleepers.size,
  };
}
