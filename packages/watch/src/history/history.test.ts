import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { History } from './history.js';
import { type Look, lookRecordBytes } from './look-record.js';
import { StateLog } from './state-log.js';

const t0 = Date.parse('2018-11-11T00:00:00Z');
const dayMs = 86_400_000;
const always = { since: 0, until: Number.MAX_SAFE_INTEGER };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-history-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (days = 90) => new History({ directory, days });
const look = (more: Partial<Look> = {}): Look => ({ at: t0, outcome: 'good', durationMs: 12.5, phases: {}, ...more });
const looksOf = (history: History, check = 'front page') => [...history.looks(check, always)];
const onlyFile = (check = 'front-page') => {
  const folder = readdirSync(directory).find((name) => name.startsWith(check))!;
  const file = readdirSync(join(directory, folder)).find((name) => name.endsWith('.looks'))!;
  return join(directory, folder, file);
};

describe('a look', () => {
  test.each<[what: string, look: Look]>([
    [
      'good, with every phase',
      look({ statusCode: 200, phases: { resolve: 1, connect: 2, tls: 3.25, firstByte: 4, body: 0 } }),
    ],
    ['a failure', look({ outcome: 'bad', phase: 'connect', code: 'ECONNREFUSED' })],
    ['cut off', look({ outcome: 'cutOff', phase: 'resolve', code: 'EAI_AGAIN' })],
    ['the last of a day', look({ at: t0 + dayMs - 1 })],
  ])('comes back as it was: %s', (_what, kept) => {
    open().append('front page', kept);
    expect(looksOf(open())).toEqual([kept]);
  });

  test('is found by its span, across days, in order', () => {
    const history = open();
    for (let hour = 0; hour < 72; hour += 1) history.append('a', look({ at: t0 + hour * 3_600_000 }));
    const span = { since: t0 + 20 * 3_600_000, until: t0 + 30 * 3_600_000 };
    expect([...history.looks('a', span)].map(({ at }) => (at - t0) / 3_600_000)).toEqual([
      20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    ]);
  });

  test('names that a file system does not tell apart are two checks', () => {
    const history = open();
    history.append('a/b', look());
    history.append('A b', look());
    history.append('../../etc', look());
    expect(history.checks()).toEqual(['../../etc', 'A b', 'a/b']);
  });
});

