import {
  CompleteLifecycleActionCommand,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { createWeb, GROUP, type Web } from '../../machines/simulated/testing/create-web.js';

const name = { AutoScalingGroupName: GROUP };

describe('a launch hook', () => {
  it('holds an instance before it is registered, until it is completed', async () => {
    const web = await createWeb();
    await putHook(web, 'LAUNCHING');
    const id = await launchOne(web);
    await web.clock.advance(60_000);
    expect(await stateOf(web, id)).toBe('Pending:Wait');
    expect((await web.health())[id]).toBeUndefined();
    expect((await web.activities())[0]).toMatchObject({ StatusCode: 'MidLifecycleAction', Progress: 40 });
    await complete(web, id, 'CONTINUE');
    expect(await stateOf(web, id)).toBe('InService');
    await web.clock.advance(30_000);
    expect((await web.health())[id]).toBe('healthy');
  });

  it('abandoned, terminates the instance, and the next launch waits', async () => {
    const web = await createWeb();
    await putHook(web, 'LAUNCHING');
    const id = await launchOne(web);
    await web.clock.advance(10_000);
    await complete(web, id, 'ABANDON');
    const cancelled = (await web.activities()).find((activity) => activity.StatusCode === 'Cancelled');
    expect(cancelled!.StatusMessage).toBe('Lifecycle Action Completed with ABANDON Result');
    expect((await web.instances()).filter((one) => one.LifecycleState?.startsWith('Pending'))).toEqual([]);
    await web.clock.advance(30_000);
    expect((await web.instances()).some((one) => one.LifecycleState === 'Pending:Wait')).toBe(true);
    expect(await stateOf(web, id)).toBeUndefined();
  });

  it('applies its default result at its timeout, which a heartbeat moves', async () => {
    const web = await createWeb();
    await putHook(web, 'LAUNCHING', 'CONTINUE');
    const id = await launchOne(web);
    await web.clock.advance(50_000);
    await web.ask(
      web.autoScaling.send(
        new RecordLifecycleActionHeartbeatCommand({ ...name, LifecycleHookName: 'wait', InstanceId: id }),
      ),
    );
    await web.clock.advance(30_000);
    expect(await stateOf(web, id)).toBe('Pending:Wait');
    await web.clock.advance(31_000);
    expect(await stateOf(web, id)).toBe('InService');
  });

  it('lets instances go when it is deleted', async () => {
    const web = await createWeb();
    await putHook(web, 'LAUNCHING');
    const id = await launchOne(web);
    await web.clock.advance(10_000);
    await web.ask(web.autoScaling.send(new DeleteLifecycleHookCommand({ ...name, LifecycleHookName: 'wait' })));
    expect(await stateOf(web, id)).toBe('InService');
  });

  it('cannot be completed for an instance that does not wait', async () => {
    const web = await createWeb();
    await putHook(web, 'LAUNCHING');
    const [id] = await web.inService();
    await expect(complete(web, id!, 'CONTINUE')).rejects.toThrow(
      `No active Lifecycle Action found with instance ID ${id}`,
    );
  });

  it('is described with the defaults of AWS', async () => {
    const web = await createWeb();
    await web.ask(
      web.autoScaling.send(
        new PutLifecycleHookCommand({
          ...name,
          LifecycleHookName: 'wait',
          LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        }),
      ),
    );
    const { LifecycleHooks } = await web.ask(web.autoScaling.send(new DescribeLifecycleHooksCommand(name)));
    expect(LifecycleHooks![0]).toMatchObject({
      HeartbeatTimeout: 3600,
      GlobalTimeout: 172_800,
      DefaultResult: 'ABANDON',
    });
  });
});

describe('a termination hook', () => {
  it('runs after the drain and before EC2 is asked to terminate', async () => {
    const web = await createWeb({ drainSeconds: 30 });
    await putHook(web, 'TERMINATING');
    await web.ask(web.autoScaling.send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 2 })));
    const leaving = (await web.instances()).find((one) => one.LifecycleState === 'Terminating')!.InstanceId!;
    await web.clock.advance(29_000);
    expect(await stateOf(web, leaving)).toBe('Terminating');
    await web.clock.advance(2_000);
    expect(await stateOf(web, leaving)).toBe('Terminating:Wait');
    expect(web.lab.state.ec2.instances.get(leaving)!.instance.State!.Name).toBe('running');
    await complete(web, leaving, 'CONTINUE');
    expect(await stateOf(web, leaving)).toBe('Terminating:Proceed');
    await web.clock.advance(15_000);
    expect(await web.instances()).toHaveLength(2);
  });
});

function putHook(web: Web, transition: 'LAUNCHING' | 'TERMINATING', DefaultResult?: string) {
  return web.ask(
    web.autoScaling.send(
      new PutLifecycleHookCommand({
        ...name,
        LifecycleHookName: 'wait',
        LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
        HeartbeatTimeout: 60,
        DefaultResult,
      }),
    ),
  );
}

async function launchOne(web: Web): Promise<string> {
  await web.ask(web.autoScaling.send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 4 })));
  return (await web.instances()).find((one) => one.LifecycleState === 'Pending')!.InstanceId!;
}

function complete(web: Web, InstanceId: string, LifecycleActionResult: string) {
  return web.ask(
    web.autoScaling.send(
      new CompleteLifecycleActionCommand({ ...name, LifecycleHookName: 'wait', InstanceId, LifecycleActionResult }),
    ),
  );
}

async function stateOf(web: Web, instanceId: string) {
  return (await web.instances()).find((instance) => instance.InstanceId === instanceId)?.LifecycleState;
}
