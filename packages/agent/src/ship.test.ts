import { describe, expect, test } from 'vitest';
import { eventIdOf, type LogEvent } from './event.js';
import type { PutOutcome } from './ports.js';
import { createMachine, createRandom, type Machine, SHORT_LIMITS, START } from './ship.fixture.js';
import { readStreamEvent } from './stream.js';

const idsOf = (events: readonly LogEvent[]) => events.map(({ id }) => id);
const isMarker = ({ message }: LogEvent) => message.includes('"directrix"');
const entriesOf = (machine: Machine) => machine.stored.filter((event) => !isMarker(event));
const markersOf = (machine: Machine) => machine.stored.filter(isMarker).map(({ message }) => JSON.parse(message));
const unique = <Item>(items: readonly Item[]) => [...new Set(items)];

describe('the loop', () => {
  test('ships everything of the boot from its first line, in order, and keeps the position', async () => {
    const machine = createMachine();
    machine.write('of the boot before');
    machine.reboot();
    const [first] = [
      machine.write('first line'),
      ...Array.from({ length: 11 }, (_, index) => machine.write(`${index}`)),
    ];
    expect(await machine.run()).toBe('done');
    expect(idsOf(machine.stored)).toEqual(machine.written.slice(1));
    expect(JSON.parse(machine.stored[0]?.message ?? '')).toMatchObject({
      message: first?.message,
      unit: 'web.service',
    });
    expect(machine.batches.every((batch) => batch.length <= SHORT_LIMITS.events)).toBe(true);
  });

  test('goes on after the position at the next start, and sends nothing twice', async () => {
    const machine = createMachine();
    for (let count = 0; count < 7; count += 1) machine.write('one');
    await machine.run();
    machine.write('after');
    machine.reboot();
    machine.write('of the next boot');
    await machine.run();
    expect(idsOf(machine.stored)).toEqual(machine.written);
  });

  test.each(['ends', 'fails'] as const)(
    'a reader that %s in the midst of a batch is started again: nothing is lost, nothing sent twice',
    async (how) => {
      const machine = createMachine();
      for (let count = 0; count < 17; count += 1) machine.write(`${count}`);
      // Batches are of five.
      machine.readerEnds = [7, 0, 3].map((afterEntries) => ({ afterEntries, how }));
      expect(await machine.run()).toBe('done');
      expect(idsOf(machine.stored)).toEqual(machine.written);
      expect(machine.notices.map(({ kind }) => kind)).toEqual(['reader', 'reader', 'reader']);
    },
  );

  test('keeps the position only after the acknowledgement', async () => {
    const machine = createMachine();
    machine.write('one');
    machine.answer = () => {
      expect(machine.files.get('/state/position.json')).toContain('"isShipped":false');
      return { kind: 'acknowledged', rejected: [] };
    };
    await machine.run();
    expect([...machine.files.keys()]).toEqual(['/state/position.json']);
  });

  test.each<PutOutcome>([
    { kind: 'throttled', code: 'ThrottlingException' },
    { kind: 'unreachable', code: 'ENOTFOUND' },
    { kind: 'credentials', code: 'ExpiredTokenException' },
    { kind: 'denied', code: 'AccessDeniedException' },
    { kind: 'fault', code: 'ServiceUnavailableException' },
  ])('tries again for as long as $kind lasts, and loses nothing', async (failure) => {
    const machine = createMachine();
    for (let count = 0; count < 12; count += 1) machine.write('one');
    let failures = 600;
    machine.answer = () => (failures-- > 0 ? failure : { kind: 'acknowledged', rejected: [] });
    await machine.run();
    expect(idsOf(machine.stored)).toEqual(machine.written);
    // Hours by the machine's clock.
    expect(machine.notices.at(-1)).toMatchObject({ kind: 'recovered', attempts: 601 });
    expect((machine.notices.at(-1) as { afterMs: number }).afterMs).toBeGreaterThan(3_600_000);
  });

  test('a batch whose answer was lost is sent again, and is the only one that is there twice', async () => {
    const machine = createMachine();
    for (let count = 0; count < 12; count += 1) machine.write('one');
    let puts = 0;
    machine.answer = () => (++puts === 2 ? 'lost' : { kind: 'acknowledged', rejected: [] });
    await machine.run();
    expect(unique(idsOf(machine.stored))).toEqual(machine.written);
    expect(machine.stored).toHaveLength(machine.written.length + SHORT_LIMITS.events);
  });

  test('what the service will never take is found by halving, marked, and holds up nothing else', async () => {
    const machine = createMachine();
    for (let count = 0; count < 5; count += 1) machine.write(count === 3 ? 'poison' : 'good');
    machine.answer = (events) =>
      events.some(({ message }) => message.includes('poison'))
        ? { kind: 'refused', code: 'InvalidParameterException' }
        : { kind: 'acknowledged', rejected: [] };
    await machine.run();
    expect(idsOf(entriesOf(machine))).toEqual(machine.written.filter((_, index) => index !== 3));
    expect(machine.notices).toMatchObject([{ kind: 'refused', eventId: machine.written[3] }]);
  });

  test('what the service left out is told and marked with its reason', async () => {
    const machine = createMachine();
    const { realtimeUs } = machine.write('old');
    const at = realtimeUs / 1000;
    const rejection = { reason: 'tooOld' as const, count: 1, from: at, until: at };
    machine.answer = (events) => ({ kind: 'acknowledged', rejected: events.some(isMarker) ? [] : [rejection] });
    await machine.run();
    machine.write('another');
    await machine.run();
    expect(machine.notices[0]).toEqual({ kind: 'rejected', rejection });
  });

  test('when the entry of the position is gone, a gap with both times comes first and reading goes on from the oldest', async () => {
    const machine = createMachine();
    const shipped = machine.write('shipped');
    await machine.run();
    const lost = machine.write('lost');
    const kept = machine.write('kept');
    machine.vacuum(2);
    await machine.run();
    const iso = (us: number) => new Date(us / 1000).toISOString();
    expect(markersOf(machine)).toEqual([
      { directrix: 'GAP', reason: 'cursorGone', from: iso(shipped.realtimeUs), until: iso(kept.realtimeUs) },
    ]);
    expect(machine.stored.map(({ message }) => JSON.parse(message).message)).toEqual(['shipped', undefined, 'kept']);
    expect(lost.message).toBe('lost');
  });

  test.each([
    ['torn', '{"schema":1,"instanceId":"i-1","cur'],
    ['of another schema', '{"schema":2}'],
    ['empty', ''],
  ])('a position that is %s is a gap of unknown beginning, never a start at the end', async (_, text) => {
    const machine = createMachine();
    machine.write('one');
    machine.reboot();
    machine.write('two');
    machine.files.set('/state/position.json', text);
    await machine.run();
    expect(markersOf(machine)).toMatchObject([{ directrix: 'GAP', reason: 'cursorUnreadable' }]);
    expect(idsOf(entriesOf(machine))).toEqual(machine.written);
  });

  test("a position that another machine's image has brought along is not this instance's", async () => {
    const machine = createMachine();
    const { cursor } = machine.write('of the builder');
    const position = { schema: 1, instanceId: 'i-builder', cursor, entryAt: 1, isShipped: true, notedAt: 1 };
    machine.files.set('/state/position.json', JSON.stringify(position));
    machine.reboot();
    machine.write('first line');
    await machine.run();
    expect(idsOf(machine.stored)).toEqual(machine.written.slice(1));
  });

  test('says how far the stream is, also while the journal is quiet, and never ahead of what is acknowledged', async () => {
    const machine = createMachine();
    machine.heartbeatMs = 30_000;
    const { realtimeUs } = machine.write('one');
    machine.isEnough = () => machine.stored.length >= 4;
    await machine.run();
    const told = machine.stored.map(({ message, timestamp }) => ({ ...readStreamEvent(message), timestamp }));
    expect(told.map(({ kind }) => kind)).toEqual(['entry', 'shipped', 'shipped', 'shipped']);
    const [, first, second] = told.map((event) => (event.kind === 'shipped' ? event.until : 0));
    expect(first).toBeGreaterThanOrEqual(realtimeUs / 1000);
    expect(second).toBeGreaterThanOrEqual((first ?? 0) + 30_000);
    // Of the last moment nobody knows yet: what was written then may be on its way through journald.
    expect(told[2]?.timestamp).toBe((second ?? 0) + 1_000);
  });

  test('says nothing of being there while what is to be shipped is not', async () => {
    const machine = createMachine();
    machine.heartbeatMs = 1;
    let failures = 50;
    machine.answer = () => {
      // The site goes on while the agent waits.
      if (failures === 25) machine.write('meanwhile');
      return failures-- > 0
        ? { kind: 'throttled', code: 'ThrottlingException' }
        : { kind: 'acknowledged', rejected: [] };
    };
    for (let count = 0; count < 3; count += 1) machine.write(`${count}`);
    machine.isEnough = () => machine.stored.length >= 6;
    await machine.run();
    const seen: string[] = [];
    for (const { id, message } of machine.stored) {
      const event = readStreamEvent(message);
      if (event.kind !== 'shipped') seen.push(id);
      else expect(machine.writtenUntil(event.until).filter((one) => !seen.includes(one))).toEqual([]);
    }
    expect(seen).toEqual(machine.written);
  });

  test('an entry that is larger than an event is shipped whole, in parts', async () => {
    const machine = createMachine();
    const message = '"é'.repeat(4_000);
    machine.write(message);
    await machine.run();
    const parts = machine.stored.map((event) => JSON.parse(event.message));
    expect(parts.map((part) => part.message).join('')).toBe(message);
    expect(parts[0]).toMatchObject({ part: `1/${parts.length}` });
    expect(unique(parts.map(({ id }) => id))).toEqual(machine.written);
    expect(machine.stored.every(({ bytes }) => bytes + 26 <= SHORT_LIMITS.bytes)).toBe(true);
  });
});

