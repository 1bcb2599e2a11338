import type { StoredEvent } from '../state.js';

export type Value = string | number | boolean | undefined;

/** A row on its way through a query: what commands have set, and below it the fields of the event. */
export interface Row {
  readonly event?: QueriedEvent;
  readonly set: ReadonlyMap<string, Value>;
}

export interface QueriedEvent extends StoredEvent {
  readonly logStream: string;
  /** `123456789012:web` */
  readonly log: string;
}

const documents = new WeakMap<QueriedEvent, unknown>();

export function readValue(row: Row, field: string): Value {
  if (row.set.has(field)) return row.set.get(field);
  const { event } = row;
  if (event === undefined) return undefined;
  return field.startsWith('@') ? systemField(event, field) : discoveredField(event, field);
}

export function withValues(row: Row, values: Iterable<readonly [string, Value]>): Row {
  return { ...row, set: new Map([...row.set, ...values]) };
}

function systemField(event: QueriedEvent, field: string): Value {
  switch (field) {
    case '@timestamp':
      return event.timestamp;
    case '@ingestionTime':
      return event.ingestionTime;
    case '@message':
      return event.message;
    case '@logStream':
      return event.logStream;
    case '@log':
      return event.log;
    case '@ptr':
      return Buffer.from(event.eventId).toString('base64');
    default:
      return undefined;
  }
}

/** A field of a message that is JSON: `user.name`, `items.0`. */
function discoveredField(event: QueriedEvent, field: string): Value {
  let value = documentOf(event);
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, field)) {
    return toValue((value as Record<string, unknown>)[field]);
  }
  for (const part of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return toValue(value);
}

function documentOf(event: QueriedEvent): unknown {
  if (!documents.has(event)) documents.set(event, readJson(event.message));
  return documents.get(event);
}

function readJson(message: string): unknown {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function toValue(value: unknown): Value {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

/** Whether the text of an expression stands for a time: results show it as one, whatever it is called. */
export function isTimeText(text: string): boolean {
  return /^(@timestamp|@ingestionTime)$|^(bin|datefloor|dateceil|fromMillis)\b/i.test(text);
}

/** As results show a value: times as `2018-11-11 08:00:00.000`, and what is true as 1. */
export function writeValue(value: Value, isTime: boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (isTime && typeof value === 'number') return new Date(value).toISOString().replace('T', ' ').replace('Z', '');
  return String(value ?? '');
}
