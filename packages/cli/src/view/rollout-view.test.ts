import type { RolloutEvent } from '@directrix/rollout';
import { describe, expect, test } from 'vitest';
import { colorsFor } from '../colors.js';
import { createTestIo, type RecordedIo } from '../io.fixture.js';
import { createRolloutView, drawPicture } from './rollout-view.js';
import { continueStory, emptyStory } from './story.js';

type Told = RolloutEvent extends infer Event
  ? Event extends RolloutEvent
    ? Omit<Event, 'at' | 'rolloutId'>
    : never
  : never;

const at = (seconds: number, told: Told): RolloutEvent =>
  ({ ...told, at: 1_000_000 + seconds * 1_000, rolloutId: 'r1' }) as RolloutEvent;

const from = { version: '0.149.1', imageId: 'ami-1' };
const to = { version: '0.149.2', imageId: 'ami-2' };
const because = { code: 'X', text: 'so that nothing unverified is launched' };
const healthHold = (text: string) => [{ code: 'NOT_HEALTHY', instanceId: 'i-1', text }];

const events: readonly RolloutEvent[] = [
  at(0, { kind: 'started', groupName: 'web', from, to, epoch: 1 }),
  at(0, { kind: 'phase', phase: 'roll', because: 'the rollout begins' }),
  at(1, { kind: 'decided', decision: { kind: 'pinLaunchTemplate', version: '4', because } }),
  at(1, { kind: 'applied', decision: 'pinLaunchTemplate' }),
  at(2, { kind: 'instance', instanceId: 'i-1', what: 'launched', text: 'i-1 launched in us-west-2a' }),
  at(3, { kind: 'waiting', heldBy: healthHold('i-1 is initial in web: 3 of 300 s') }),
  at(5, { kind: 'waiting', heldBy: healthHold('i-1 is initial in web: 5 of 300 s') }),
  at(33, { kind: 'waiting', heldBy: healthHold('i-1 is initial in web: 33 of 300 s') }),
  at(40, { kind: 'retrying', what: 'observe', error: 'AWS_THROTTLED: Rate exceeded' }),
  at(60, {
    kind: 'evidence',
    evidence: { code: 'START_TIMEOUT', message: 'i-1 was not healthy within 60 s', at: 0, instanceIds: ['i-1'] },
  }),
  at(61, { kind: 'bundle', instanceId: 'i-1', path: '/state/i-1.json', consoleTail: ['no route to host'] }),
  at(3_700, { kind: 'finished', outcome: 'rolledBack', text: 'web is as it was', elapsedMs: 3_700_000 }),
];

function show(io: RecordedIo): RecordedIo {
  const view = createRolloutView(io);
  for (const event of events) view.show(event);
  view.close();
  return io;
}

test('without a terminal every event is a line that stays, and a wait is told again only after 30 s', () => {
  expect(show(createTestIo()).written).toEqual({
    stdout: '',
    stderr: `\
00:00  web: 0.149.1 (ami-1) -> 0.149.2 (ami-2)
00:00  roll: the rollout begins
00:01  launch template version of the group: 4 (so that nothing unverified is launched)
00:02  i-1 launched in us-west-2a
00:03  waiting: i-1 is initial in web: 3 of 300 s
00:33  waiting: i-1 is initial in web: 33 of 300 s
00:40  observe is tried again: AWS_THROTTLED: Rate exceeded
01:00  START_TIMEOUT i-1 was not healthy within 60 s
01:01  evidence of i-1 is kept in /state/i-1.json
1:01:40  rolledBack: web is as it was
`,
  });
});

describe('on a terminal', () => {
  test('the log stays above a picture, and at the end only the log is left', () => {
    const io = show(createTestIo({ isTerminal: true, env: { NO_COLOR: '1' } }));
    const log = io.written.stderr;
    expect(log).toContain('01:00  START_TIMEOUT i-1 was not healthy within 60 s\n');
    expect(log).toContain('  i-1  launched');
    expect(log.endsWith('\u001b[G') || log.endsWith('\n')).toBe(true);
    expect(io.written.stdout).toBe('');
  });

  test('NO_COLOR is kept', () => {
    const coloured = show(createTestIo({ isTerminal: true })).written.stderr;
    const plain = show(createTestIo({ isTerminal: true, env: { NO_COLOR: '1' } })).written.stderr;
    expect(coloured).toContain('\u001b[31m');
    expect(plain).not.toContain('\u001b[31m');
    expect(plain).not.toContain('\u001b[1m');
  });
});

test('the picture names each instance and what holds the wait', () => {
  const story = events.slice(0, 7).reduce(continueStory, emptyStory);
  expect(drawPicture(story, 80, colorsFor(createTestIo().stderr, {}))).toBe(`\
00:05  roll  web  0.149.1 -> 0.149.2
  i-1  launched    is initial in web: 5 of 300 s`);
});

test('a hold of no instance in the picture has a line of its own', () => {
  const heldBy = [{ code: 'LAUNCHING', text: 'the group has still to launch 2 of 4 instances' }];
  const story = continueStory(emptyStory, at(0, { kind: 'waiting', heldBy }));
  expect(drawPicture(story, 80, colorsFor(createTestIo().stderr, {}))).toContain(
    '\n  waiting: the group has still to launch 2 of 4 instances',
  );
});

test('evidence is told in full once, and by its code after that', () => {
  const io = createTestIo();
  const view = createRolloutView(io);
  for (const event of events.slice(9, 10)) view.show(event);
  view.show(at(61, { kind: 'phase', phase: 'halt', because: 'START_TIMEOUT: i-1 was not healthy within 60 s' }));
  expect(io.written.stderr).toBe('00:00  START_TIMEOUT i-1 was not healthy within 60 s\n00:01  halt: START_TIMEOUT\n');
});

test('no line of the picture is wider than the terminal', () => {
  const story = events.slice(0, 7).reduce(continueStory, emptyStory);
  const picture = drawPicture(story, 20, colorsFor(createTestIo({ isTerminal: true }).stderr, {}));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character.
  for (const line of picture.replace(/\u001b\[[0-9;]*m/g, '').split('\n')) expect(line.length).toBeLessThan(20);
});
