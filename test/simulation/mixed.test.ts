// Groups that launch by a mixed instances policy, with Spot instances among them; zones one after the other; and what other shapes and
// hands a rollout must live with.
import {
  EnterStandbyCommand,
  type MixedInstancesPolicy,
  SetInstanceProtectionCommand,
} from '@aws-sdk/client-auto-scaling';
import { afterEach, describe, expect, test } from 'vitest';
import { Site } from './site.js';

let site: Site;
afterEach(() => site.close());

const policy = (more: Partial<MixedInstancesPolicy> = {}): MixedInstancesPolicy => ({
  LaunchTemplate: {
    LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '$Latest' },
    Overrides: [{ InstanceType: 't3.micro' }, { InstanceType: 't3.small' }],
  },
  InstancesDistribution: { OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 0 },
  ...more,
});

const mixed = (desired = 2) =>
  Site.create({ desired, group: { LaunchTemplate: undefined, MixedInstancesPolicy: policy() } });

const describeWeb = () => site.describeGroup();

const deploy = (version: string, ...more: readonly string[]) =>
  site.deploy(version, ['--no-probe', '--start-timeout', '60s', ...more]);

describe('a mixed instances policy', () => {
  test('is rolled, proved before, and is as it was afterwards', async () => {
    site = await mixed();
    const before = (await describeWeb()).MixedInstancesPolicy;
    await site.registerRelease('2');
    expect(await deploy('2')).toMatchObject({ exitCode: 0, document: { outcome: 'done', notices: [] } });
    expect(await site.serving()).toEqual(['2', '2']);
    const after = await describeWeb();
    expect(after.MixedInstancesPolicy).toEqual(before);
    expect(after.LaunchTemplate).toBeUndefined();
  });

  test('is gone back to, to the last attribute', async () => {
    site = await mixed();
    const before = await site.picture();
    await site.registerRelease('2', { fault: 'neverStarts' });
    expect(await deploy('2', '--no-prove')).toMatchObject({ exitCode: 1 });
    expect(await site.picture()).toEqual(before);
  });

  test('with launch templates in its overrides is refused by its code', async () => {
    site = await Site.create({ desired: 1, group: { LaunchTemplate: undefined, MixedInstancesPolicy: policy() } });
    const group = site.lab.state.autoScaling.groups.get('web')!;
    const Overrides = [{ LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '1' } }];
    const described = group.group.MixedInstancesPolicy!;
    described.LaunchTemplate = { ...described.LaunchTemplate, Overrides };
    await site.registerRelease('2');
    const refused = await deploy('2', '--skip', 'all');
    expect(refused).toMatchObject({ exitCode: 2, document: { error: { code: 'NO_LAUNCH_TEMPLATE' } } });
  });
});

test('zone by zone, no old instance leaves a zone before the one before it is all new', async () => {
  site = await Site.create({ desired: 4 });
  await site.registerRelease('2');
  const zones: string[] = [];
  const running = site.start(
    [
      'deploy',
      '--group',
      'web',
      '--version',
      '2',
      '--json',
      '--no-prove',
      '--bake',
      '0',
      '--no-probe',
      '--zone-by-zone',
    ],
    {
      onCall: (action) => {
        if (action === 'autoscaling:EnterStandby') zones.push('leave');
      },
    },
  );
  const seen: string[][] = [];
  let isOver = false;
  void running.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await site.advance(2_000);
    const { Instances = [] } = await describeWeb();
    const left = Instances.filter(
      ({ LifecycleState, LaunchTemplate }) => LifecycleState === 'InService' && LaunchTemplate?.Version === '1',
    ).map(({ AvailabilityZone = '' }) => AvailabilityZone);
    seen.push([...new Set(left)].sort());
  }
  expect(await running).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  const steps = seen.map((each) => each.join(' ')).filter((each, index, all) => each !== all[index - 1]);
  expect(steps).toEqual(['us-west-2a us-west-2b', 'us-west-2b', '']);
  expect(zones.length).toBeGreaterThanOrEqual(2);
});

describe('other shapes and hands', () => {
  test('an instance that somebody put into Standby stays theirs', async () => {
    site = await Site.create({ desired: 2 });
    const [theirs = ''] = (await site.picture()).instances.map(({ InstanceId }) => InstanceId);
    const stand = { AutoScalingGroupName: 'web', InstanceIds: [theirs], ShouldDecrementDesiredCapacity: true };
    await site.run(site.clients.autoScaling.send(new EnterStandbyCommand(stand)));
    await site.advance(60_000);
    await site.registerRelease('2');
    expect(await deploy('2', '--keep-warm', '1h')).toMatchObject({ exitCode: 0 });
    await site.advance(2 * 3_600_000);
    await site.directrix(['finalize', '--apply', '--json']);
    await site.advance(60_000);
    const { instances } = await site.picture();
    expect(
      instances.filter(({ LifecycleState }) => LifecycleState === 'Standby').map(({ InstanceId }) => InstanceId),
    ).toEqual([theirs]);
    expect(await site.serving()).toEqual(['2']);
  });

  test('instances that are protected from scale-in are replaced like any other', async () => {
    site = await Site.create({ desired: 2, group: { NewInstancesProtectedFromScaleIn: true } });
    const InstanceIds = (await site.picture()).instances.map(({ InstanceId = '' }) => InstanceId);
    const protect = { AutoScalingGroupName: 'web', InstanceIds, ProtectedFromScaleIn: true };
    await site.run(site.clients.autoScaling.send(new SetInstanceProtectionCommand(protect)));
    await site.registerRelease('2');
    expect(await deploy('2')).toMatchObject({ exitCode: 0 });
    expect(await site.serving()).toEqual(['2', '2']);
    const { Instances = [], NewInstancesProtectedFromScaleIn } = await describeWeb();
    expect(NewInstancesProtectedFromScaleIn).toBe(true);
    expect(Instances.filter(({ LifecycleState }) => LifecycleState === 'InService')).toHaveLength(2);
  });

  test('a launch lifecycle hook runs for each new instance, and holds none of them against the release', async () => {
    const hook = {
      LifecycleHookName: 'warm-up',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      HeartbeatTimeout: 60,
      DefaultResult: 'CONTINUE',
    };
    site = await Site.create({ desired: 1, group: { LifecycleHookSpecificationList: [hook] } });
    await site.advance(120_000);
    await site.registerRelease('2');
    expect(await site.deploy('2', ['--no-probe', '--no-prove'])).toMatchObject({
      exitCode: 0,
      stderr: expect.any(String),
    });
    expect(await site.serving()).toEqual(['2']);
  });

  test('an empty group is refused by its code', async () => {
    site = await Site.create({ desired: 0, min: 0, max: 2 });
    await site.registerRelease('2');
    expect(await deploy('2', '--skip', 'all')).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'GROUP_EMPTY' } },
    });
  });

  test('a group of one, which may have no more, is rolled and as it was', async () => {
    site = await Site.create({ desired: 1, min: 1, max: 1 });
    site.startTraffic();
    await site.registerRelease('2');
    expect(await site.deploy('2')).toMatchObject({ exitCode: 0 });
    expect(await describeWeb()).toMatchObject({ MinSize: 1, MaxSize: 1, DesiredCapacity: 1 });
    expect(site.traffic().failed).toBe(0);
  });
});
