import {
  BatchDeleteScheduledActionCommand,
  BatchPutScheduledUpdateGroupActionCommand,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupType,
  CreateLaunchConfigurationCommand,
  DeleteLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLaunchConfigurationsCommand,
  DescribePoliciesCommand,
  DisableMetricsCollectionCommand,
  EnableMetricsCollectionCommand,
  ExecutePolicyCommand,
  PutScalingPolicyCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWeb, GROUP, type Web } from '../../machines/simulated/testing/create-web.js';

const name = { AutoScalingGroupName: GROUP };

const createConfiguration = (web: Web, more: object = {}) =>
  web.ask(
    web.autoScaling.send(
      new CreateLaunchConfigurationCommand({
        LaunchConfigurationName: 'old',
        ImageId: web.goodImageId,
        InstanceType: 't2.micro',
        ...more,
      }),
    ),
  );

async function createGroup(web: Web, more: Partial<CreateAutoScalingGroupType>) {
  const sizes = { MinSize: 2, MaxSize: 4, DesiredCapacity: 4, VPCZoneIdentifier: web.subnetIds.join(',') };
  await web.ask(
    web.autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'other', ...sizes, ...more })),
  );
  await web.clock.advance(60_000);
  const { AutoScalingGroups = [] } = await web.ask(
    web.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['other'] })),
  );
  return AutoScalingGroups[0]!;
}

describe('a launch configuration', () => {
  it('launches what it says, and its instances name it', async () => {
    const web = await createWeb();
    await createConfiguration(web, { UserData: 'aGVsbG8=', AssociatePublicIpAddress: true });
    const group = await createGroup(web, { LaunchConfigurationName: 'old' });
    expect(group.LaunchConfigurationName).toBe('old');
    expect(group.LaunchTemplate).toBeUndefined();
    expect(group.Instances).toHaveLength(4);
    for (const instance of group.Instances!) {
      expect(instance).toMatchObject({
        LaunchConfigurationName: 'old',
        InstanceType: 't2.micro',
        LifecycleState: 'InService',
      });
    }
  });

  it('is described with AWS’s defaults, and stays while a group uses it', async () => {
    const web = await createWeb();
    await createConfiguration(web);
    const { LaunchConfigurations = [] } = await web.ask(
      web.autoScaling.send(new DescribeLaunchConfigurationsCommand({})),
    );
    expect(LaunchConfigurations).toEqual([
      expect.objectContaining({
        LaunchConfigurationName: 'old',
        LaunchConfigurationARN: expect.stringContaining(':launchConfigurationName/old'),
        KeyName: '',
        KernelId: '',
        EbsOptimized: false,
        InstanceMonitoring: { Enabled: true },
        CreatedTime: expect.any(Date),
      }),
    ]);
    await createGroup(web, { LaunchConfigurationName: 'old' });
    const remove = () =>
      web.ask(web.autoScaling.send(new DeleteLaunchConfigurationCommand({ LaunchConfigurationName: 'old' })));
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    const update = { AutoScalingGroupName: 'other', LaunchTemplate: { LaunchTemplateName: GROUP, Version: '1' } };
    await web.ask(web.autoScaling.send(new UpdateAutoScalingGroupCommand(update)));
    await remove();
    await expect(remove()).rejects.toThrow('Launch configuration name not found - Launch configuration old not found');
  });

  it.each([
    [{ LaunchConfigurationName: 'old' }, 'AlreadyExistsFault', /already exists with the name old/],
    [{ LaunchConfigurationName: 'b', ImageId: 'ami-1' }, 'ValidationError', /The image id '\[ami-1\]' does not exist/],
    [{ LaunchConfigurationName: 'b', InstanceType: 't9.tiny' }, 'ValidationError', /Invalid instance type: 't9.tiny'/],
    [{ LaunchConfigurationName: 'b', ImageId: undefined }, 'ValidationError', /both the ImageId and InstanceType/],
    [
      { LaunchConfigurationName: 'b', UserData: '#!/bin/sh' },
      'ValidationError',
      /Invalid BASE64 encoding of user data/,
    ],
    [{ LaunchConfigurationName: 'b', InstanceId: 'i-1' }, 'ValidationError', /Instance \[i-1\] is invalid/],
  ])('%j is refused', async (more, code, text) => {
    const web = await createWeb();
    await createConfiguration(web);
    await expect(createConfiguration(web, more)).rejects.toMatchObject({
      name: code,
      message: expect.stringMatching(text),
    });
  });
});