test('1,000 kills at random steps, with vacuums, reboots, throttling, outages and lost answers: nothing lost, at most one batch twice for each', async () => {
  const seed = 20_181_111;
  const random = createRandom(seed);
  const machine = createMachine(random);
  machine.answer = () => {
    const chance = random();
    if (chance < 0.1) return { kind: 'throttled', code: 'ThrottlingException' };
    if (chance < 0.15) return { kind: 'unreachable', code: 'ETIMEDOUT' };
    return chance < 0.2 ? 'lost' : { kind: 'acknowledged', rejected: [] };
  };
  // What vacuum took before it was shipped: the only entries that may be missing.
  const gone = new Set<string>();
  const seen = new Set<string>();
  let kills = 0;
  let vacuums = 0;
  while (kills < 1_000) {
    for (let count = Math.floor(random() * 12); count >= 0; count -= 1) machine.write(`entry ${count}`);
    // Before it has noted where it began, nobody can tell its first boot from a boot that the image brought along.
    if (random() < 0.1 && machine.files.has('/state/position.json')) machine.reboot();
    const before = machine.batches.length;
    if ((await machine.run(1 + Math.floor(random() * 25), random() < 0.5)) === 'killed') kills += 1;
    expectRepeatsOfOneBatch(machine, machine.batches.slice(before).flat(), seen, seed);
    if (random() < 0.05 || machine.journal.length > 100) {
      vacuums += 1;
      for (const { cursor } of machine.vacuum(Math.ceil(machine.journal.length * random()))) {
        if (!seen.has(eventIdOf(cursor))) gone.add(eventIdOf(cursor));
      }
    }
  }
  await machine.run();
  for (const { id } of machine.stored) seen.add(id);

  const missing = machine.written.filter((id) => !seen.has(id) && !gone.has(id));
  expect(missing, `seed ${seed}`).toEqual([]);
  expect([vacuums > 20, gone.size > 0]).toEqual([true, true]);
  // The order in which entries came first is the order of the journal.
  const ids = unique(idsOf(entriesOf(machine)));
  expect(ids).toEqual(machine.written.filter((id) => seen.has(id)));
  // Whatever is missing lies within a gap that was reported.
  const gaps = markersOf(machine).filter(({ directrix }) => directrix === 'GAP');
  expect(gaps.length).toBeGreaterThan(0);
}, 30_000);

