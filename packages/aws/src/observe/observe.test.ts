import { describe, expect, test } from 'vitest';
import { createScriptedClients, failWith, type Script } from '../clients/scripted-clients.fixture.js';
import { createObserver } from './observe.js';

const clock = { now: () => 1_000_000 };
const request = { groupName: 'web', since: 0, detachedIds: [] as string[], isWhole: true };

function scriptGroup(size: number, targetGroups: readonly string[]): Script {
  const ids = Array.from({ length: size }, (_, index) => `i-${index}`);
  return {
    'autoscaling:DescribeAutoScalingGroups': () => ({
      AutoScalingGroups: [
        {
          AutoScalingGroupName: 'web',
          AutoScalingGroupARN: 'arn:aws:autoscaling:us-west-2:1:autoScalingGroup:1:autoScalingGroupName/web',
          AvailabilityZones: ['us-west-2a', 'us-west-2b'],
          MinSize: 1,
          MaxSize: 2 * size,
          DesiredCapacity: size,
          LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'web', Version: '$Latest' },
          TargetGroupARNs: targetGroups,
          TrafficSources: targetGroups.map((Identifier) => ({ Identifier, Type: 'elbv2' })),
          SuspendedProcesses: [{ ProcessName: 'AZRebalance' }],
          Instances: ids.map((InstanceId) => ({
            InstanceId,
            LifecycleState: 'InService',
            HealthStatus: 'Healthy',
            AvailabilityZone: 'us-west-2a',
            LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' },
          })),
        },
      ],
    }),
    'autoscaling:DescribeScalingActivities': () => ({ Activities: [] }),
    'autoscaling:DescribeLifecycleHooks': () => ({
      LifecycleHooks: [
        { LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', HeartbeatTimeout: 300 },
        { LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING', HeartbeatTimeout: 900 },
      ],
    }),
    'ec2:DescribeInstances': ({ Filters }: { Filters: { Values: string[] }[] }) => ({
      Reservations: Filters[0]!.Values.filter((id) => id !== 'i-unknown').map((InstanceId) => ({
        Instances: [
          { InstanceId, ImageId: 'ami-1', State: { Name: 'running' }, PrivateDnsName: `${InstanceId}.internal` },
        ],
      })),
    }),
    'ec2:DescribeLaunchTemplates': () => ({ LaunchTemplates: [{ LatestVersionNumber: 5, DefaultVersionNumber: 4 }] }),
    'elasticloadbalancing:DescribeTargetGroups': ({ TargetGroupArns }: { TargetGroupArns: string[] }) => ({
      TargetGroups: TargetGroupArns.map((TargetGroupArn) => ({
        TargetGroupArn,
        TargetGroupName: TargetGroupArn,
        HealthCheckIntervalSeconds: 10,
        HealthyThresholdCount: 2,
      })),
    }),
    'elasticloadbalancing:DescribeTargetGroupAttributes': () => ({
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
    }),
    'elasticloadbalancing:DescribeTargetHealth': () => ({
      TargetHealthDescriptions: ids.map((Id) => ({ Target: { Id, Port: 80 }, TargetHealth: { State: 'healthy' } })),
    }),
  };
}

test.each([
  [{ HealthCheckProtocol: 'HTTP', HealthCheckPort: 'traffic-port', HealthCheckPath: '/healthz', Port: 80 }, '80'],
  [{ HealthCheckProtocol: 'HTTP', HealthCheckPort: '8888', HealthCheckPath: '/healthz', Port: 80 }, '8888'],
])('of a target group it says how it asks, with the port that AWS means: %j', async (asked, port) => {
  const script = scriptGroup(1, ['arn-1']);
  const { clients } = createScriptedClients({
    ...script,
    'elasticloadbalancing:DescribeTargetGroups': () => ({
      TargetGroups: [{ TargetGroupArn: 'arn-1', TargetGroupName: 'web', ...asked }],
    }),
  });
  const { targetGroups } = await createObserver(clients, clock).observe(request);
  expect(targetGroups[0]?.healthCheck).toEqual({ protocol: 'HTTP', port, path: '/healthz' });
});

test('a tick of a group of 100 instances behind 2 target groups is at most 6 calls', async () => {
  const { clients, calls } = createScriptedClients(scriptGroup(100, ['tg-a', 'tg-b']));
  const observer = createObserver(clients, clock);
  await observer.observe(request);
  calls.length = 0;
  const observation = await observer.observe(request);
  expect(observation.group.instances).toHaveLength(100);
  expect(observation.targetGroups.map(({ targets }) => targets.length)).toEqual([100, 100]);
  expect(calls.length).toBeLessThanOrEqual(6);
});

describe('a look that need not be whole', () => {
  const light = { ...request, isWhole: false };
  const usual = ['autoscaling:DescribeAutoScalingGroups', 'elasticloadbalancing:DescribeTargetHealth'];

  function open() {
    const group: { state: string; desired: number; health: string } = {
      state: 'InService',
      desired: 2,
      health: 'healthy',
    };
    const script = scriptGroup(2, ['tg-a']);
    const changed: Script = {
      ...script,
      'autoscaling:DescribeAutoScalingGroups': (input) => {
        const answer = script['autoscaling:DescribeAutoScalingGroups']!(input) as {
          AutoScalingGroups: { Instances: object[] }[];
        };
        const [first] = answer.AutoScalingGroups;
        const [member, ...members] = first!.Instances;
        const Instances = [{ ...member, LifecycleState: group.state }, ...members];
        return { AutoScalingGroups: [{ ...first, DesiredCapacity: group.desired, Instances }] };
      },
      'elasticloadbalancing:DescribeTargetHealth': () => ({
        TargetHealthDescriptions: [{ Target: { Id: 'i-0', Port: 80 }, TargetHealth: { State: group.health } }],
      }),
    };
    const { clients, calls } = createScriptedClients(changed);
    let at = 1_000_000;
    const observer = createObserver(clients, { now: () => at });
    const look = async (one = light) => {
      calls.length = 0;
      const observation = await observer.observe(one);
      return { observation, actions: calls.map(({ action }) => action).sort() };
    };
    return { group, look, pass: (ms: number) => (at += ms) };
  }

  test('asks for the group and its targets alone, and tells the rest as it was last read', async () => {
    const { look, pass } = open();
    const whole = await look();
    pass(5_000);
    const { observation, actions } = await look();
    expect(actions).toEqual(usual);
    expect(observation).toEqual({ ...whole.observation, at: 1_005_000 });
  });

  test.each<[string, (open: ReturnType<typeof openOf>) => void]>([
    ['an instance in another state', ({ group }) => (group.state = 'Standby')],
    ['a target in another state', ({ group }) => (group.health = 'unhealthy')],
    ['another capacity', ({ group }) => (group.desired = 3)],
    ['a minute since the last whole look', ({ pass }) => pass(60_000)],
  ])('becomes whole by %s', async (_name, change) => {
    const opened = open();
    await opened.look();
    change(opened);
    expect((await opened.look()).actions).toEqual(
      [
        ...usual,
        'autoscaling:DescribeScalingActivities',
        'ec2:DescribeInstances',
        'ec2:DescribeLaunchTemplates',
      ].sort(),
    );
  });

  test('asks for the activities as long as the group owes a launch', async () => {
    const { group, look } = open();
    group.desired = 3;
    await look();
    expect((await look()).actions).toEqual([...usual, 'autoscaling:DescribeScalingActivities'].sort());
  });

  test('asks again for what could not be read', async () => {
    const { clients, calls } = createScriptedClients({
      ...scriptGroup(2, ['tg-a']),
      'ec2:DescribeInstances': () => {
        throw failWith('AccessDenied', 'no');
      },
    });
    const observer = createObserver(clients, clock);
    await observer.observe(light);
    calls.length = 0;
    const { unreadable } = await observer.observe(light);
    expect(calls.map(({ action }) => action)).toContain('ec2:DescribeInstances');
    expect(unreadable?.map(({ part }) => part)).toEqual(['instances']);
  });

  const openOf = open;
});

test("the observation is in AWS's words, and `$Latest` stays what the group says", async () => {
  const { clients } = createScriptedClients(scriptGroup(1, ['tg-a']));
  const observation = await createObserver(clients, clock).observe(request);
  expect(observation).toMatchObject({
    at: 1_000_000,
    group: {
      groupArn: 'arn:aws:autoscaling:us-west-2:1:autoScalingGroup:1:autoScalingGroupName/web',
      availabilityZones: ['us-west-2a', 'us-west-2b'],
      launchHookTimeoutMs: 300_000,
      launchTemplate: { version: '$Latest' },
      suspendedProcesses: ['AZRebalance'],
      instances: [
        {
          instanceId: 'i-0',
          lifecycleState: 'InService',
          launchTemplateVersion: '4',
          imageId: 'ami-1',
          instanceState: 'running',
        },
      ],
    },
    targetGroups: [{ name: 'tg-a', healthCheckIntervalMs: 10_000, deregistrationDelayMs: 30_000 }],
    launchTemplate: { latestVersion: '5', defaultVersion: '4' },
  });
});

test('an instance that EC2 does not know is told as unknown, and the others are not lost for it', async () => {
  const { clients } = createScriptedClients(scriptGroup(2, ['tg-a']));
  const observation = await createObserver(clients, clock).observe({ ...request, detachedIds: ['i-unknown'] });
  expect(observation.detached).toEqual([{ instanceId: 'i-unknown', instanceState: 'unknown' }]);
  expect(observation.group.instances.every(({ instanceState }) => instanceState === 'running')).toBe(true);
});

test('an instance of another launch template has no version that could be taken for ours', async () => {
  const script = scriptGroup(1, ['tg-a']);
  const group = (
    script['autoscaling:DescribeAutoScalingGroups'] as () => { AutoScalingGroups: { Instances: object[] }[] }
  )();
  group.AutoScalingGroups[0]!.Instances = [
    { InstanceId: 'i-0', LifecycleState: 'InService', LaunchTemplate: { LaunchTemplateId: 'lt-other', Version: '4' } },
  ];
  const { clients } = createScriptedClients({ ...script, 'autoscaling:DescribeAutoScalingGroups': () => group });
  const observation = await createObserver(clients, clock).observe(request);
  expect(observation.group.instances[0]?.launchTemplateVersion).toBeUndefined();
});

test('a group that does not exist is refused with the names that are near', async () => {
  const { clients } = createScriptedClients({
    'autoscaling:DescribeAutoScalingGroups': ({ AutoScalingGroupNames }: { AutoScalingGroupNames?: string[] }) => ({
      AutoScalingGroups: AutoScalingGroupNames
        ? []
        : [{ AutoScalingGroupName: 'web' }, { AutoScalingGroupName: 'batch' }],
    }),
    'autoscaling:DescribeScalingActivities': () => {
      throw failWith('ValidationError', 'Group name not found');
    },
  });
  await expect(createObserver(clients, clock).observe({ ...request, groupName: 'wbe' })).rejects.toMatchObject({
    code: 'GROUP_NOT_FOUND',
    hint: 'did you mean web?',
  });
});

test.each<[operation: string, part: string]>([
  ['autoscaling:DescribeScalingActivities', 'activities'],
  ['ec2:DescribeInstances', 'instances'],
  ['ec2:DescribeLaunchTemplates', 'launchTemplate'],
  ['elasticloadbalancing:DescribeTargetGroups', 'targetGroups'],
])('a refused %s is named, and every other part is read', async (operation, part) => {
  const { clients } = createScriptedClients({
    ...scriptGroup(2, ['tg-a']),
    [operation]: () => {
      throw failWith('AccessDenied', 'not authorized');
    },
  });
  const observation = await createObserver(clients, clock).observe(request);
  expect(observation.unreadable).toMatchObject([{ part, failure: { kind: 'denied', code: 'ACCESS_DENIED' } }]);
  expect(observation.group.instances.map(({ lifecycleState }) => lifecycleState)).toEqual(['InService', 'InService']);
  if (part !== 'targetGroups') expect(observation.targetGroups[0]?.targets).toHaveLength(2);
});

test('targets that cannot be read are said of their target group, and the other one is read', async () => {
  const script = scriptGroup(2, ['tg-a', 'tg-b']);
  const { clients } = createScriptedClients({
    ...script,
    'elasticloadbalancing:DescribeTargetHealth': (input: { TargetGroupArn: string }) => {
      if (input.TargetGroupArn === 'tg-b') throw failWith('Throttling', 'Rate exceeded');
      return (script['elasticloadbalancing:DescribeTargetHealth'] as (input: object) => object)(input);
    },
  });
  const { targetGroups } = await createObserver(clients, clock).observe(request);
  expect(targetGroups.map(({ unreadable, targets }) => [unreadable?.kind, targets.length])).toEqual([
    [undefined, 2],
    ['passing', 0],
  ]);
});

test('a target group that was deleted is gone, the other one is read, and the next look asks for it no more', async () => {
  const gone = 'arn:aws:elasticloadbalancing:us-west-2:1:targetgroup/old/73e2d6bc24d8a067';
  const script = scriptGroup(2, ['tg-a', gone]);
  const { clients, calls } = createScriptedClients({
    ...script,
    'elasticloadbalancing:DescribeTargetGroups': (input: { TargetGroupArns: string[] }) => {
      if (input.TargetGroupArns.includes(gone))
        throw failWith('TargetGroupNotFound', 'One or more target groups not found');
      return (script['elasticloadbalancing:DescribeTargetGroups'] as (input: object) => object)(input);
    },
  });
  const observer = createObserver(clients, clock);
  const { targetGroups, unreadable } = await observer.observe(request);
  expect(unreadable).toEqual([]);
  expect(targetGroups.map(({ name, unreadable, targets }) => [name, unreadable?.kind, targets.length])).toEqual([
    ['tg-a', undefined, 2],
    ['old', 'missing', 0],
  ]);
  expect(observer.targetGroups.map(({ name }) => name)).toEqual(['tg-a']);
  calls.length = 0;
  await observer.observe(request);
  expect(calls.length).toBeLessThanOrEqual(6);
});
