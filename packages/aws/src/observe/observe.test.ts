import { expect, test } from 'vitest';
import { createScriptedClients, failWith, type Script } from '../clients/scripted-clients.fixture.js';
import { createObserver } from './observe.js';

const clock = { now: () => 1_000_000 };
const request = { groupName: 'web', since: 0, detachedIds: [] as string[] };

function scriptGroup(size: number, targetGroups: readonly string[]): Script {
  const ids = Array.from({ length: size }, (_, index) => `i-${index}`);
  return {
    'autoscaling:DescribeAutoScalingGroups': () => ({
      AutoScalingGroups: [
        {
          AutoScalingGroupName: 'web',
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

test("the observation is in AWS's words, and `$Latest` stays what the group says", async () => {
  const { clients } = createScriptedClients(scriptGroup(1, ['tg-a']));
  const observation = await createObserver(clients, clock).observe(request);
  expect(observation).toMatchObject({
    at: 1_000_000,
    group: {
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
