import {
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { createWeb, GROUP, type Web } from '../../machines/simulated/testing/create-web.js';

const name = { AutoScalingGroupName: GROUP };

describe('the desired capacity', () => {
  it('is refused above the maximum and below the minimum, in the words of AWS', async () => {
    const web = await createWeb({ group: { MinSize: 2, MaxSize: 3, DesiredCapacity: 2 } });
    await expect(setDesired(web, 4)).rejects.toThrow(
      'New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.',
    );
    await expect(setDesired(web, 1)).rejects.toThrow(
      'New SetDesiredCapacity value 1 is below min value 2 for the AutoScalingGroup.',
    );
  });

  it('blocks with HonorCooldown while the last activity cools down, and not without', async () => {
    const web = await createWeb();
    const [last] = await web.activities();
    await expect(setDesired(web, 4, true)).rejects.toMatchObject({
      name: 'ScalingActivityInProgressFault',
      message: `Scaling activity ${last!.ActivityId} is in progress and blocks this action`,
    });
    await setDesired(web, 4);
    await web.clock.advance(400_000);
    await setDesired(web, 5, true);
    expect((await web.group()).DesiredCapacity).toBe(5);
  });

  it.each([
    { asked: { MinSize: 5 }, sizes: [5, 7, 5], what: 'rises with a minimum above it' },
    { asked: { MaxSize: 2 }, sizes: [1, 2, 2], what: 'falls with a maximum below it' },
    { asked: { MinSize: 2 }, sizes: [2, 7, 3], what: 'stays when it fits' },
  ])('$what', async ({ asked, sizes }) => {
    const web = await createWeb();
    await web.ask(web.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...name, ...asked })));
    const { MinSize, MaxSize, DesiredCapacity } = await web.group();
    expect([MinSize, MaxSize, DesiredCapacity]).toEqual(sizes);
  });

  it('is refused outside sizes that are set with it', async () => {
    const web = await createWeb();
    const update = web.autoScaling.send(
      new UpdateAutoScalingGroupCommand({ ...name, MinSize: 1, MaxSize: 2, DesiredCapacity: 5 }),
    );
    await expect(web.ask(update)).rejects.toThrow(
      'Desired capacity:5 must be between the specified min size:1 and max size:2',
    );
  });
});

describe('growing', () => {
  it('launches in the zones with the fewest instances, and says why', async () => {
    const web = await createWeb({ zones: 3, group: { DesiredCapacity: 3 } });
    await setDesired(web, 5);
    await web.clock.advance(30_000);
    const zones = (await web.instances()).map((instance) => instance.AvailabilityZone);
    expect(countOf(zones)).toEqual({ 'us-west-2a': 2, 'us-west-2b': 2, 'us-west-2c': 1 });
    const [latest] = await web.activities();
    expect(latest).toMatchObject({ StatusCode: 'Successful', Progress: 100 });
    expect(latest!.Cause).toMatch(
      /^At \S+Z a user request explicitly set group desired capacity changing the desired capacity from 3 to 5\. {2}At \S+Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 4 to 5\.$/,
    );
  });

  it('freezes the number of $Latest in each instance', async () => {
    const web = await createWeb();
    const version = await web.release('next', { version: '2' });
    await setDesired(web, 4);
    await web.clock.advance(30_000);
    const versions = (await web.instances()).map((instance) => instance.LaunchTemplate!.Version);
    expect(countOf(versions)).toEqual({ 1: 3, [version]: 1 });
    expect((await web.group()).LaunchTemplate!.Version).toBe('$Latest');
  });

  it('notes a failed launch in the words of AWS and tries again later', async () => {
    const web = await createWeb();
    const imageId = await web.registerImage('gone', {});
    web.lab.state.ec2.faults.images.set(imageId, {
      kind: 'refused',
      code: 'InvalidAMIID.Unavailable',
      message: `The image ID '${imageId}' is no longer available`,
    });
    await pinImage(web, imageId);
    await setDesired(web, 4);
    await web.clock.advance(60_000);
    const failed = (await web.activities()).filter((activity) => activity.StatusCode === 'Failed');
    expect(failed[0]!.StatusMessage).toBe(
      `The image ID '${imageId}' is no longer available. Launching EC2 instance failed.`,
    );
    expect(failed.length).toBeGreaterThan(1);
    web.lab.state.ec2.faults.images.delete(imageId);
    await web.clock.advance(600_000);
    expect(await web.inService()).toHaveLength(4);
  });
});

