import { expect, test } from 'vitest';
import type { JournalEntry } from './entry.js';
import { eventIdOf, eventsOf, markerEvent } from './event.js';
import { noMask } from './masks.js';
import { readStreamEvent, readStreamName, streamNameOf } from './stream.js';

const entry: JournalEntry = {
  cursor: 's=1;i=1;b=b1;m=1;t=1;x=1',
  realtimeUs: 1_541_923_200_000_000,
  bootId: 'b1',
  message: `two\nlines ${'and more '.repeat(60)}[id=no]`,
  fields: { _SYSTEMD_UNIT: 'web.service', SYSLOG_IDENTIFIER: 'app', _PID: '402' },
};
const id = eventIdOf(entry.cursor);

test.each(['json', 'message'] as const)('reads what the agent writes as %s, whole and in parts', (format) => {
  const write = (most?: number) => eventsOf(entry, { format, fields: [], mask: noMask }, most);
  const read = write().map(({ message }) => readStreamEvent(message));
  expect(read).toEqual([{ kind: 'entry', id, part: undefined, source: 'app[402]', text: entry.message }]);
  const parts = write(format === 'json' ? 260 : 160).map(({ message }) => readStreamEvent(message));
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.map((part) => (part.kind === 'entry' ? part.text : '')).join('')).toBe(entry.message);
  expect(parts[0]).toMatchObject({ id, part: `1/${parts.length}` });
});

test('tells how far a stream is, and what is missing', () => {
  const at = entry.realtimeUs / 1000;
  const read = (marker: Parameters<typeof markerEvent>[0]) => readStreamEvent(markerEvent(marker, at).message);
  expect(read({ kind: 'SHIPPED', until: at })).toEqual({ kind: 'shipped', until: at });
  expect(read({ kind: 'GAP', gap: { reason: 'cursorGone', from: at, until: at + 1 } })).toEqual({
    kind: 'loss',
    code: 'GAP',
    text: 'reason cursorGone, from 2018-11-11T08:00:00.000Z, until 2018-11-11T08:00:00.001Z',
  });
});

test.each(['', 'plain', '{', '{"message":1}', '[1]', 'a: b [id=xyz]'])('%j of somebody else is text', (text) => {
  expect(readStreamEvent(text)).toMatchObject({ kind: 'entry', text });
});

test('a stream is of one instance and one release', () => {
  expect(readStreamName(streamNameOf('i-0abc', '0.149.2/rc'))).toEqual({ instanceId: 'i-0abc', release: '0.149.2/rc' });
  expect(readStreamName('lambda/0.1')).toBeUndefined();
});
