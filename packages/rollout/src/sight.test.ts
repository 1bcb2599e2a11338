import { describe, expect, test } from 'vitest';
import { decide } from './decide.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { findReplaced, isHealthSeen, isOfHealth, listBlindParts, readInOurTime } from './sight.js';
import { describeDecisions, fresh, now, old, stage } from './simulation/scene.js';

const failure = { kind: 'denied', code: 'ACCESS_DENIED', text: 'not allowed' } as const;
const gone = { kind: 'missing', code: 'AWS_REFUSED', text: 'not found' } as const;

describe('times of AWS become ours', () => {
  const activity = { activityId: '1', statusCode: 'Failed', cause: 'x', startedAt: now };
  const scene = () => stage({ instances: [old('a')], activities: [activity] });

  test.each([
    [undefined, 0],
    [0, 0],
    [180_000, 180_000],
    [-7_200_000, -7_200_000],
  ])('with AWS %s ms ahead they move by %i', (awsClockOffsetMs, by) => {
    const { record, observation } = scene();
    const read = readInOurTime({ ...observation, awsClockOffsetMs }, record);
    expect(read.group.instances[0]?.launchedAt).toBe((observation.group.instances[0]?.launchedAt ?? 0) - by);
    expect(read.group.activities[0]?.startedAt).toBe(now - by);
    expect(read.at).toBe(now);
  });

  test('an unknown launch stays unknown', () => {
    const { record, observation } = scene();
    const [instance] = observation.group.instances;
    const group = { ...observation.group, instances: [{ ...instance!, launchedAt: undefined }] };
    const read = readInOurTime({ ...observation, group, awsClockOffsetMs: 5_000 }, record);
    expect(read.group.instances[0]?.launchedAt).toBeUndefined();
  });
});

describe('going back, a target group that is gone asks nothing; one that is unread still does', () => {
  const look = (isGoingBack: boolean, unreadable: typeof failure | typeof gone) => {
    const { record, observation } = stage({ instances: [old('a')], targetGroupCount: 2, record: { isGoingBack } });
    const targetGroups = observation.targetGroups.map((one, index) => (index === 0 ? { ...one, unreadable } : one));
    return readInOurTime({ ...observation, targetGroups }, record).targetGroups.length;
  };

  test.each([
    [true, gone, 1],
    [true, failure, 2],
    [false, gone, 2],
    [false, failure, 2],
  ] as const)('going back %s, %o: %i target groups count', (isGoingBack, unreadable, expected) => {
    expect(look(isGoingBack, unreadable)).toBe(expected);
  });
});

describe('what blinds the way forward', () => {
  const scene = (change: Partial<Observation>, record: Partial<RolloutRecord> = {}) => {
    const staged = stage({ instances: [old('a')], record });
    return listBlindParts(staged.record, { ...staged.observation, ...change });
  };
  const { targetGroups } = stage({ instances: [old('a')] }).observation;
  const unread = targetGroups.map((one) => ({ ...one, unreadable: failure }));

  test('each part that is unread, and each target group, once', () => {
    const part = { part: 'targetHealth', subject: 'web', failure } as const;
    expect(scene({})).toEqual([]);
    expect(scene({ unreadable: [{ part: 'activities', failure }] }).map(({ part }) => part)).toEqual(['activities']);
    expect(scene({ targetGroups: unread })).toEqual([part]);
    expect(scene({ targetGroups: unread, unreadable: [part] })).toEqual([part]);
  });

  test('no target group at all is no gate, and no proof', () => {
    expect(scene({ targetGroups: [] })).toMatchObject([{ part: 'targetGroups', failure: { code: 'NO_TARGET_GROUP' } }]);
  });

  test('nothing blinds the way back', () => {
    expect(scene({ targetGroups: unread }, { isGoingBack: true })).toEqual([]);
  });

  test.each([
    ['activities', true],
    ['launchTemplate', true],
    ['reports', true],
    ['instances', false],
    ['targetHealth', false],
    ['targetGroups', false],
  ] as const)('with %s unread, health is seen: %s', (part, isSeen) => {
    expect(isHealthSeen([{ part, failure }])).toBe(isSeen);
  });

  test('evidence that rests on what may be unread waits; harm does not', () => {
    const codes = ['UNHEALTHY_AGAIN', 'WRONG_VERSION', 'REQUESTS_FAILING', 'ALARM_RAISED', 'START_TIMEOUT'] as const;
    const waits = ['INSTANCE_LOST', 'VERSION_NOT_REPORTED', 'LAUNCH_FAILED', 'PROGRESS_DEADLINE'] as const;
    expect(codes.filter((code) => isOfHealth({ code } as never))).toEqual(codes);
    expect(waits.filter((code) => isOfHealth({ code } as never))).toEqual([]);
  });
});