describe('launches that meet trouble', () => {
  it('go to another zone when one has no capacity', async () => {
    const web = await createWeb();
    web.lab.state.ec2.faults.zonesWithoutCapacity.set('us-west-2b', 'all');
    await setDesired(web, 6);
    await web.clock.advance(30_000);
    const zones = countOf((await web.instances()).map((instance) => instance.AvailabilityZone));
    expect(zones).toEqual({ 'us-west-2a': 5, 'us-west-2b': 1 });
  });

  it('fail when no zone has capacity, each time with a longer pause', async () => {
    const web = await createWeb();
    for (const zone of ['us-west-2a', 'us-west-2b']) web.lab.state.ec2.faults.zonesWithoutCapacity.set(zone, 'all');
    await setDesired(web, 4);
    await web.clock.advance(600_000);
    const failed = (await web.activities()).filter((activity) => activity.StatusCode === 'Failed');
    expect(failed[0]!.StatusMessage).toMatch(
      /^We currently do not have sufficient t3\.micro capacity in the Availability Zone you requested .* Launching EC2 instance failed\.$/,
    );
    const starts = failed.map((activity) => activity.StartTime!.getTime()).toReversed();
    const pauses = starts.slice(1).map((start, index) => start - starts[index]!);
    expect(pauses.every((pause, index) => index === 0 || pause > pauses[index - 1]!)).toBe(true);
    expect(pauses.length).toBeGreaterThan(3);
  });

  it('are cancelled when the instance dies before it is in service, each time with a longer pause', async () => {
    const web = await createWeb();
    const imageId = await web.registerImage('dies', {});
    web.lab.state.ec2.faults.images.set(imageId, {
      kind: 'terminated',
      stateReasonCode: 'Client.InternalError',
    });
    await pinImage(web, imageId);
    await setDesired(web, 4);
    await web.clock.advance(600_000);
    const cancelled = (await web.activities()).filter((activity) => activity.StatusCode === 'Cancelled');
    expect(cancelled[0]!.StatusMessage).toMatch(
      /^Instance became unhealthy while waiting for instance to be in InService state\. Termination Reason: Client\.InternalError/,
    );
    expect(cancelled.length).toBeGreaterThan(3);
    expect(cancelled.length).toBeLessThan(10);
    expect(await web.inService()).toHaveLength(3);
  });
});

describe('shrinking', () => {
  it('takes from the fullest zone first, and there the oldest launch template version', async () => {
    const web = await createWeb({ group: { DesiredCapacity: 3 } });
    const full = countOf((await web.instances()).map((instance) => instance.AvailabilityZone));
    const [zone] = Object.entries(full).find(([, count]) => count === 2)!;
    await setDesired(web, 2);
    await web.clock.advance(60_000);
    const left = (await web.instances()).map((instance) => instance.AvailabilityZone);
    expect(left.toSorted()).toEqual(['us-west-2a', 'us-west-2b']);
    const [latest] = await web.activities();
    expect(latest!.Details).toContain(zone);
    expect(latest!.Cause).toMatch(
      /shrinking the capacity from 3 to 2\. {2}At \S+Z instance i-\w+ was selected for termination\.$/,
    );
  });

  it('deregisters and drains before it terminates', async () => {
    const web = await createWeb({ drainSeconds: 60 });
    await setDesired(web, 2);
    await web.clock.advance(1000);
    const leaving = (await web.instances()).find((instance) => instance.LifecycleState === 'Terminating')!;
    expect((await web.health())[leaving.InstanceId!]).toBe('draining Target.DeregistrationInProgress');
    const [latest] = await web.activities();
    expect(latest!.StatusCode).toBe('WaitingForELBConnectionDraining');
    await web.clock.advance(58_000);
    expect(stateOf(web, leaving.InstanceId!)).toBe('running');
    await web.clock.advance(2_000);
    expect(stateOf(web, leaving.InstanceId!)).toBe('shutting-down');
    await web.clock.advance(30_000);
    expect(await web.instances()).toHaveLength(2);
    expect((await web.activities())[0]).toMatchObject({ StatusCode: 'Successful' });
  });

  it('spares protected instances, and says so once when nothing else is left', async () => {
    const web = await createWeb();
    const ids = await web.inService();
    await web.ask(
      web.autoScaling.send(
        new SetInstanceProtectionCommand({ ...name, InstanceIds: [...ids], ProtectedFromScaleIn: true }),
      ),
    );
    await setDesired(web, 2);
    await web.clock.advance(120_000);
    expect(await web.inService()).toHaveLength(3);
    expect((await web.group()).DesiredCapacity).toBe(2);
    const cancelled = (await web.activities()).filter((activity) => activity.StatusCode === 'Cancelled');
    expect(cancelled).toHaveLength(1);
    expect(cancelled[0]!.Description).toBe(
      'Could not scale to desired capacity because all remaining instances are protected from scale-in.',
    );
  });
});

