import { isAtOrAfter } from './entry.js';
import type { Clock, Journal } from './ports.js';
import type { ShipProgress } from './progress.js';
import { ReaderError } from './reader-error.js';

/** After a request to stop: to ship what was written until then. systemd waits longer. */
export const DRAIN_MS = 5_000;
const LOOK_MS = 100;

/**
 * Resolves once all that the journal had a moment after now is acknowledged, at the latest DRAIN_MS later. That nothing comes proves
 * nothing, because the reader may be slow: the journal is asked what its newest entry is.
 */
export async function drain(
  { journal, clock }: { readonly journal: Pick<Journal, 'newest'>; readonly clock: Clock },
  progress: Pick<ShipProgress, 'acknowledged'>,
): Promise<void> {
  const deadline = clock.elapsed() + DRAIN_MS;
  const ending = new AbortController();
  const late = clock.sleep(DRAIN_MS, ending.signal).catch(() => undefined);
  // What the services wrote while they stopped is on its way through journald.
  await clock.sleep(LOOK_MS, ending.signal);
  const newest = journal.newest(ending.signal).catch((error: unknown) => {
    if (!(error instanceof ReaderError) && error !== ending.signal.reason) throw error;
    // Nobody knows what there is: whatever comes in time is shipped.
    return late.then(() => undefined);
  });
  const last = await Promise.race([newest, late]);
  const isShipped = (): boolean =>
    last === undefined ||
    (progress.acknowledged !== undefined && isAtOrAfter(progress.acknowledged.cursor, last.cursor));
  while (!isShipped() && clock.elapsed() < deadline) await clock.sleep(LOOK_MS, ending.signal);
  ending.abort(new Error('drained'));
  await newest;
}