describe('the source of a group', () => {
  it('may be an instance, from which a launch configuration of the group’s name is made', async () => {
    const web = await createWeb();
    const [instance] = (await web.group()).Instances!;
    const group = await createGroup(web, { InstanceId: instance!.InstanceId! });
    expect(group.LaunchConfigurationName).toBe('other');
    expect(group.Instances?.[0]).toMatchObject({ InstanceType: 't3.micro' });
  });

  it('is exactly one of the four', async () => {
    const web = await createWeb();
    await createConfiguration(web);
    const text =
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.';
    await expect(createGroup(web, {})).rejects.toThrow(text);
    await expect(
      createGroup(web, { LaunchConfigurationName: 'old', LaunchTemplate: { LaunchTemplateName: GROUP } }),
    ).rejects.toThrow(text);
  });

  it('may be a mixed instances policy: its base On-Demand, its percentage above it, and Spot beyond', async () => {
    const web = await createWeb();
    const group = await createGroup(web, {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: GROUP, Version: '$Latest' },
          Overrides: [{ InstanceType: 'm5.large' }, { InstanceType: 'm5a.large' }],
        },
        InstancesDistribution: { OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 30 },
      },
    });
    expect(group.LaunchTemplate).toBeUndefined();
    expect(group.MixedInstancesPolicy?.InstancesDistribution).toEqual({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandBaseCapacity: 1,
      OnDemandPercentageAboveBaseCapacity: 30,
      SpotAllocationStrategy: 'lowest-price',
      SpotInstancePools: 2,
    });
    const ids = group.Instances!.map(({ InstanceId }) => InstanceId!);
    const { Reservations = [] } = await web.ask(web.ec2.send(new DescribeInstancesCommand({ InstanceIds: ids })));
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    expect(instances.map(({ InstanceType }) => InstanceType)).toEqual(Array(4).fill('m5.large'));
    expect(instances.filter(({ InstanceLifecycle }) => InstanceLifecycle === 'spot')).toHaveLength(2);
  });
});

describe('other people’s operations', () => {
  it('batches of scheduled actions are made and deleted one by one, and tell which were not', async () => {
    const web = await createWeb();
    const StartTime = new Date(web.clock.now() + 3_600_000);
    const actions = [
      { ScheduledActionName: 'night', StartTime, MaxSize: 5 },
      { ScheduledActionName: 'bad', MaxSize: 5 },
    ];
    const put = new BatchPutScheduledUpdateGroupActionCommand({ ...name, ScheduledUpdateGroupActions: actions });
    expect((await web.ask(web.autoScaling.send(put))).FailedScheduledUpdateGroupActions).toEqual([
      expect.objectContaining({ ScheduledActionName: 'bad', ErrorCode: 'ValidationError' }),
    ]);
    const remove = new BatchDeleteScheduledActionCommand({ ...name, ScheduledActionNames: ['night', 'day'] });
    expect((await web.ask(web.autoScaling.send(remove))).FailedScheduledActions).toEqual([
      expect.objectContaining({ ScheduledActionName: 'day' }),
    ]);
  });

  it('metrics are enabled by name or all at once, and disabled again', async () => {
    const web = await createWeb();
    const enable = (Metrics?: string[]) =>
      web.ask(web.autoScaling.send(new EnableMetricsCollectionCommand({ ...name, Granularity: '1Minute', Metrics })));
    await enable(['GroupMinSize']);
    expect((await web.group()).EnabledMetrics).toEqual([{ Metric: 'GroupMinSize', Granularity: '1Minute' }]);
    await enable();
    await web.ask(web.autoScaling.send(new DisableMetricsCollectionCommand({ ...name, Metrics: ['GroupMinSize'] })));
    expect((await web.group()).EnabledMetrics?.length).toBeGreaterThan(10);
    await web.ask(web.autoScaling.send(new DisableMetricsCollectionCommand(name)));
    expect((await web.group()).EnabledMetrics ?? []).toEqual([]);
    await expect(enable(['Load'])).rejects.toThrow("Metric type 'Load' is invalid.");
  });

  it.each([
    [{ AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 2 }, {}, 5],
    [{ AdjustmentType: 'ExactCapacity', ScalingAdjustment: 1 }, {}, 1],
    [{ AdjustmentType: 'PercentChangeInCapacity', ScalingAdjustment: 10 }, {}, 4],
    [{ AdjustmentType: 'PercentChangeInCapacity', ScalingAdjustment: 10, MinAdjustmentMagnitude: 2 }, {}, 5],
    [{ AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 100 }, {}, 7],
    [
      {
        PolicyType: 'StepScaling',
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
        ],
      },
      { MetricValue: 65, BreachThreshold: 50 },
      6,
    ],
  ])('a policy %j is executed', async (policy, values, desired) => {
    const web = await createWeb();
    expect((await web.group()).DesiredCapacity).toBe(3);
    await web.ask(web.autoScaling.send(new PutScalingPolicyCommand({ ...name, PolicyName: 'p', ...policy })));
    await web.ask(web.autoScaling.send(new ExecutePolicyCommand({ ...name, PolicyName: 'p', ...values })));
    expect((await web.group()).DesiredCapacity).toBe(desired);
  });

  it('a policy that says too little is refused and not kept', async () => {
    const web = await createWeb();
    const put = (policy: object) =>
      web.ask(web.autoScaling.send(new PutScalingPolicyCommand({ ...name, PolicyName: 'p', ...policy })));
    await expect(put({ AdjustmentType: 'ChangeInCapacity' })).rejects.toThrow('ScalingAdjustment is required');
    await expect(put({ ScalingAdjustment: 1 })).rejects.toThrow('Invalid AdjustmentType');
    await expect(put({ PolicyType: 'Magic' })).rejects.toThrow('Invalid PolicyType');
    expect((await web.ask(web.autoScaling.send(new DescribePoliciesCommand(name)))).ScalingPolicies ?? []).toEqual([]);
  });
});
