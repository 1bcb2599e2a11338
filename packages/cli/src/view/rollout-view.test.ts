import type { Act, Evidence, RolloutEvent, RolloutRecord } from '@directrix/rollout';
import { describe, expect, test } from 'vitest';
import { colorsFor } from '../colors.js';
import { createTestIo, type RecordedIo } from '../io.fixture.js';
import { createRolloutView, drawPicture } from './rollout-view.js';
import { continueStory, emptyStory, storyOf } from './story.js';

type Told = RolloutEvent extends infer Event
  ? Event extends RolloutEvent
    ? Omit<Event, 'at' | 'rolloutId'>
    : never
  : never;

const at = (seconds: number, told: Told): RolloutEvent =>
  ({ ...told, at: 1_000_000 + seconds * 1_000, rolloutId: 'r1' }) as RolloutEvent;

const from = { version: '0.149.1', imageId: 'ami-1' };
const to = { version: '0.149.2', imageId: 'ami-2' };
const because = { code: 'LAUNCH_THE_RELEASE', version: '0.149.2' } as const;
const checking = { targetGroupName: 'web', state: 'initial' };
const healthHold = (waitedS: number) => [
  {
    code: 'NOT_HEALTHY_YET' as const,
    instanceId: 'i-1',
    targets: [checking],
    waitedMs: waitedS * 1_000,
    allowedMs: 300_000,
  },
];
const late: Evidence = {
  code: 'START_TIMEOUT',
  at: 0,
  instanceIds: ['i-1'],
  allowedMs: 60_000,
  shown: [{ instanceId: 'i-1', lifecycleState: 'InService', targets: [checking], waitedMs: 60_000 }],
};

const events: readonly RolloutEvent[] = [
  at(0, { kind: 'started', groupName: 'web', from, to, epoch: 1 }),
  at(0, { kind: 'phase', phase: 'roll', because: { code: 'BEGINS' } }),
  at(1, { kind: 'decided', decision: { kind: 'pinLaunchTemplate', version: '4', because } }),
  at(1, { kind: 'applied', decision: 'pinLaunchTemplate' }),
  at(2, { kind: 'instance', instanceId: 'i-1', what: 'launched', availabilityZone: 'us-west-2a' }),
  at(3, { kind: 'waiting', heldBy: healthHold(3) }),
  at(5, { kind: 'waiting', heldBy: healthHold(5) }),
  at(33, { kind: 'waiting', heldBy: healthHold(33) }),
  at(40, {
    kind: 'retrying',
    what: 'observe',
    failure: { kind: 'passing', code: 'AWS_THROTTLED', text: 'Rate exceeded' },
  }),
  at(60, { kind: 'evidence', evidence: late }),
  at(61, { kind: 'bundle', instanceId: 'i-1', path: '/state/i-1.json', consoleTail: ['no route to host'] }),
  at(3_700, {
    kind: 'finished',
    ending: { outcome: 'rolledBack', version: '0.149.1', withdrawnVersion: '0.149.2', evidence: late },
    elapsedMs: 3_700_000,
  }),
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
00:01  launch template version of the group: 4 (what the group launches from now on is 0.149.2)
00:02  i-1 was launched in us-west-2a
00:03  waiting: i-1 is target initial in target group web: 3 of 300 s
00:33  waiting: i-1 is target initial in target group web: 33 of 300 s
00:40  observe is tried again: AWS_THROTTLED: Rate exceeded
01:00  START_TIMEOUT i-1 is target initial in target group web 60 s after its launch, where 60 s were allowed.
01:01  evidence of i-1 is kept in /state/i-1.json
1:01:40  rolledBack: 0.149.2 was withdrawn (START_TIMEOUT); web is 0.149.1 as before.
`,
  });
});

describe('on a terminal', () => {
  test('the log stays above a picture, and at the end only the log is left', () => {
    const io = show(createTestIo({ isTerminal: true, env: { NO_COLOR: '1' } }));
    const log = io.written.stderr;
    expect(log).toContain('01:00  START_TIMEOUT i-1 is target initial in target group web 60 s after its\n');
    expect(log).toContain('\n       launch, where 60 s were allowed.\n');
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
  i-1  launched    5 of 300 s, is target initial in target group web`);
});

test('a hold of no instance in the picture has a line of its own', () => {
  const heldBy = [{ code: 'LAUNCHING' as const, missing: 2, desiredCapacity: 4 }];
  const story = continueStory(emptyStory, at(0, { kind: 'waiting', heldBy }));
  expect(drawPicture(story, 80, colorsFor(createTestIo().stderr, {}))).toContain(
    '\n  waiting: the group has still to launch 2 of 4 instances',
  );
});