describe('what is another one under its name', () => {
  const arn = (id: string) => `arn:aws:autoscaling:us-west-2:1:autoScalingGroup:${id}:autoScalingGroupName/web`;
  const scene = (groupArn: string | undefined, launchTemplateId: string | undefined) => {
    const staged = stage({ instances: [old('a'), fresh('x')], original: { groupArn: arn('1') }, desired: 4 });
    const { launchTemplate } = staged.observation.group;
    const group = {
      ...staged.observation.group,
      groupArn,
      launchTemplate: launchTemplateId === undefined ? undefined : { ...launchTemplate!, launchTemplateId },
    };
    return { record: staged.record, observation: { ...staged.observation, group } };
  };

  test.each([
    ['the same', arn('1'), 'lt-1', undefined],
    ['an ARN that is not known', undefined, 'lt-1', undefined],
    ['another group', arn('2'), 'lt-1', 'GROUP_REPLACED'],
    ['another group with another template', arn('2'), 'lt-2', 'GROUP_REPLACED'],
    ['another launch template', arn('1'), 'lt-2', 'LAUNCH_TEMPLATE_REPLACED'],
    ['no launch template', arn('1'), undefined, 'LAUNCH_TEMPLATE_REPLACED'],
  ])('%s', (_name, groupArn, launchTemplateId, code) => {
    const { record, observation } = scene(groupArn, launchTemplateId);
    expect(findReplaced(record, observation)?.code).toBe(code);
  });

  test('nothing of another group is touched', () => {
    const { record, observation } = scene(arn('2'), 'lt-1');
    const step = decide(record, observation);
    expect(step.decisions).toEqual([]);
    expect(step.record).toMatchObject({ outcome: 'needsHuman', needs: { code: 'GROUP_REPLACED' } });
  });

  test('the same group with another launch template gets back what was lent, then a person is asked', () => {
    const { record, observation } = scene(arn('1'), 'lt-2');
    const lent = { ...record, ours: { ...record.ours, maxSize: { original: 7, during: 9 } } };
    const step = decide(lent, observation);
    expect(describeDecisions(step.decisions)).toEqual([
      'resumeProcesses AZRebalance AlarmNotification ScheduledActions ReplaceUnhealthy',
      'setSizes max 7',
    ]);
    const given = { ...lent, ours: { ...lent.ours, suspendedProcesses: [], maxSize: undefined } };
    expect(decide(given, observation).record).toMatchObject({
      outcome: 'needsHuman',
      needs: { code: 'LAUNCH_TEMPLATE_REPLACED', recordedId: 'lt-1', goodVersion: '7', seenId: 'lt-2' },
    });
  });

  test('where AWS is too busy to take it back, it is tried for as long as a rollout may stand still', () => {
    const { record, observation } = scene(arn('1'), 'lt-2');
    const since = now - record.options.progressDeadlineMs;
    const busy = { ...record, delayed: { act: 'resumeProcesses', since, failure } as const };
    expect(decide(busy, observation).record.outcome).toBe('needsHuman');
    expect(decide({ ...busy, delayed: { ...busy.delayed, since: since + 1 } }, observation).record.outcome).toBe(
      undefined,
    );
  });
});