/** Only a batch whose acknowledgement was not kept comes again, and it comes before anything new. */
function expectRepeatsOfOneBatch(machine: Machine, shipped: readonly string[], seen: Set<string>, seed: number): void {
  const ids = unique(shipped).filter((id) => machine.writtenIds.has(id));
  const repeated = ids.filter((id) => seen.has(id));
  expect(repeated.length, `seed ${seed}`).toBeLessThanOrEqual(SHORT_LIMITS.events);
  expect(ids.slice(0, repeated.length), `seed ${seed}`).toEqual(repeated);
  for (const id of ids) seen.add(id);
}

test('a reboot before the first acknowledgement loses nothing of the first boot', async () => {
  const machine = createMachine();
  machine.write('of the image');
  machine.reboot();
  machine.write('one');
  machine.answer = () => ({ kind: 'unreachable', code: 'ETIMEDOUT' });
  expect(await machine.run(12)).toBe('killed');
  machine.reboot();
  machine.write('two');
  machine.answer = () => ({ kind: 'acknowledged', rejected: [] });
  await machine.run();
  expect(idsOf(machine.stored)).toEqual(machine.written.slice(1));
});

test('a full disk stops no log: it is told, and a restart repeats what could not be noted', async () => {
  const machine = createMachine();
  for (let count = 0; count < 7; count += 1) machine.write('one');
  machine.diskError = 'ENOSPC';
  await machine.run();
  expect(idsOf(machine.stored)).toEqual(machine.written);
  expect(machine.notices).toContainEqual({ kind: 'unsaved', code: 'ENOSPC' });
  machine.diskError = undefined;
  await machine.run();
  expect(unique(idsOf(machine.stored))).toEqual(machine.written);
});

