import { expect, test } from 'vitest';
import { createScriptedClients } from '../clients/scripted-clients.fixture.js';
import { createActivityReader } from './activities.js';

interface Told {
  ActivityId: string;
  StatusCode: string;
  StartTime: Date;
}

/** Auto Scaling's book of activities: in progress first, then newest first, a hundred on a page. */
function keepBook() {
  const book: Told[] = [];
  const { clients, calls } = createScriptedClients({
    'autoscaling:DescribeScalingActivities': ({ NextToken }: { NextToken?: string }) => {
      const isOpen = ({ StatusCode }: Told) => Number(StatusCode === 'InProgress');
      const sorted = [...book].sort((a, b) => isOpen(b) - isOpen(a) || b.StartTime.getTime() - a.StartTime.getTime());
      const start = Number(NextToken ?? 0);
      const next = start + 100 < sorted.length ? String(start + 100) : undefined;
      return { Activities: sorted.slice(start, start + 100), NextToken: next };
    },
  });
  const note = (id: string, at: number, StatusCode = 'Successful') => {
    const known = book.find(({ ActivityId }) => ActivityId === id);
    if (known) known.StatusCode = StatusCode;
    else book.push({ ActivityId: id, StatusCode, StartTime: new Date(at) });
  };
  return { note, calls, reader: createActivityReader(clients) };
}

test('all activities since the beginning are told, newest first, and a later look is one call', async () => {
  const { note, calls, reader } = keepBook();
  for (let at = 1; at <= 250; at++) note(`a${at}`, at);
  const first = await reader.read('web', 50);
  expect(first.map(({ startedAt }) => startedAt)).toEqual(Array.from({ length: 201 }, (_, index) => 250 - index));
  calls.length = 0;
  note('a251', 251, 'InProgress');
  expect((await reader.read('web', 50)).map(({ activityId }) => activityId)).toEqual([
    'a251',
    ...first.map(({ activityId }) => activityId),
  ]);
  expect(calls).toHaveLength(1);
});

test('one that went on for long is told as ended although more than a hundred came after it', async () => {
  const { note, reader } = keepBook();
  note('long', 1, 'InProgress');
  await reader.read('web', 0);
  for (let at = 2; at <= 150; at++) note(`a${at}`, at);
  await reader.read('web', 0);
  note('long', 1, 'Failed');
  const told = await reader.read('web', 0);
  expect(told.find(({ activityId }) => activityId === 'long')?.statusCode).toBe('Failed');
  expect(told).toHaveLength(150);
});

test('what was before is left out unless it is still going on', async () => {
  const { note, reader } = keepBook();
  note('old', 1);
  note('old and going on', 2, 'WaitingForELBConnectionDraining');
  note('new', 10);
  expect((await reader.read('web', 5)).map(({ activityId }) => activityId)).toEqual(['new', 'old and going on']);
});
