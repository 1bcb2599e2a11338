// entry: one entry of the journal, read from a line of `journalctl -o json --all`.
//
// Source: systemd's "Journal Export Formats" and journalctl(1). A field is a text; an array of numbers where it is not UTF-8; an array of
// those where the entry has the field more than once; null where journalctl leaves it out.
export interface JournalEntry {
  readonly cursor: string;
  /** Epoch microseconds, by the machine's clock. */
  readonly realtimeUs: number;
  readonly bootId: string;
  readonly message: string;
  /** The other fields, as text. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Undefined for a line that is no entry: journalctl says its own troubles on standard error, but a torn last line is possible. */
export function parseEntry(line: string): JournalEntry | undefined {
  const fields = readFields(line);
  const { __CURSOR: cursor, __REALTIME_TIMESTAMP: realtime = '', _BOOT_ID: bootId = '', MESSAGE = '' } = fields ?? {};
  if (fields === undefined || cursor === undefined || !/^\d+$/.test(realtime)) return undefined;
  return { cursor, realtimeUs: Number(realtime), bootId, message: MESSAGE, fields };
}

/** An entry whose line is longer than the agent reads: its cursor and time stand at the beginning. Undefined when they do not. */
export function parseOversized(beginning: string, bytes: number): JournalEntry | undefined {
  const cursor = /"__CURSOR"\s*:\s*"([^"]+)"/.exec(beginning)?.[1];
  const realtime = /"__REALTIME_TIMESTAMP"\s*:\s*"(\d+)"/.exec(beginning)?.[1];
  if (cursor === undefined || realtime === undefined) return undefined;
  const message = `[directrix: an entry of ${bytes} bytes is too large to read. See it with: journalctl --all --cursor '${cursor}' -n 1]`;
  return { cursor, realtimeUs: Number(realtime), bootId: cursorParts(cursor).b ?? '', message, fields: {} };
}

function readFields(line: string): Record<string, string> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const entries = Object.entries(parsed).map(([name, value]) => [name, readText(value)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  if (value.every((item) => typeof item === 'number')) return Buffer.from(value).toString('utf8');
  return value.flatMap((item) => readText(item) ?? []).join('\n');
}

/** `s=…;i=3c;b=…;m=…;t=57a6…;x=…` by letter. */
export function cursorParts(cursor: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    cursor.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

/** Whether two cursors are of one entry: an entry that was copied at rotation can have another sequence number. */
export function isSameEntry(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [cursorParts(one), cursorParts(other)];
  return a.b !== undefined && ['b', 'm', 't', 'x'].every((part) => a[part] === b[part]);
}

/** Whether `one` is the entry of `other` or stands behind it in the journal. False where the cursors do not tell. */
export function isAtOrAfter(one: string, other: string): boolean {
  if (isSameEntry(one, other)) return true;
  const [a, b] = [cursorParts(one), cursorParts(other)];
  const isOfOneSequence = a.s !== undefined && a.s === b.s;
  return isOfOneSequence && Number.parseInt(a.i ?? '', 16) >= Number.parseInt(b.i ?? '', 16);
}

/** Epoch milliseconds of the entry that a cursor names; undefined for a cursor that does not say. */
export function cursorTimeMs(cursor: string): number | undefined {
  const { t } = cursorParts(cursor);
  return t !== undefined && /^[0-9a-f]+$/.test(t) ? Math.floor(Number.parseInt(t, 16) / 1000) : undefined;
}