describe('what a judge of the loop would try', () => {
  test('a clock that is set back holds nothing up: neither a batch nor the word of how far the stream is', async () => {
    const machine = createMachine();
    machine.heartbeatMs = 30_000;
    machine.write('before');
    machine.isEnough = () => markersOf(machine).length > 0;
    await machine.run();
    const beats = markersOf(machine).length;
    const elapsed = machine.elapsed;
    machine.isEnough = () => markersOf(machine).length > beats + 1;
    // In the middle of a batch, by ten hours.
    machine.answer = () => {
      if (machine.now > START) machine.now -= 36_000_000;
      return { kind: 'acknowledged', rejected: [] };
    };
    machine.write('after');
    await machine.run();
    expect(idsOf(entriesOf(machine))).toEqual(machine.written);
    expect(machine.elapsed - elapsed).toBeLessThan(120_000);
  });

  test('entries of a clock that was set back keep their place in the journal, and every batch is in the order of its times', async () => {
    const machine = createMachine();
    for (const back of [0, 3_600_000, 0, 7_200_000, 0]) {
      machine.now -= back;
      for (let count = 0; count < 3; count += 1) machine.write(`${back}`);
    }
    const batches: (readonly number[])[] = [];
    machine.answer = (events) => {
      batches.push(events.map(({ timestamp }) => timestamp));
      return { kind: 'acknowledged', rejected: [] };
    };
    await machine.run();
    expect([...idsOf(machine.stored)].sort()).toEqual([...machine.written].sort());
    for (const times of batches) expect(times).toEqual([...times].sort((a, b) => a - b));
    // Each batch holds what follows the one before in the journal.
    const places = machine.batches.map((batch) => batch.map((id) => machine.written.indexOf(id)));
    for (const [index, batch] of places.entries())
      expect(Math.min(...batch)).toBe(places.slice(0, index).flat().length);
  });

  test('a destination that refuses everything is waited for: nothing is taken for an event at fault', async () => {
    const machine = createMachine();
    for (let count = 0; count < 7; count += 1) machine.write('good');
    let refusals = 100;
    machine.answer = () =>
      refusals-- > 0 ? { kind: 'refused', code: 'InvalidParameterException' } : { kind: 'acknowledged', rejected: [] };
    await machine.run();
    expect(unique(idsOf(entriesOf(machine)))).toEqual(machine.written);
    expect(markersOf(machine).map(({ directrix }) => directrix)).not.toContain('REFUSED');
    const kinds = unique(machine.notices.map(({ kind }) => kind));
    expect(kinds).toEqual(expect.arrayContaining(['failing', 'recovered']));
    expect(machine.notices).toContainEqual(
      expect.objectContaining({ failure: { kind: 'denied', code: 'InvalidParameterException' } }),
    );
  });

  test('a refused event is marked with its id in the stream', async () => {
    const machine = createMachine();
    machine.write('poison');
    machine.answer = (events) =>
      events.some(({ message }) => message.includes('poison'))
        ? { kind: 'refused', code: 'InvalidParameterException' }
        : { kind: 'acknowledged', rejected: [] };
    await machine.run();
    const refused = markersOf(machine).filter(({ directrix }) => directrix === 'REFUSED');
    expect(refused).toMatchObject([{ eventId: machine.written[0] }]);
  });

  test('what was left out as too old is marked with its reason and both times', async () => {
    const machine = createMachine();
    const at = machine.write('old').realtimeUs / 1000;
    const rejection = { reason: 'tooOld' as const, count: 1, from: at, until: at };
    machine.answer = (events) => ({ kind: 'acknowledged', rejected: events.some(isMarker) ? [] : [rejection] });
    machine.isEnough = () => markersOf(machine).length > 0;
    await machine.run();
    const iso = new Date(at).toISOString();
    expect(markersOf(machine)).toEqual([{ directrix: 'REJECTED', reason: 'tooOld', count: 1, from: iso, until: iso }]);
  });
});
