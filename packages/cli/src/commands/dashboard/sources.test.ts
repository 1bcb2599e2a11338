import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Board } from '@directrix/dashboard';
import { History } from '@directrix/watch';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';
import { JournalTail } from '../../rollout/journal-tail.js';
import { listAddresses, noteAddress } from './address.js';
import { createHistoryReader, listPlaces, RolloutSource, readUptime } from './sources.js';

let directory: string;
let journal: string;
let env: { XDG_STATE_HOME: string };
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-dashboard-'));
  mkdirSync(join(directory, 'directrix', 'web'), { recursive: true });
  journal = join(directory, 'directrix', 'web', 'r1.jsonl');
  env = { XDG_STATE_HOME: directory };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const release = (version: string) => ({ version, imageId: 'ami-1' });
const line = (at: number, event: object) => `${JSON.stringify({ at, rolloutId: 'r1', ...event })}\n`;
const started = line(1, { kind: 'started', groupName: 'web', from: release('1'), to: release('2'), epoch: 1 });
const openBoard = () => new Board({ after: () => () => undefined });

test('a journal is read as it grows; half a line waits for its end', async () => {
  const tail = new JournalTail(journal);
  expect(await tail.read()).toEqual([]);
  writeFileSync(journal, `${started}nonsense\n${line(2, { kind: 'interrupted', signal: 'SIGINT' }).slice(0, 20)}`);
  expect((await tail.read()).map(({ kind }) => kind)).toEqual(['started']);
  appendFileSync(journal, line(2, { kind: 'interrupted', signal: 'SIGINT' }).slice(20));
  expect((await tail.read()).map(({ kind }) => kind)).toEqual(['interrupted']);
  expect(await tail.read()).toEqual([]);
});

test('the newest journal of a group is its rollout, in lanes and lines; what cannot be told is left out', async () => {
  writeFileSync(
    journal,
    `${started}${line(2, { kind: 'evidence' })}${line(3, { kind: 'instance', instanceId: 'i-1', what: 'launched', availabilityZone: 'us-west-2a' })}`,
  );
  const board = openBoard();
  const source = new RolloutSource(board, env);
  await source.find();
  await source.read();
  expect(board.get('rollout/web')).toMatchObject({
    rolloutId: 'r1',
    from: '1',
    to: '2',
    lanes: [{ instanceId: 'i-1' }],
  });
  expect(source.running().map(({ groupName }) => groupName)).toEqual(['web']);
  expect(board.everything()).toMatchObject([
    {},
    { kind: 'log', lines: [{ text: expect.stringContaining('web: 1') }, {}] },
  ]);
});

test('latencies are what the deployer of this machine heard, by who answered', async () => {
  writeFileSync(journal, started);
  mkdirSync(join(directory, 'directrix', 'web', 'r1'));
  const second = (at: number, latencies: object) => `${JSON.stringify({ at, succeeded: 1, failed: 0, latencies })}\n`;
  const [fast, slow] = [10, 90].map((medianMs) => ({ count: 1, medianMs, p95Ms: medianMs * 2 }));
  const file = join(directory, 'directrix', 'web', 'r1', 'requests.jsonl');
  writeFileSync(file, `${second(1_000, { 1: fast })}${second(2_000, { 1: fast, 2: slow, '': fast })}`);
  const board = openBoard();
  const source = new RolloutSource(board, env);
  await source.find();
  await source.read();
  source.readLatencies();
  expect(board.get('rollout/web')).toMatchObject({
    latencies: [
      { at: 1_000, old: { medianMs: 10 } },
      { at: 2_000, old: { medianMs: 10 }, new: { medianMs: 90, p95Ms: 180 }, unknown: { medianMs: 10 } },
    ],
  });
  appendFileSync(journal, line(9, { kind: 'finished', ending: { outcome: 'done' }, elapsedMs: 8 }));
  await source.read();
  appendFileSync(file, second(3_000, { 2: slow }));
  source.readLatencies();
  expect(board.get('rollout/web')).toMatchObject({ outcome: 'done', latencies: { length: 3 } });
});

test('past rollouts and uptime are those of this machine', async () => {
  writeFileSync(journal, `${started}${line(9, { kind: 'finished', ending: { outcome: 'done' }, elapsedMs: 8 })}`);
  const board = openBoard();
  await createHistoryReader(board, env)();
  expect(board.get('history')).toEqual([
    { groupName: 'web', rolloutId: 'r1', startedAt: 1, endedAt: 9, from: '1', to: '2', outcome: 'done', evidence: [] },
  ]);
  const now = Date.parse('2018-11-11T12:00:00Z');
  const history = new History({ directory: join(directory, 'directrix-watch', 'oregon', 'history'), days: 90 });
  history.append('front page', { at: now, outcome: 'good', durationMs: 5, phases: {} });
  const io = { env, cwd: '/' };
  readUptime(board, listPlaces(io), now);
  expect(board.get('uptime')).toMatchObject([
    { place: 'oregon', name: 'front page', days: [{ day: '2018-11-11', goodCount: 1 }] },
  ]);
});

test('the address is noted while the page is there, for its owner alone', () => {
  const url = 'http://127.0.0.1:4000/?token=abc-1';
  const forget = noteAddress(env, url);
  expect(listAddresses(env)).toEqual([url]);
  const [name] = readdirSync(join(directory, 'directrix-dashboard'));
  const file = join(directory, 'directrix-dashboard', name!);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // Of a process that has ended, and what is no note of ours.
  writeFileSync(
    join(directory, 'directrix-dashboard', '1.json'),
    readFileSync(file, 'utf8').replace(/"startTicks":"\d+"/, '"startTicks":"1"'),
  );
  writeFileSync(join(directory, 'directrix-dashboard', '2.json'), '{"url":"http://evil.example/","pid":1}');
  expect(listAddresses(env)).toEqual([url]);
  forget();
  expect(listAddresses(env)).toEqual([]);
});

test('a port that is none is refused', async () => {
  const io = createTestIo({ env });
  expect(await runProgram(['dashboard', '--port', 'x', '--offline'], io)).toBe(2);
  expect(io.written.stderr).toContain('error USAGE: "x" is not a port.');
});
