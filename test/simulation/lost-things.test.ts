// What a rollout rests on goes away under it: the way back needs none of it, and nothing is done to a thing that only has the name.
import {
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, DeregisterImageCommand } from '@aws-sdk/client-ec2';
import {
  DeleteListenerCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Site } from './site.js';

let site: Site;
beforeEach(async () => {
  site = await Site.create({ desired: 2, targetGroups: 2 });
});
afterEach(() => site.close());

const abort = () => site.directrix(['abort', '--group', 'web', '--json']);

async function group() {
  const { AutoScalingGroups = [] } = await site.run(
    site.clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({})),
  );
  return AutoScalingGroups[0];
}

/** Deploys version 2, and is interrupted at a safe point a minute later: new instances have been added, old ones are still there. */
async function interruptHalfway(): Promise<void> {
  await site.registerRelease('2');
  const interruption = new AbortController();
  const startedAt = site.clock.now();
  const onCall = () => {
    if (site.clock.now() - startedAt > 60_000) interruption.abort('SIGINT');
  };
  const { exitCode } = await site.deploy('2', [], { signal: interruption.signal, onCall });
  expect(exitCode).toBe(130);
}

async function deleteListenersAndOneTargetGroup(): Promise<void> {
  const { elbv2 } = site.clients;
  const { LoadBalancers = [] } = await site.run(elbv2.send(new DescribeLoadBalancersCommand({})));
  for (const { LoadBalancerArn } of LoadBalancers) {
    const { Listeners = [] } = await site.run(elbv2.send(new DescribeListenersCommand({ LoadBalancerArn })));
    for (const { ListenerArn } of Listeners) await site.run(elbv2.send(new DeleteListenerCommand({ ListenerArn })));
  }
  const [first] = (await group())?.TargetGroupARNs ?? [];
  await site.run(elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: first })));
}

test('a target group and the listener are deleted half-way: status reads the rest, and abort gives everything back', async () => {
  const before = await site.picture();
  await interruptHalfway();
  await deleteListenersAndOneTargetGroup();
  const status = await site.directrix(['status', '--group', 'web']);
  expect(status.exitCode).toBe(0);
  expect(status.stdout).toContain('could not be read');
  const { document } = await abort();
  expect(document.outcome).not.toBe('interrupted');
  const after = await group();
  expect(after?.SuspendedProcesses).toEqual([]);
  expect([after?.MinSize, after?.MaxSize, after?.DesiredCapacity]).toEqual([
    before.group.MinSize,
    before.group.MaxSize,
    before.group.DesiredCapacity,
  ]);
});

test('the image of the present release is deregistered half-way: the way back launches nothing, and gives the rest back', async () => {
  const oldIds = ((await group())?.Instances ?? []).map(({ InstanceId }) => InstanceId ?? '');
  const [old] = await site.describeInstances(oldIds);
  await interruptHalfway();
  await site.run(site.clients.ec2.send(new DeregisterImageCommand({ ImageId: old?.ImageId })));
  const { exitCode, document } = await abort();
  expect([1, 3]).toContain(exitCode);
  if (exitCode === 3) expect(document.text).toContain('POINT_BACK_REFUSED');
  const inService = ((await group())?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService');
  expect(inService.map(({ InstanceId }) => InstanceId).sort()).toEqual([...oldIds].sort());
  const kept = ((await group())?.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName);
  expect(kept.filter((name) => name !== 'Launch')).toEqual([]);
});

describe('the group is deleted and made again under its name', () => {
  beforeEach(async () => {
    await interruptHalfway();
    const old = await group();
    await site.run(
      site.clients.autoScaling.send(
        new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ForceDelete: true }),
      ),
    );
    await site.advance(700_000);
    await site.run(
      site.clients.autoScaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: 'web',
          MinSize: 1,
          MaxSize: 3,
          DesiredCapacity: 1,
          LaunchTemplate: { LaunchTemplateId: old?.LaunchTemplate?.LaunchTemplateId, Version: '1' },
          VPCZoneIdentifier: old?.VPCZoneIdentifier,
          TargetGroupARNs: old?.TargetGroupARNs,
        }),
      ),
    );
    await site.advance(120_000);
  });

  test.each(['abort', 'resume'])('%s refuses before it begins, and changes nothing of the new one', async (command) => {
    const before = await site.picture();
    const { exitCode, document } = await site.directrix([command, '--group', 'web', '--json']);
    expect(document.error).toMatchObject({
      code: 'GROUP_REPLACED',
      hint: expect.stringContaining('directrix deploy --group web'),
    });
    expect(exitCode).toBe(2);
    expect(await site.picture()).toEqual(before);
  });

  test('the way out is one command: status names it, and it ships', async () => {
    const status = await site.directrix(['status', '--group', 'web']);
    expect(status.stdout).toContain('GROUP_REPLACED');
    expect(status.stdout).toContain('directrix deploy --group web --version V begins anew');
    expect(await site.deploy('2')).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
    expect(await site.serving()).toEqual(['2']);
  });
});

test('the group is deleted half-way, and none has its name: abort says so at once', async () => {
  await interruptHalfway();
  const remove = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ForceDelete: true });
  await site.run(site.clients.autoScaling.send(remove));
  await site.advance(700_000);
  const startedAt = site.clock.now();
  const { exitCode, document } = await abort();
  expect(document.error).toMatchObject({ code: 'GROUP_NOT_FOUND' });
  expect(exitCode).toBe(2);
  expect(site.clock.now() - startedAt).toBeLessThan(10_000);
});

test('the group is given another launch template half-way: it gets back what was lent, and the way out is a command', async () => {
  const before = await site.picture();
  await interruptHalfway();
  const { ec2, autoScaling } = site.clients;
  const LaunchTemplateData = { ImageId: await site.registerRelease('3'), InstanceType: 't3.micro' as const };
  const other = { LaunchTemplateName: 'other', LaunchTemplateData };
  await site.run(ec2.send(new CreateLaunchTemplateCommand(other)));
  const given = { LaunchTemplateName: 'other', Version: '1' };
  const update = { AutoScalingGroupName: 'web', LaunchTemplate: given };
  await site.run(autoScaling.send(new UpdateAutoScalingGroupCommand(update)));
  const { exitCode, document, stdout } = await site.directrix(['abort', '--group', 'web', '--json']);
  expect(document.need).toMatchObject({ code: 'LAUNCH_TEMPLATE_REPLACED' });
  expect(exitCode).toBe(3);
  expect(JSON.parse(stdout)).toEqual(document);
  const after = await group();
  expect(after?.SuspendedProcesses).toEqual([]);
  expect([after?.MinSize, after?.MaxSize]).toEqual([before.group.MinSize, before.group.MaxSize]);
  expect(after?.LaunchTemplate?.LaunchTemplateName).toBe('other');

  const status = await site.directrix(['status', '--group', 'web']);
  const [, LaunchTemplateId, Version] =
    /--launch-template LaunchTemplateId=([^,]+),Version=(\S+),/.exec(status.stdout) ?? [];
  const back = { AutoScalingGroupName: 'web', LaunchTemplate: { LaunchTemplateId, Version } };
  await site.run(autoScaling.send(new UpdateAutoScalingGroupCommand(back)));
  expect(await abort()).toMatchObject({ exitCode: 1, document: { outcome: 'rolledBack' } });
  expect(new Set(await site.serving())).toEqual(new Set(['1']));
  expect((await group())?.DesiredCapacity).toBe(2);
});
