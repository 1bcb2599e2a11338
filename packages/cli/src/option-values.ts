import { DirectrixError } from '@directrix/rollout';
import { InvalidArgumentError } from 'commander';
import ms from 'ms';

/** Milliseconds of `30s`, `1.5m`, `2h` or `500ms`. The unit must be said: a bare 30 means something else to everybody. */
export function parseDuration(text: string): number {
  const value = /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text) ? ms(text as ms.StringValue) : undefined;
  if (value === undefined) throw new InvalidArgumentError('It is no duration: write 500ms, 30s, 5m or 2h.');
  return value;
}

/** How long something took, for a reader: `850 ms`, `42 s`, `3 min 05 s`, `2 h 00 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** Either a number of instances, or a share of the group. */
export type Surge =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** `2` or `25%`. */
export function parseSurge(text: string): Surge {
  const [, digits, percent] = text.match(/^(\d+)(%?)$/) ?? [];
  const value = Number(digits);
  if (digits === undefined || value < 1 || (percent === '%' && value > 100))
    throw new InvalidArgumentError('It is no surge: write a number of instances (2) or a share of the group (25%).');
  return percent === '%' ? { kind: 'percent', percent: value } : { kind: 'count', count: value };
}

/**
 * How many instances are added at a time: a share is rounded up, so that a small group gets one at least.
 *
 *     group of 1,  25% -> 1        group of 10, 25% -> 3        group of 3, 100% -> 3
 */
export function countSurge(surge: Surge, desiredCapacity: number): number {
  if (surge.kind === 'count') return surge.count;
  return Math.max(1, Math.ceil((desiredCapacity * surge.percent) / 100));
}

/** A web address without a path: what `--url` takes. */
export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It is no address: write http://… or https://….');
  if (url.username !== '' || url.password !== '')
    throw new DirectrixError(
      'USAGE',
      'An address with a password in it is not taken: arguments are seen by every user of the machine.',
      {
        source: '--url',
      },
    );
  return text.replace(/\/+$/, '');
}

/** Of an option that may be repeated: every value, in order. */
export function collect(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, text];
}
