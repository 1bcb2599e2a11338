import {
  AttachLoadBalancerTargetGroupsCommand,
  CreateOrUpdateTagsCommand,
  DeletePolicyCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLoadBalancerTargetGroupsCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
  DetachTrafficSourcesCommand,
  PutScalingPolicyCommand,
  PutScheduledUpdateGroupActionCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeTagsCommand } from '@aws-sdk/client-ec2';
import {
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteTargetGroupCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { createWeb, GROUP, type Web } from '../../machines/simulated/testing/create-web.js';

const name = { AutoScalingGroupName: GROUP };

describe('a target group that is attached later', () => {
  it('gets every instance in service, and is left by all of them when it is detached', async () => {
    const web = await createWeb();
    const created = await web.ask(
      web.elb.send(new CreateTargetGroupCommand({ Name: 'second', Protocol: 'HTTP', Port: 8888, VpcId: web.vpcId })),
    );
    const arn = created.TargetGroups![0]!.TargetGroupArn!;
    await web.ask(web.autoScaling.send(new AttachLoadBalancerTargetGroupsCommand({ ...name, TargetGroupARNs: [arn] })));
    expect((await targets(web, arn)).toSorted()).toEqual([...(await web.inService())].toSorted());
    expect(await stateOf(web, arn)).toBe('Added');
    expect(await stateOf(web, web.targetGroupArn)).toBe('InService');
    await web.ask(
      web.autoScaling.send(new DetachTrafficSourcesCommand({ ...name, TrafficSources: [{ Identifier: arn }] })),
    );
    expect(await targets(web, arn)).toEqual([]);
    expect((await web.group()).TargetGroupARNs).toEqual([web.targetGroupArn]);
  });

  it('must exist', async () => {
    const web = await createWeb();
    const attach = new AttachLoadBalancerTargetGroupsCommand({ ...name, TargetGroupARNs: ['arn:gone'] });
    await expect(web.ask(web.autoScaling.send(attach))).rejects.toThrow(
      'One or more target groups not found. Validating load balancer configuration failed.',
    );
  });
});

describe('a target group that was deleted', () => {
  it('makes launches fail in the words of AWS', async () => {
    const web = await createWeb();
    await web.ask(web.elb.send(new DeleteListenerCommand({ ListenerArn: web.listenerArn })));
    await web.ask(web.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: web.targetGroupArn })));
    await web.ask(web.autoScaling.send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 4 })));
    expect((await web.activities())[0]).toMatchObject({
      StatusCode: 'Failed',
      StatusMessage: 'One or more target groups not found. Validating load balancer configuration failed.',
    });
  });
});

describe('tags', () => {
  it('reach the instances that are launched afterwards, when they propagate', async () => {
    const web = await createWeb();
    const tag = { ResourceId: GROUP, ResourceType: 'auto-scaling-group' };
    await web.ask(
      web.autoScaling.send(
        new CreateOrUpdateTagsCommand({
          Tags: [
            { ...tag, Key: 'team', Value: 'web', PropagateAtLaunch: true },
            { ...tag, Key: 'secret', Value: 'no', PropagateAtLaunch: false },
          ],
        }),
      ),
    );
    await web.ask(web.autoScaling.send(new SetDesiredCapacityCommand({ ...name, DesiredCapacity: 4 })));
    const newest = (await web.instances()).at(-1)!.InstanceId!;
    const { Tags } = await web.ask(
      web.ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [newest] }] })),
    );
    const own = Object.fromEntries(Tags!.map((one) => [one.Key, one.Value]));
    expect(own).toMatchObject({ team: 'web', 'aws:autoscaling:groupName': GROUP });
    expect(own).not.toHaveProperty('secret');
  });
});

