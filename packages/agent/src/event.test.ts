import { describe, expect, test } from 'vitest';
import { Batch } from './batch.js';
import { isSameEntry, parseEntry, parseOversized } from './entry.js';
import { eventsOf, type LogEvent } from './event.js';
import { LineJoiner } from './join-lines.js';
import { linesOf } from './journalctl.js';
import { createMasking, noMask } from './masks.js';

const CURSOR = 's=1;i=3c;b=boot;m=5;t=57a5ef89b7b58;x=9';
const line = (fields: object) =>
  JSON.stringify({ __CURSOR: CURSOR, __REALTIME_TIMESTAMP: '1541923200123456', _BOOT_ID: 'boot', ...fields });
const read = (fields: object) => {
  const entry = parseEntry(line(fields));
  if (entry === undefined) throw new Error('no entry');
  return entry;
};
const json = { format: 'json' as const, fields: [], mask: noMask };

describe('an entry', () => {
  test.each([
    ['text', 'ready', 'ready'],
    ['bytes that are not UTF-8', [104, 105, 255], 'hi\ufffd'],
    ['several of one name', ['a', 'b'], 'a\nb'],
    ['left out by journalctl', null, ''],
  ])('has its message from %s', (_, MESSAGE, expected) => {
    expect(read({ MESSAGE }).message).toBe(expected);
  });

  test.each(['', '{"__CURSOR":"x"', '[]', '{}', '{"__CURSOR":"x","__REALTIME_TIMESTAMP":"soon"}'])(
    '%j is none',
    (text) => {
      expect(parseEntry(text)).toBeUndefined();
    },
  );

  test('that is too large to read is told of with its cursor, and the lines after it are read', async () => {
    const large = line({ MESSAGE: 'x'.repeat(5_000) });
    async function* stream() {
      yield Buffer.from(`${large.slice(0, 3_000)}`);
      yield Buffer.from(`${large.slice(3_000)}\n${line({ MESSAGE: 'next' })}\n{"torn`);
    }
    const lines = [];
    for await (const one of linesOf(stream(), 1_000)) lines.push(one);
    expect(lines.map(({ line: text }) => text === undefined)).toEqual([true, false]);
    const told = parseOversized(lines[0]?.beginning ?? '', lines[0]?.bytes ?? 0);
    expect(told).toMatchObject({
      cursor: CURSOR,
      bootId: 'boot',
      message: expect.stringContaining(`${large.length} bytes`),
    });
  });

  test('keeps its identity when it is copied at rotation', () => {
    const copy = CURSOR.replace('i=3c', 'i=99').replace('s=1', 's=2');
    expect([isSameEntry(CURSOR, copy), isSameEntry(CURSOR, copy.replace('x=9', 'x=8'))]).toEqual([true, false]);
    const [one] = eventsOf(read({ MESSAGE: 'a' }), json);
    const [other] = eventsOf({ ...read({ MESSAGE: 'a' }), cursor: copy }, json);
    expect(one?.id).toBe(other?.id);
  });
});

