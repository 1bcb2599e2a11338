import {
  AttachInstancesCommand,
  DetachInstancesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { createWeb, GROUP, type Web } from '../../machines/simulated/testing/create-web.js';

const name = { AutoScalingGroupName: GROUP };

describe('standby', () => {
  it('drains, then stands by, running and out of every target group, with the desired capacity one lower', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    const { Activities } = await enterStandby(web, [id!]);
    expect(Activities![0]).toMatchObject({
      Description: `Moving EC2 instance to Standby: ${id}`,
      Cause: `At 2018-11-11T08:01:00Z instance ${id} was moved to standby in response to a user request, shrinking the capacity from 3 to 2.`,
      StatusCode: 'InProgress',
      Progress: 50,
    });
    expect(await stateOf(web, id!)).toBe('EnteringStandby');
    await web.clock.advance(31_000);
    expect(await stateOf(web, id!)).toBe('Standby');
    expect((await web.health())[id!]).toBeUndefined();
    expect(await web.instances()).toHaveLength(3);
    expect((await web.group()).DesiredCapacity).toBe(2);
  });

  it('serves again after leaving it, with the desired capacity one higher', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    await enterStandby(web, [id!]);
    await web.clock.advance(31_000);
    const answer = await web.ask(web.autoScaling.send(new ExitStandbyCommand({ ...name, InstanceIds: [id!] })));
    expect(answer.Activities![0]).toMatchObject({
      Description: `Moving EC2 instance out of Standby: ${id}`,
      StatusCode: 'PreInService',
      Progress: 30,
    });
    await web.clock.advance(5_000);
    expect(await stateOf(web, id!)).toBe('InService');
    expect((await web.health())[id!]).toBe('healthy');
    expect((await web.group()).DesiredCapacity).toBe(3);
  });

  it('is refused when the desired capacity would fall below the minimum', async () => {
    const web = await createWeb({ group: { MinSize: 3, MaxSize: 4 } });
    const [id] = await web.inService();
    await expect(enterStandby(web, [id!])).rejects.toThrow(
      'AutoScalingGroup web has min-size=3, max-size=4, and desired-size=3. To place into standby 1 instance, please update the AutoScalingGroup sizes appropriately.',
    );
  });

  it('is refused for an instance that is not in service, and changes none of the others', async () => {
    const web = await createWeb();
    const [first, second] = await web.inService();
    await enterStandby(web, [first!]);
    await expect(enterStandby(web, [second!, first!])).rejects.toThrow(`The instance ${first} is not in InService.`);
    expect(await stateOf(web, second!)).toBe('InService');
  });

  it('takes at most 20 ids', async () => {
    const web = await createWeb();
    await expect(enterStandby(web, Array(21).fill('i-1'))).rejects.toThrow(
      'List exceeds the maximum number of instances',
    );
  });

  it('cannot be left above the maximum, nor while Launch is suspended', async () => {
    const web = await createWeb({ group: { MaxSize: 3 } });
    const [id] = await web.inService();
    await enterStandby(web, [id!], false);
    await web.clock.advance(90_000);
    const exit = () => web.ask(web.autoScaling.send(new ExitStandbyCommand({ ...name, InstanceIds: [id!] })));
    expect(await web.inService()).toHaveLength(3);
    await expect(exit()).rejects.toThrow('has min-size=1, max-size=3, and desired-size=3.');
    await web.ask(web.autoScaling.send(new SuspendProcessesCommand({ ...name, ScalingProcesses: ['Launch'] })));
    await expect(exit()).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('detachment', () => {
  it('lets the instance run on, outside the group and its target groups', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    await detach(web, [id!], true);
    expect(await stateOf(web, id!)).toBe('Detaching');
    await web.clock.advance(31_000);
    expect((await web.instances()).map((instance) => instance.InstanceId)).not.toContain(id);
    expect(web.lab.state.ec2.instances.get(id!)!.instance.State!.Name).toBe('running');
    expect(web.lab.state.ec2.tags.get(id!)?.map((tag) => tag.Key)).not.toContain('aws:autoscaling:groupName');
    expect((await web.health())[id!]).toBeUndefined();
    await web.clock.advance(60_000);
    expect(await web.inService()).toHaveLength(2);
  });

  it('is replaced at once, from the launch template as it is now, when the desired capacity stays', async () => {
    const web = await createWeb();
    const version = await web.release('next', { version: '2' });
    const [id] = await web.inService();
    await detach(web, [id!], false);
    const pending = (await web.instances()).find((instance) => instance.LifecycleState === 'Pending')!;
    expect(pending.LaunchTemplate!.Version).toBe(version);
  });

  it('works from Standby, where nothing has to drain', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    await enterStandby(web, [id!]);
    await web.clock.advance(31_000);
    await detach(web, [id!], true);
    expect(await web.instances()).toHaveLength(2);
    expect((await web.group()).DesiredCapacity).toBe(2);
  });

  it('is refused below the minimum, for foreign instances and for those that are leaving', async () => {
    const web = await createWeb({ group: { MinSize: 3 } });
    const [id] = await web.inService();
    await expect(detach(web, [id!], true)).rejects.toThrow(
      'AutoScalingGroup web has min-size=3, max-size=7, and desired-size=3. To detach 1 instance, please update the AutoScalingGroup sizes appropriately.',
    );
    await expect(detach(web, ['i-0'], true)).rejects.toThrow('The instance i-0 is not part of Auto Scaling group web.');
    await detach(web, [id!], false);
    await expect(detach(web, [id!], false)).rejects.toThrow(`The instance ${id} is not in InService or Standby.`);
  });
});

describe('attachment', () => {
  it('makes a running instance the group its own, and grows the desired capacity', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    await detach(web, [id!], true);
    await web.clock.advance(31_000);
    await web.ask(web.autoScaling.send(new AttachInstancesCommand({ ...name, InstanceIds: [id!] })));
    await web.clock.advance(5_000);
    expect(await stateOf(web, id!)).toBe('InService');
    expect((await web.health())[id!]).toBe('healthy');
    expect((await web.group()).DesiredCapacity).toBe(3);
  });

  it('is refused above the maximum', async () => {
    const web = await createWeb({ group: { MaxSize: 3 } });
    const [id] = await web.inService();
    await detach(web, [id!], false);
    await web.clock.advance(60_000);
    const attach = web.autoScaling.send(new AttachInstancesCommand({ ...name, InstanceIds: [id!] }));
    await expect(web.ask(attach)).rejects.toThrow(
      'AutoScalingGroup web has min-size=1, max-size=3, and desired-size=3. To attach 1 instance, please update the AutoScalingGroup sizes appropriately.',
    );
  });
});

function enterStandby(web: Web, InstanceIds: string[], ShouldDecrementDesiredCapacity = true) {
  return web.ask(
    web.autoScaling.send(new EnterStandbyCommand({ ...name, InstanceIds, ShouldDecrementDesiredCapacity })),
  );
}

function detach(web: Web, InstanceIds: string[], ShouldDecrementDesiredCapacity: boolean) {
  return web.ask(
    web.autoScaling.send(new DetachInstancesCommand({ ...name, InstanceIds, ShouldDecrementDesiredCapacity })),
  );
}

async function stateOf(web: Web, instanceId: string) {
  return (await web.instances()).find((instance) => instance.InstanceId === instanceId)?.LifecycleState;
}