test('evidence is told in full once, and by its code after that', () => {
  const io = createTestIo();
  const view = createRolloutView(io);
  for (const event of events.slice(9, 10)) view.show(event);
  view.show(at(61, { kind: 'phase', phase: 'halt', because: { code: 'EVIDENCE_FOUND', evidence: late } }));
  expect(io.written.stderr).toBe(
    '00:00  START_TIMEOUT i-1 is target initial in target group web 60 s after its launch, where 60 s were allowed.\n00:01  halt: START_TIMEOUT\n',
  );
});

test('consoles that say the same are quoted once', () => {
  const io = createTestIo();
  const view = createRolloutView(io);
  const says = (instanceId: string, status: string) =>
    view.show(at(0, { kind: 'instance', instanceId, what: 'reported', by: 'console', status }));
  says('i-1', 'no route to host');
  says('i-2', 'no route to host');
  says('i-3', 'out of memory');
  expect(io.written.stderr).toBe(
    '00:00  i-1 says on its console: no route to host\n00:00  i-2 says the same on its console as i-1\n00:00  i-3 says on its console: out of memory\n',
  );
});

test('no line of the picture is wider than the terminal', () => {
  const story = events.slice(0, 7).reduce(continueStory, emptyStory);
  const picture = drawPicture(story, 20, colorsFor(createTestIo({ isTerminal: true }).stderr, {}));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character.
  for (const line of picture.replace(/\u001b\[[0-9;]*m/g, '').split('\n')) expect(line.length).toBeLessThan(20);
});

describe('how far it is', () => {
  const colors = colorsFor(createTestIo().stderr, {});
  const begun = storyOf({
    groupName: 'web',
    from,
    to,
    startedAt: 1_000_000,
    phase: 'roll',
    evidence: [],
    options: { surge: 1 },
    original: { desiredCapacity: 3, instanceIds: ['i-7', 'i-8', 'i-9'] },
    instances: { 'i-9': { firstSeenAt: 0, warmAt: 5 }, 'i-0': { firstSeenAt: 0, verifiedAt: 4 } },
  } as unknown as RolloutRecord);
  const draw = (...told: RolloutEvent[]) => drawPicture(told.reduce(continueStory, begun), 80, colors).split('\n');
  const health = {
    code: 'PROVING' as const,
    instanceId: 'i-1',
    waitedMs: 12_000,
    allowedMs: 30_000,
    untilAt: 1_060_000,
  };
  const verified = at(60, { kind: 'instance', instanceId: 'i-1', what: 'verified', healthyMs: 30_000 });

  test('is told with the instances of both releases', () => {
    expect(draw(at(42, { kind: 'waiting', heldBy: [health] }))).toEqual([
      '00:42  roll  web  0.149.1 -> 0.149.2',
      '       1 of 3 verified; this wait ends within 18 s',
      '  i-7  old         serves the release before',
      '  i-8  old         serves the release before',
      '  i-9  old         is warm, in Standby',
      '  waiting: i-1 is healthy and must stay so: 12 of 30 s',
    ]);
  });

  test('is estimated from the first batch once that is verified', () => {
    expect(draw(verified)[1]).toBe('       2 of 3 verified; about 1 min left');
  });

  test('counts what was verified and is lost, or quarantined, no more', () => {
    const lost = at(70, {
      kind: 'instance',
      instanceId: 'i-1',
      what: 'lost',
      because: { code: 'NOT_SEEN', observationCount: 3 },
    });
    const kept = at(70, { kind: 'bundle', instanceId: 'i-1', path: '/i-1.json', consoleTail: [] });
    expect(draw(verified, lost)[1]).toContain('1 of 3 verified');
    expect(draw(verified, kept)[1]).toContain('1 of 3 verified');
  });

  test('follows an old instance on its way out, and back', () => {
    const decided = (decision: Act) => at(61, { kind: 'decided', decision });
    const because = { code: 'OLD_INSTANCE_DEAD' } as const;
    const leave = decided({ kind: 'enterStandby', instanceIds: ['i-7'], because } as unknown as Act);
    const back = decided({ kind: 'exitStandby', instanceIds: ['i-9'], because } as unknown as Act);
    expect(draw(verified, leave)).toContain('  i-7  old         leaves for Standby: its last requests are answered');
    expect(draw(verified, back)).toContain('  i-9  old         comes back from Standby');
    expect(draw(at(62, { kind: 'instance', instanceId: 'i-8', what: 'warm' }))).toContain(
      '  i-8  old         is warm, in Standby',
    );
  });

  test('says that it goes back instead, once it does', () => {
    const halt = at(61, { kind: 'phase', phase: 'halt', because: { code: 'EVIDENCE_FOUND', evidence: late } });
    expect(draw(verified, halt)[1]).toBe('       going back to 0.149.1');
  });

  test('counts the old instances of a large group', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      at(1, { kind: 'instance', instanceId: `i-${100 + index}`, what: 'launched', availabilityZone: 'a' }),
    );
    expect(draw(...many)).toContain('  of the release before: 2 serve, 1 warm');
  });
});
