// Time limit: a signal that aborts when the time is up by the clock that was passed in, or when another signal does.

/** Made once: an error for each look would cost more than the look. */
const settled = new Error('the work ended in time');

export interface LimitClock {
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Does `work` with a signal that aborts with `TIMEOUT` after `ms`, or with the reason of `signal`. Leaves no timer behind. */
export async function withinLimit<Result>(
  { clock, ms, signal }: { readonly clock: LimitClock; readonly ms: number; readonly signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const stop = () => limit.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  const done = new AbortController();
  const timer = clock.sleep(ms, done.signal).then(
    () => limit.abort(Object.assign(new Error(`no answer within ${ms / 1000} s`), { code: 'TIMEOUT' })),
    () => undefined,
  );
  try {
    return await work(limit.signal);
  } finally {
    signal?.removeEventListener('abort', stop);
    done.abort(settled);
    await timer;
  }
}
