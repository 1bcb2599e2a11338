// event: from an entry of the journal to the events that are shipped.
//
//   E1. Each event carries an id made of its entry's cursor, the same at every attempt: duplicates can be dropped in a query.
//   E2. An entry that is larger than an event may be is split at characters into numbered parts. Nothing is cut off.
//   E3. Known secrets are masked before anything else happens to the text.
import { createHash } from 'node:crypto';
import type { JournalEntry } from './entry.js';
import { cursorParts } from './entry.js';
import type { Gap, Rejection } from './loss.js';
import type { Mask } from './masks.js';

/** What a batch is made of. */
export interface LogEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
  /** Of the message in UTF-8. */
  readonly bytes: number;
  /** On the last event of an entry: when it is acknowledged, the entry is. */
  readonly entry?: { readonly cursor: string; readonly at: number };
}

export interface EventFormat {
  /** `json`: an object with the id, the message and the fields. `message`: `unit[pid]: message`, and the id behind it. */
  readonly format: 'json' | 'message';
  /** Journal fields to add in JSON, by their own names. */
  readonly fields: readonly string[];
  readonly mask: Mask;
}

// CloudWatch Logs API reference, PutLogEvents: an event has at most 1 MB, of which 26 bytes are counted for what is not the message.
export const MOST_EVENT_BYTES = 1_048_576 - 26;

const ID_DIGITS = 16;
const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** E1. */
export function eventIdOf(cursor: string): string {
  const { b, m, t, x } = cursorParts(cursor);
  // Without the sequence number, which may change when an entry is copied at rotation.
  const identity = b === undefined ? cursor : `${b};${m};${t};${x}`;
  return createHash('sha256').update(identity).digest('hex').slice(0, ID_DIGITS);
}

/** At least one event, in the order of the text. */
export function eventsOf(
  entry: JournalEntry,
  format: EventFormat,
  mostBytes: number = MOST_EVENT_BYTES,
): readonly LogEvent[] {
  const id = eventIdOf(entry.cursor);
  const timestamp = Math.floor(entry.realtimeUs / 1000);
  const write = format.format === 'json' ? jsonWriter(entry, id, format) : textWriter(entry, id);
  const masked = format.mask(entry.message);
  const parts = splitToFit(masked, write, mostBytes);
  return parts.map((message, index) => ({
    id,
    timestamp,
    message,
    bytes: Buffer.byteLength(message),
    ...(index === parts.length - 1 ? { entry: { cursor: entry.cursor, at: timestamp } } : {}),
  }));
}

/** Writes a part of a text: `part` is `2/3`, and undefined when there is one only. */
type WritePart = (text: string, part: string | undefined) => string;

function jsonWriter(entry: JournalEntry, id: string, { fields, mask }: EventFormat): WritePart {
  const { fields: own } = entry;
  const extra = fields.flatMap((name) => (own[name] === undefined ? [] : [[name, mask(own[name])] as const]));
  const rest = {
    unit: own._SYSTEMD_UNIT,
    identifier: own.SYSLOG_IDENTIFIER,
    pid: own._PID,
    priority: PRIORITIES[Number(own.PRIORITY ?? '6')],
    boot: entry.bootId || undefined,
    ...Object.fromEntries(extra),
  };
  return (message, part) => JSON.stringify({ message, ...rest, id, part });
}

function textWriter({ fields }: JournalEntry, id: string): WritePart {
  const program = fields.SYSLOG_IDENTIFIER ?? fields._SYSTEMD_UNIT ?? 'unknown';
  const source = fields._PID === undefined ? program : `${program}[${fields._PID}]`;
  return (text, part) => `${source}: ${text} [id=${id}${part === undefined ? '' : ` part=${part}`}]`;
}

/** E2. */
function splitToFit(text: string, write: WritePart, mostBytes: number): readonly string[] {
  const whole = write(text, undefined);
  if (Buffer.byteLength(whole) <= mostBytes) return [whole];
  // The longest form of a part's number, so that no part grows beyond the limit when the count is known.
  const frame = Buffer.byteLength(write('', '999999/999999'));
  const pieces = cutByWrittenBytes(text, write, mostBytes - frame);
  return pieces.map((piece, index) => write(piece, `${index + 1}/${pieces.length}`));
}

/** Cuts at characters so that no piece, as `write` writes it, has more than `mostBytes` beside its frame. */
function cutByWrittenBytes(text: string, write: WritePart, mostBytes: number): readonly string[] {
  const empty = Buffer.byteLength(write('', undefined));
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    let length = Math.min(text.length - start, mostBytes);
    // A piece that is too long is halved until it fits: quotes, control characters and non-ASCII take several bytes each.
    while (Buffer.byteLength(write(text.slice(start, start + length), undefined)) - empty > mostBytes)
      length = Math.ceil(length / 2);
    if (isHighSurrogate(text, start + length - 1) && start + length < text.length) length -= length > 1 ? 1 : -1;
    pieces.push(text.slice(start, start + length));
    start += length;
  }
  return pieces;
}

function isHighSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code <= 0xdbff;
}

/** What the agent itself has to say in the stream. */
export type Marker =
  | { readonly kind: 'GAP'; readonly gap: Gap }
  /** Every entry up to this time (epoch milliseconds) is acknowledged. */
  | { readonly kind: 'SHIPPED'; readonly until: number }
  | { readonly kind: 'REJECTED'; readonly rejection: Rejection }
  | { readonly kind: 'REFUSED'; readonly code: string; readonly eventId: string; readonly bytes: number };

/** An event that says `directrix` first, so that a query finds it: `filter ispresent(directrix)`. */
export function markerEvent(marker: Marker, timestamp: number): LogEvent {
  const message = JSON.stringify({ directrix: marker.kind, ...detailsOf(marker) });
  const id = createHash('sha256').update(message).digest('hex').slice(0, ID_DIGITS);
  return { id, timestamp, message, bytes: Buffer.byteLength(message) };
}

function detailsOf(marker: Marker): Readonly<Record<string, unknown>> {
  if (marker.kind === 'GAP') {
    const { reason, from, until } = marker.gap;
    return { reason, from: from === undefined ? undefined : iso(from), until: iso(until) };
  }
  if (marker.kind === 'SHIPPED') return { until: iso(marker.until) };
  if (marker.kind === 'REJECTED') {
    const { reason, count, from, until } = marker.rejection;
    return { reason, count, from: iso(from), until: iso(until) };
  }
  return { code: marker.code, eventId: marker.eventId, bytes: marker.bytes };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