describe('terminating by name', () => {
  it('replaces the instance unless the desired capacity shrinks with it', async () => {
    const web = await createWeb();
    const [first, second] = await web.inService();
    await terminate(web, first!, false);
    await web.clock.advance(90_000);
    expect(await web.inService()).toHaveLength(3);
    await terminate(web, second!, true);
    await web.clock.advance(90_000);
    expect(await web.inService()).toHaveLength(2);
    expect((await web.group()).DesiredCapacity).toBe(2);
  });

  it('is refused when that would break the minimum', async () => {
    const web = await createWeb({ group: { MinSize: 3 } });
    const [first] = await web.inService();
    await expect(terminate(web, first!, true)).rejects.toThrow(
      "Currently, desiredSize equals minSize (3). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
    );
  });

  it('is refused for an instance of no group', async () => {
    const web = await createWeb();
    await expect(terminate(web, 'i-0123456789abcdef0', false)).rejects.toThrow(
      'Instance Id not found - No managed instance found for instance ID: i-0123456789abcdef0',
    );
  });
});

describe('suspended processes', () => {
  it('Launch: nothing starts until it is resumed', async () => {
    const web = await createWeb();
    await suspend(web, 'Launch');
    await setDesired(web, 4);
    await web.clock.advance(120_000);
    expect(await web.instances()).toHaveLength(3);
    await web.ask(web.autoScaling.send(new ResumeProcessesCommand({ ...name, ScalingProcesses: ['Launch'] })));
    await web.clock.advance(30_000);
    expect(await web.inService()).toHaveLength(4);
  });

  it('Terminate: the group stays above its maximum', async () => {
    const web = await createWeb();
    await suspend(web, 'Terminate');
    await web.ask(web.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...name, MaxSize: 1 })));
    await web.clock.advance(120_000);
    expect(await web.inService()).toHaveLength(3);
    expect((await web.group()).DesiredCapacity).toBe(1);
  });

  it('AddToLoadBalancer: what is launched meanwhile is never registered, not even later', async () => {
    const web = await createWeb();
    const before = await web.inService();
    await suspend(web, 'AddToLoadBalancer');
    await setDesired(web, 4);
    await web.clock.advance(30_000);
    await web.ask(
      web.autoScaling.send(new ResumeProcessesCommand({ ...name, ScalingProcesses: ['AddToLoadBalancer'] })),
    );
    await web.clock.advance(60_000);
    expect(await web.inService()).toHaveLength(4);
    expect(Object.keys(await web.health()).toSorted()).toEqual([...before].toSorted());
  });

  it('names when they were suspended', async () => {
    const web = await createWeb();
    await suspend(web, 'AZRebalance');
    const { SuspendedProcesses } = await web.group();
    expect(SuspendedProcesses).toEqual([
      { ProcessName: 'AZRebalance', SuspensionReason: 'User suspended at 2018-11-11T08:01:00Z' },
    ]);
  });
});

describe('balance of zones', () => {
  it('launches before it terminates', async () => {
    const web = await createWeb({ zones: 2, group: { MinSize: 0, DesiredCapacity: 0 } });
    // All in one zone at first; then the other becomes the group's as well.
    const [first] = web.subnetIds;
    await update(web, { VPCZoneIdentifier: first, MinSize: 4, DesiredCapacity: 4 });
    await web.clock.advance(60_000);
    const smallest: number[] = [];
    await update(web, { VPCZoneIdentifier: web.subnetIds.join(',') });
    for (let second = 0; second < 300; second += 5) {
      await web.clock.advance(5000);
      smallest.push((await web.inService()).length);
    }
    const zones = countOf((await web.instances()).map((instance) => instance.AvailabilityZone));
    expect(zones).toEqual({ 'us-west-2a': 2, 'us-west-2b': 2 });
    expect(Math.min(...smallest)).toBe(4);
  });
});

