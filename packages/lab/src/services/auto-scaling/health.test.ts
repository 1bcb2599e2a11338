import {
  DescribeTrafficSourcesCommand,
  SetInstanceHealthCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { StopInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWeb, GROUP, type Web } from '../../machines/simulated/testing/create-web.js';

const name = { AutoScalingGroupName: GROUP };
const elb = { HealthCheckType: 'ELB' };

describe('InService is not serving', () => {
  it('calls a machine that never starts InService and Healthy, with its target unhealthy, for as long as it lives', async () => {
    const web = await createWeb({ good: { fault: 'neverStarts' } });
    await web.clock.advance(3_600_000);
    const instances = await web.instances();
    expect(instances.map((one) => [one.LifecycleState, one.HealthStatus])).toEqual(
      Array(3).fill(['InService', 'Healthy']),
    );
    expect(Object.values(await web.health())).toEqual(Array(3).fill('unhealthy Target.ResponseCodeMismatch'));
    expect(await web.activities()).toHaveLength(3);
  });

  it('never replaces a first fleet that was never healthy, even with ELB health checks', async () => {
    const web = await createWeb({ good: { fault: 'refuses' }, group: elb });
    await web.clock.advance(3_600_000);
    expect(await web.activities()).toHaveLength(3);
    const sources = await web.ask(web.autoScaling.send(new DescribeTrafficSourcesCommand(name)));
    expect(sources.TrafficSources!.map((source) => source.State)).toEqual(['Added']);
  });
});

describe('replacement of the unhealthy', () => {
  it('follows the load balancer once the attachment is in service, one at a time', async () => {
    const web = await createWeb({ group: { ...elb, HealthCheckGracePeriod: 60 } });
    const before = await web.inService();
    await web.clock.advance(60_000);
    for (const id of before.slice(0, 2)) web.dataPlane.changeMachine(id, { fault: 'refuses' });
    const inService: number[] = [];
    for (let step = 0; step < 60; step += 1) {
      await web.clock.advance(5_000);
      inService.push((await web.inService()).length);
    }
    expect(Math.min(...inService)).toBe(2);
    const after = await web.inService();
    expect(after.filter((id) => before.includes(id))).toEqual(before.slice(2));
    const causes = (await web.activities()).map((activity) => activity.Cause);
    expect(
      causes.filter((cause) => cause?.endsWith('in response to an ELB system health check failure.')),
    ).toHaveLength(2);
  });

  it('reaps good machines for ever when the grace period is shorter than their boot', async () => {
    const web = await createWeb({ group: elb, good: { bootMs: 60_000 } });
    await web.clock.advance(120_000);
    // The attachment is in service by now; whatever starts from here is judged before it can answer.
    const [id] = await web.inService();
    await setUnhealthy(web, id!);
    await web.clock.advance(1_200_000);
    expect((await web.activities()).length).toBeGreaterThan(20);
  });

  it('waits for the grace period, which starts at InService', async () => {
    const web = await createWeb({ group: { ...elb, HealthCheckGracePeriod: 600 } });
    const [id] = await web.inService();
    web.dataPlane.changeMachine(id!, { fault: 'refuses' });
    await web.clock.advance(500_000);
    expect((await web.health())[id!]).toBe('unhealthy Target.FailedHealthChecks');
    expect(await web.inService()).toContain(id);
    await web.clock.advance(120_000);
    expect(await web.inService()).not.toContain(id);
  });

  it('ignores the load balancer when the health check type is EC2', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    web.dataPlane.changeMachine(id!, { fault: 'refuses' });
    await web.clock.advance(600_000);
    expect(await web.inService()).toContain(id);
  });

  it.each([
    { what: 'terminated', command: (id: string) => new TerminateInstancesCommand({ InstanceIds: [id] }) },
    { what: 'stopped', command: (id: string) => new StopInstancesCommand({ InstanceIds: [id] }) },
  ])('does not wait for grace when the instance was $what', async ({ command }) => {
    const web = await createWeb({ group: { HealthCheckGracePeriod: 3600 } });
    const [id] = await web.inService();
    await web.ask(web.ec2.send(command(id!) as TerminateInstancesCommand));
    await web.clock.advance(60_000);
    expect(await web.inService()).not.toContain(id);
    expect(await web.inService()).toHaveLength(3);
    const causes = (await web.activities()).map((activity) => activity.Cause);
    expect(
      causes.some((cause) => cause?.includes('EC2 health check indicating it has been terminated or stopped')),
    ).toBe(true);
  });

  it('acts on a user at once, outside the grace period', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    await setUnhealthy(web, id!);
    expect((await web.instances()).find((one) => one.InstanceId === id)?.LifecycleState).toBe('Terminating');
    expect((await web.activities()).some((one) => one.Cause?.endsWith('in response to a user health-check.'))).toBe(
      true,
    );
  });

  it('respects grace for a user unless told not to', async () => {
    const web = await createWeb({ group: { HealthCheckGracePeriod: 600 } });
    const [id] = await web.inService();
    await setUnhealthy(web, id!);
    expect(await web.inService()).toContain(id);
    await setUnhealthy(web, id!, false);
    expect(await web.inService()).not.toContain(id);
  });

  it('ReplaceUnhealthy suspended: marked and left alone; Launch suspended: still terminated', async () => {
    const web = await createWeb();
    const [first, second] = await web.inService();
    await suspend(web, 'ReplaceUnhealthy');
    await setUnhealthy(web, first!);
    await web.clock.advance(60_000);
    const marked = (await web.instances()).find((one) => one.InstanceId === first);
    expect(marked).toMatchObject({ LifecycleState: 'InService', HealthStatus: 'Unhealthy' });
    const other = await createWeb();
    await suspend(other, 'Launch');
    await setUnhealthy(other, (await other.inService())[1]!);
    await other.clock.advance(120_000);
    expect(await other.inService()).toHaveLength(2);
    expect(second).toBeDefined();
  });

  it('HealthCheck suspended: nothing is marked', async () => {
    const web = await createWeb({ group: elb });
    await suspend(web, 'HealthCheck');
    const [id] = await web.inService();
    web.dataPlane.changeMachine(id!, { fault: 'refuses' });
    await web.clock.advance(300_000);
    expect(await web.inService()).toContain(id);
  });
});

function setUnhealthy(web: Web, InstanceId: string, ShouldRespectGracePeriod = true) {
  return web.ask(
    web.autoScaling.send(
      new SetInstanceHealthCommand({ InstanceId, HealthStatus: 'Unhealthy', ShouldRespectGracePeriod }),
    ),
  );
}

function suspend(web: Web, process: string) {
  return web.ask(web.autoScaling.send(new SuspendProcessesCommand({ ...name, ScalingProcesses: [process] })));
}

describe('the network', () => {
  it('is decided anew when the group launches, and when it terminates', async () => {
    const web = await createWeb();
    const revision = () => web.lab.state.ec2.networkRevision;
    const before = revision();
    const sizes = (DesiredCapacity: number) =>
      web.ask(
        web.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, DesiredCapacity })),
      );
    const { DesiredCapacity = 0 } = await web.group();
    await sizes(DesiredCapacity + 1);
    const launched = revision();
    expect(launched).toBeGreaterThan(before);
    await sizes(DesiredCapacity);
    await web.clock.advance(31_000);
    expect(revision()).toBeGreaterThan(launched);
  });
});