describe('an event', () => {
  const fields = {
    MESSAGE: 'ready',
    _SYSTEMD_UNIT: 'web.service',
    SYSLOG_IDENTIFIER: 'web',
    _PID: '7',
    PRIORITY: '3',
    EXTRA: 'x',
  };

  test('in JSON has the message, its source, the fields asked for and the id', () => {
    const [event] = eventsOf(read(fields), { ...json, fields: ['EXTRA'] });
    expect(JSON.parse(event?.message ?? '')).toEqual({
      message: 'ready',
      unit: 'web.service',
      identifier: 'web',
      pid: '7',
      priority: 'err',
      boot: 'boot',
      EXTRA: 'x',
      id: event?.id,
    });
    expect([event?.timestamp, event?.entry?.cursor]).toEqual([1_541_923_200_123, CURSOR]);
  });

  test('as a message is one line with the id behind it', () => {
    const [event] = eventsOf(read(fields), { ...json, format: 'message' });
    expect(event?.message).toBe(`web[7]: ready [id=${event?.id}]`);
  });

  test.each(['json', 'message'] as const)('in %s is split at characters, and nothing is cut off', (format) => {
    const message = '\u0001"\u{1f600}é'.repeat(300);
    const events = eventsOf(read({ MESSAGE: message }), { ...json, format }, 700);
    const texts = events.map((event) =>
      format === 'json' ? JSON.parse(event.message).message : /^unknown: (.*) \[id=/s.exec(event.message)?.[1],
    );
    expect(texts.join('')).toBe(message);
    expect(events.length).toBeGreaterThan(2);
    expect(Math.max(...events.map(({ bytes }) => bytes))).toBeLessThanOrEqual(700);
    expect(events.map(({ entry }) => entry !== undefined)).toEqual(
      events.map((_, index) => index === events.length - 1),
    );
  });
});

describe('masks', () => {
  const { mask, tooShort } = createMasking({
    password: 'hunter2"x',
    key: '-----BEGIN-----\nabcdefghijkl\n-----END-----',
    longer: 'hunter2"x-and-more',
    pin: '1234',
    nothing: '',
  });

  test.each([
    ['as it is', 'login hunter2"x ok', 'login [secret] ok'],
    ['in JSON', JSON.stringify({ p: 'hunter2"x' }), '{"p":"[secret]"}'],
    ['in a URL', `?p=${encodeURIComponent('hunter2"x')}&q`, '?p=[secret]&q'],
    ['in base64', Buffer.from('hunter2"x').toString('base64'), '[secret]'],
    ['line by line', 'key: abcdefghijkl', 'key: [secret]'],
    ['the longest first', 'hunter2"x-and-more', '[secret]'],
  ])('hide a value %s', (_, text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  test('name a value that is too short to be hidden', () => {
    expect([tooShort, mask('1234')]).toEqual([['pin'], '1234']);
  });

  test('are applied before an entry is split', () => {
    const events = eventsOf(read({ MESSAGE: `${'a'.repeat(395)}hunter2"x${'b'.repeat(400)}` }), { ...json, mask }, 500);
    expect(events.length).toBeGreaterThan(1);
    expect(events.map(({ message }) => message).join('')).not.toMatch(/hunter|nter2/);
  });
});

describe('a batch', () => {
  const event = (timestamp: number, bytes = 10): LogEvent => ({ id: `${timestamp}`, timestamp, message: 'm', bytes });
  const fill = (batch: Batch, events: readonly LogEvent[]) =>
    events.filter((one) => {
      const hasRoom = batch.hasRoomFor(one);
      if (hasRoom) batch.add(one);
      return hasRoom;
    }).length;

  test.each([
    ['1,048,576 bytes with 26 an event', Array.from({ length: 5 }, () => event(0, 262_118)), 4],
    ['10,000 events', Array.from({ length: 10_001 }, () => event(0)), 10_000],
    ['24 hours', [event(0), event(86_400_000), event(86_400_001)], 2],
    ['24 hours backwards', [event(86_400_001), event(0), event(1)], 2],
  ])('has room for %s', (_, events, expected) => {
    expect(fill(new Batch(), events)).toBe(expected);
  });

  test('is chronological, and keeps the order of what has the same time', () => {
    const batch = new Batch();
    const entry = (cursor: string) => ({ cursor, at: 0 });
    fill(batch, [
      { ...event(5), id: 'a', entry: entry('1') },
      { ...event(3), id: 'b' },
      { ...event(5), id: 'c', entry: entry('2') },
    ]);
    const { events, entry: last } = batch.take();
    expect([events.map(({ id }) => id), last?.cursor, batch.size]).toEqual([['b', 'a', 'c'], '2', 0]);
  });
});

test('lines of one process are joined to the message that they go on, and of no other', () => {
  const joiner = new LineJoiner(/^\S/);
  const of = (message: string, _PID = '1') => ({ ...read({ MESSAGE: message, _PID }), cursor: message });
  const entries = [of('Traceback'), of('  at a'), of('  at b', '2'), of('  at c'), of('ready')];
  const joined = [...entries.flatMap((entry) => joiner.take(entry)), ...joiner.flush()];
  expect(joined.map(({ message, cursor }) => [message, cursor])).toEqual([
    ['Traceback\n  at a', '  at a'],
    ['  at b', '  at b'],
    ['  at c', '  at c'],
    ['ready', 'ready'],
  ]);
});