describe('whatever happens to the file', () => {
  test('a record that was cut off by a kill is left out, and loses no other', () => {
    open().append('front page', look());
    appendFileSync(onlyFile(), Buffer.alloc(17, 7));
    const history = open();
    history.append('front page', look({ at: t0 + 1 }));
    expect(looksOf(history).map(({ at }) => at)).toEqual([t0, t0 + 1]);
  });

  test('zeros, as a crashed machine leaves them, are no looks', () => {
    open().append('front page', look());
    appendFileSync(onlyFile(), Buffer.alloc(lookRecordBytes * 3));
    expect(looksOf(open())).toHaveLength(1);
  });

  test('what cannot be written is counted and told once', () => {
    const told: Error[] = [];
    const history = new History({ directory, days: 90, warn: (error) => told.push(error) });
    history.append('a', look());
    rmSync(directory, { recursive: true });
    history.append('a', look());
    history.append('a', look());
    expect([history.lostCount, told.length > 0]).toEqual([2, true]);
  });

  test('a SIGKILL in the midst of writing loses nothing that was said to be written', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;
    const program = `
      const { History } = await import(${JSON.stringify(module)});
      const history = new History({ directory: ${JSON.stringify(directory)}, days: 90 });
      for (let number = 0; ; number += 1) {
        history.append('front page', { at: ${t0} + number, outcome: 'bad', durationMs: 1, phases: {}, code: 'C' + (number % 7) });
        if (number % 100 === 0) process.stdout.write(number + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let [said, buffered] = [-1, ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      buffered += text;
      said = Number(buffered.trimEnd().split('\n').at(-1));
      if (said >= 500) child.kill('SIGKILL');
    });
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    const kept = looksOf(open());
    expect(kept.length).toBeGreaterThan(said);
    kept.forEach(({ at, code }, number) => {
      expect([at, code]).toEqual([t0 + number, `C${number % 7}`]);
    });
  });
});

describe('how much is kept', () => {
  test('90 days of a check every 10 s fit into 100 MB', () => {
    expect(90 * 8_640 * lookRecordBytes).toBeLessThan(100e6);
    const history = open();
    for (let number = 0; number < 100; number += 1) history.append('front page', look({ at: t0 + number * 10_000 }));
    expect(statSync(onlyFile()).size).toBe(100 * lookRecordBytes);
  });

  test('what is older goes, a day at a time', () => {
    const history = open(2);
    for (let day = 0; day < 10; day += 1) history.append('a', look({ at: t0 + day * dayMs }));
    expect(history.summarize('a', always).map(({ day }) => day)).toEqual(['2018-11-18', '2018-11-19', '2018-11-20']);
  });

  test('a day is summed up in counts and percentiles, and anew when it has grown', () => {
    const history = open();
    for (let number = 1; number <= 100; number += 1) history.append('a', look({ durationMs: number }));
    history.append('a', look({ outcome: 'bad', durationMs: 5_000 }));
    expect(history.summarize('a', always)).toEqual([
      { day: '2018-11-11', goodCount: 100, badCount: 1, cutOffCount: 0, medianMs: 51, p95Ms: 96 },
    ]);
    history.append('a', look({ outcome: 'cutOff' }));
    expect(history.summarize('a', always)[0]).toMatchObject({ cutOffCount: 1 });
  });
});

describe('the state log', () => {
  const incident = {
    id: 'a/1',
    check: 'a',
    beganAt: 1,
    openedAt: 2,
    places: ['home'],
    flapCount: 0,
    reopenCount: 0,
    lastDownAt: 2,
  };
  const delivery = { id: 'a/1/1-began', channel: 'slack 1', title: 't', text: 't', document: {}, at: 1 };
  const file = () => join(directory, 'state.jsonl');

  test('an open incident and an alert that has not arrived are there after a kill, and a line that was cut off is not', () => {
    const log = new StateLog(file());
    log.noteState('a', { kind: 'open', incident, toldAt: 2, tellCount: 1 });
    log.noteDelivery(delivery);
    log.noteDelivery({ ...delivery, channel: 'email 2' });
    log.noteArrived({ ...delivery, channel: 'email 2' });
    appendFileSync(file(), '{"type":"state","check":"b","sta');
    const { states, deliveries } = new StateLog(file()).contents;
    expect(states.get('a')).toMatchObject({ kind: 'open', incident: { id: 'a/1' } });
    expect(deliveries).toEqual([delivery]);
  });

  test('SIGKILL at random instants, also while the file is written anew: nothing that was said to be noted is lost', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;
    // One incident and one alert after the other; each is told on stdout when it has been noted.
    const program = `
      const { StateLog } = await import(${JSON.stringify(module)});
      const log = new StateLog(${JSON.stringify(file())});
      const seen = log.contents.states.get('a')?.incident?.flapCount ?? 0;
      for (let number = seen + 1; ; number += 1) {
        log.noteDelivery({ ...${JSON.stringify(delivery)}, id: 'alert ' + number });
        log.noteState('a', { kind: 'open', toldAt: 2, tellCount: 1, incident: { ...${JSON.stringify(incident)}, flapCount: number } });
        if (number > 5) log.noteArrived({ id: 'alert ' + (number - 5), channel: ${JSON.stringify(delivery.channel)} });
        if (number % 50 === 0) process.stdout.write(number + '\\n');
      }`;
    let said = 0;
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // The last round is long enough for the file to be written anew.
      const atLeast = said + (round === 4 ? 8_000 : Math.ceil(Math.random() * 500));
      let buffered = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        buffered += text;
        said = Math.max(said, Number(buffered.slice(0, buffered.lastIndexOf('\n')).split('\n').at(-1)));
        if (said >= atLeast) child.kill('SIGKILL');
      });
      expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
      const { states, deliveries } = StateLog.read(file());
      const state = states.get('a');
      const number = state?.kind === 'open' ? state.incident.flapCount : 0;
      expect(number).toBeGreaterThanOrEqual(said);
      // Those of the last five that had not arrived, and perhaps the one that was being noted.
      const waiting = deliveries.map(({ id }) => Number(id.split(' ')[1]));
      for (let each = Math.max(1, number - 4); each <= number; each += 1) expect(waiting).toContain(each);
      expect(waiting.length).toBeLessThanOrEqual(7);
    }
  });

  test('incidents that are over are kept, each once', () => {
    const log = new StateLog(file());
    const last = { incident, endedAt: 5, tellCount: 2 };
    log.noteState('a', { kind: 'well', last });
    log.noteState('a', { kind: 'well', last: { ...last, endedAt: 9 } });
    log.noteState('a', { kind: 'well', last: { ...last, incident: { ...incident, id: 'a/2' } } });
    expect(new StateLog(file()).contents.ended.map(({ incident: { id }, endedAt }) => [id, endedAt])).toEqual([
      ['a/1', 9],
      ['a/2', 5],
    ]);
  });
});