describe('a scheduled action', () => {
  it('sets the sizes once at its time, and is gone then', async () => {
    const web = await createWeb();
    await schedule(web, { StartTime: new Date(web.clock.now() + 3_600_000) });
    await web.clock.advance(3_599_000);
    expect((await web.group()).DesiredCapacity).toBe(3);
    await web.clock.advance(2_000);
    expect((await web.group()).DesiredCapacity).toBe(5);
    expect(await scheduled(web)).toEqual([]);
    expect((await web.activities())[0]!.Cause).toContain(
      'a scheduled action update of AutoScalingGroup constraints to min: 1, max: 7, desired: 5 changing the desired capacity from 3 to 5.',
    );
  });

  it('recurs as its cron expression says, in UTC', async () => {
    const web = await createWeb();
    await schedule(web, { Recurrence: '30 9 * * *' });
    await web.clock.advance(88 * 60_000);
    expect((await web.group()).DesiredCapacity).toBe(3);
    await web.clock.advance(60_000);
    expect((await web.group()).DesiredCapacity).toBe(5);
    expect((await scheduled(web))![0]!.StartTime).toEqual(new Date('2018-11-12T09:30:00Z'));
  });

  it('is lost while ScheduledActions is suspended', async () => {
    const web = await createWeb();
    await schedule(web, { StartTime: new Date(web.clock.now() + 60_000) });
    await web.ask(
      web.autoScaling.send(new SuspendProcessesCommand({ ...name, ScalingProcesses: ['ScheduledActions'] })),
    );
    await web.clock.advance(120_000);
    expect((await web.group()).DesiredCapacity).toBe(3);
  });

  it('is refused when nobody can read its recurrence', async () => {
    const web = await createWeb();
    await expect(schedule(web, { Recurrence: 'soon' })).rejects.toThrow('Given recurrence string:soon is invalid');
  });
});

describe('what is only kept or not emulated', () => {
  it('keeps scaling policies without executing them', async () => {
    const web = await createWeb();
    const policies = async () =>
      (await web.ask(web.autoScaling.send(new DescribePoliciesCommand(name)))).ScalingPolicies!.map(
        (one) => one.PolicyName,
      );
    expect(await policies()).toEqual([]);
    await web.ask(
      web.autoScaling.send(
        new PutScalingPolicyCommand({
          ...name,
          PolicyName: 'out',
          AdjustmentType: 'ChangeInCapacity',
          ScalingAdjustment: 1,
        }),
      ),
    );
    expect(await policies()).toEqual(['out']);
    await web.ask(web.autoScaling.send(new DeletePolicyCommand({ ...name, PolicyName: 'out' })));
    expect(await policies()).toEqual([]);
  });

  it('refuses an instance refresh by name', async () => {
    const web = await createWeb();
    await expect(web.ask(web.autoScaling.send(new StartInstanceRefreshCommand(name)))).rejects.toThrow(
      'StartInstanceRefresh is not emulated',
    );
  });
});

describe('descriptions', () => {
  it('come in pages', async () => {
    const web = await createWeb();
    const ids: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await web.ask(
        web.autoScaling.send(new DescribeAutoScalingInstancesCommand({ MaxRecords: 2, NextToken })),
      );
      ids.push(...page.AutoScalingInstances!.map((instance) => instance.InstanceId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(ids.toSorted()).toEqual([...(await web.inService())].toSorted());
  });

  it('are the same for the same seed, ids included', async () => {
    const [one, two] = [await createWeb(), await createWeb()];
    expect(await one.group()).toEqual(await two.group());
    expect(await one.activities()).toEqual(await two.activities());
    const other = await createWeb({ lab: { seed: 2 } });
    expect(await other.inService()).not.toEqual(await one.inService());
  });
});

function schedule(web: Web, when: { readonly StartTime?: Date; readonly Recurrence?: string }) {
  return web.ask(
    web.autoScaling.send(
      new PutScheduledUpdateGroupActionCommand({
        ...name,
        ScheduledActionName: 'morning',
        DesiredCapacity: 5,
        ...when,
      }),
    ),
  );
}

async function scheduled(web: Web) {
  return (await web.ask(web.autoScaling.send(new DescribeScheduledActionsCommand(name)))).ScheduledUpdateGroupActions;
}

async function stateOf(web: Web, arn: string) {
  const answer = await web.ask(web.autoScaling.send(new DescribeLoadBalancerTargetGroupsCommand(name)));
  return answer.LoadBalancerTargetGroups!.find((one) => one.LoadBalancerTargetGroupARN === arn)?.State;
}

async function targets(web: Web, arn: string): Promise<readonly string[]> {
  const answer = await web.ask(web.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })));
  return answer.TargetHealthDescriptions!.map((one) => one.Target!.Id!);
}