describe('zones that cannot be balanced', () => {
  it('are left alone: protected instances in the full one, or no capacity in the empty one', async () => {
    const web = await createWeb();
    const [first] = web.subnetIds;
    await update(web, { VPCZoneIdentifier: first, DesiredCapacity: 5 });
    await web.clock.advance(60_000);
    const ids = [...(await web.inService())];
    await web.ask(
      web.autoScaling.send(new SetInstanceProtectionCommand({ ...name, InstanceIds: ids, ProtectedFromScaleIn: true })),
    );
    await update(web, { VPCZoneIdentifier: web.subnetIds.join(',') });
    await web.clock.advance(600_000);
    expect(await web.inService()).toEqual(ids);
    web.lab.state.ec2.faults.zonesWithoutCapacity.set('us-west-2b', 'all');
    await web.ask(
      web.autoScaling.send(
        new SetInstanceProtectionCommand({ ...name, InstanceIds: ids, ProtectedFromScaleIn: false }),
      ),
    );
    await web.clock.advance(600_000);
    expect(await web.inService()).toEqual(ids);
  });
});

describe('creating and deleting', () => {
  it('refuses a second group of the same name', async () => {
    const web = await createWeb();
    const again = web.autoScaling.send(
      new CreateAutoScalingGroupCommand({
        ...name,
        MinSize: 0,
        MaxSize: 0,
        LaunchTemplate: { LaunchTemplateName: GROUP },
        VPCZoneIdentifier: web.subnetIds[0],
      }),
    );
    await expect(web.ask(again)).rejects.toMatchObject({ name: 'AlreadyExistsFault' });
  });

  it('refuses a launch template version whose image does not exist', async () => {
    const web = await createWeb();
    await expect(update(web, { LaunchTemplate: { LaunchTemplateName: GROUP, Version: '99' } })).rejects.toThrow(
      'You must use a valid fully-formed launch template.',
    );
  });

  it('refuses to delete a group that has instances; by force they go first, and the activities stay readable', async () => {
    const web = await createWeb();
    await expect(web.ask(web.autoScaling.send(new DeleteAutoScalingGroupCommand(name)))).rejects.toMatchObject({
      name: 'ResourceInUseFault',
      message:
        'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    });
    await web.ask(web.autoScaling.send(new DeleteAutoScalingGroupCommand({ ...name, ForceDelete: true })));
    expect((await web.group()).Status).toBe('Delete in progress');
    await web.clock.advance(120_000);
    const groups = await web.ask(web.autoScaling.send(new DescribeAutoScalingGroupsCommand({})));
    expect(groups.AutoScalingGroups).toEqual([]);
    const past = await web.ask(
      web.autoScaling.send(new DescribeScalingActivitiesCommand({ ...name, IncludeDeletedGroups: true })),
    );
    expect(past.Activities).toHaveLength(6);
    expect(web.defects).toEqual([]);
  });
});

function setDesired(web: Web, DesiredCapacity: number, HonorCooldown = false) {
  return web.ask(web.autoScaling.send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity, HonorCooldown })));
}

function terminate(web: Web, InstanceId: string, ShouldDecrementDesiredCapacity: boolean) {
  return web.ask(
    web.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }),
    ),
  );
}

function suspend(web: Web, process: string) {
  return web.ask(web.autoScaling.send(new SuspendProcessesCommand({ ...name, ScalingProcesses: [process] })));
}

function update(web: Web, changes: object) {
  return web.ask(web.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...name, ...changes })));
}

async function pinImage(web: Web, imageId: string): Promise<void> {
  const image = web.lab.state.ec2.images.get(imageId)!;
  const [template] = web.lab.state.ec2.launchTemplates.values();
  template!.versions[0]!.LaunchTemplateData!.ImageId = image.ImageId;
}

function stateOf(web: Web, instanceId: string) {
  return web.lab.state.ec2.instances.get(instanceId)?.instance.State?.Name;
}

function countOf(values: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}
