import { DirectrixError } from '@directrix/rollout';
import { InvalidArgumentError } from 'commander';
import ms from 'ms';

/** Milliseconds of `30s`, `1.5m`, `2h` or `500ms`. The unit must be said: a bare 30 means something else to everybody. */
export function parseDuration(text: string): number {
  const value = isDuration(text) ? ms(text) : undefined;
  if (value === undefined) throw new InvalidArgumentError('Write a number with its unit: 500ms, 30s, 5m or 2h.');
  return value;
}

/** Whether parseDuration takes the text. */
export function isDuration(text: string): text is ms.StringValue {
  return /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text);
}

/** As parseDuration reads it: `500ms`, `30s`, `5m`, `48h`. */
export function writeDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  const [size, unit] = (
    [
      [3_600_000, 'h'],
      [60_000, 'm'],
      [1_000, 's'],
    ] as const
  ).find(([size]) => milliseconds % size === 0) ?? [1, 'ms'];
  return `${milliseconds / size}${unit}`;
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
    throw new InvalidArgumentError('Write a number of instances (2) or a share of the group (25%).');
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
    throw new InvalidArgumentError('Write http://… or https://….');
  if (url.username !== '' || url.password !== '')
    throw new DirectrixError(
      'USAGE',
      'An address must not contain a password: every user of the machine can see arguments.',
      {
        source: '--url',
      },
    );
  return text.replace(/\/+$/, '');
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new InvalidArgumentError('Write a whole number from 1.');
  return value;
}

/** Of an option that may be repeated: every value, in order. */
export function collect(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}
