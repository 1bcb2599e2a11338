import { DirectrixError } from '@directrix/rollout';
import type { JournalEvent, Span } from '@directrix/timeline';
import { isDuration, parseDuration } from '../../option-values.js';

interface SpanOptions {
  readonly rollout?: string;
  readonly since?: string;
  readonly until?: string;
}

/** What happened before the rollout began belongs to its story, and what it left behind. */
const beforeMs = 5 * 60_000;
const afterMs = 10 * 60_000;

/** The time that is asked about. Throws ROLLOUT_NOT_FOUND, and SPAN_MISSING when neither a rollout nor a time is named. */
export function spanOf(options: SpanOptions, events: readonly JournalEvent[], now: number): Span {
  const ofRollout = options.rollout === undefined ? undefined : spanOfRollout(options.rollout, events, now);
  const since = options.since === undefined ? ofRollout?.since : parseTime(options.since, now, '--since');
  const until = options.until === undefined ? (ofRollout?.until ?? now) : parseTime(options.until, now, '--until');
  if (since === undefined)
    throw new DirectrixError('SPAN_MISSING', 'Name a rollout or a time: directrix postmortem ROLLOUT, or --since.', {
      kind: 'invalid',
      hint: 'directrix status shows the last rollout of a group',
    });
  if (since > until)
    throw new DirectrixError('SPAN_MISSING', `--since (${iso(since)}) is after --until (${iso(until)}).`, {
      kind: 'invalid',
      source: '--since',
    });
  return { since, until };
}

function spanOfRollout(rolloutId: string, events: readonly JournalEvent[], now: number): Span {
  const times = events.filter((event) => event.rolloutId === rolloutId).map(({ at }) => at);
  if (times.length > 0)
    return { since: Math.min(...times) - beforeMs, until: Math.min(Math.max(...times) + afterMs, now) };
  const known = [...new Set(events.map((event) => event.rolloutId))].slice(-5);
  throw new DirectrixError('ROLLOUT_NOT_FOUND', `No journal here tells of the rollout ${rolloutId}.`, {
    kind: 'missing',
    source: 'argument rollout',
    hint: known.length > 0 ? `the last ones here are ${known.join(', ')}` : 'name its journal with --journal',
  });
}

/** `2018-11-11T00:16:00Z`, or `2h`: that long ago. */
function parseTime(text: string, now: number, source: string): number {
  if (isDuration(text)) return now - parseDuration(text);
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new DirectrixError('USAGE', `"${text}" is not a time.`, {
    kind: 'invalid',
    source,
    hint: 'write 2018-11-11T00:16:00Z, or how long ago: 90m',
  });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
