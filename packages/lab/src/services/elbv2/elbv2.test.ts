import { CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RegisterTargetsCommand,
  SetRulePrioritiesCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWeb, type Web } from '../../machines/simulated/testing/create-web.js';

let web: Web;
beforeEach(async () => {
  web = await createWeb({ zones: 3 });
});

describe('a load balancer', () => {
  it('has a managed interface in each of its subnets, with its security groups, until it is deleted', async () => {
    expect(
      interfaces()
        .map((one) => one.SubnetId)
        .toSorted(),
    ).toEqual([...web.subnetIds].toSorted());
    expect(interfaces()[0]).toMatchObject({
      Description: `ELB ${web.loadBalancerArn.split(':loadbalancer/')[1]}`,
      RequesterManaged: true,
      InterfaceType: 'interface',
    });
    const created = await web.ask(
      web.ec2.send(new CreateSecurityGroupCommand({ GroupName: 'alb', Description: 'alb', VpcId: web.vpcId })),
    );
    const SecurityGroups = [created.GroupId!];
    await ask(new SetSecurityGroupsCommand({ LoadBalancerArn: web.loadBalancerArn, SecurityGroups }));
    expect(interfaces().map((one) => one.Groups?.map((group) => group.GroupId))).toEqual(Array(3).fill(SecurityGroups));
    await ask(new SetSubnetsCommand({ LoadBalancerArn: web.loadBalancerArn, Subnets: web.subnetIds.slice(0, 2) }));
    expect(interfaces()).toHaveLength(2);
    expect(Object.values(await web.health())).toContain('unused Target.NotInUse');
    await ask(new DeleteLoadBalancerCommand({ LoadBalancerArn: web.loadBalancerArn }));
    expect(interfaces()).toEqual([]);
    expect(Object.values(await web.health())).toEqual(Array(3).fill('unused Target.NotInUse'));
  });

  it('needs two zones, and a name of its own', async () => {
    const one = new CreateLoadBalancerCommand({ Name: 'one', Subnets: web.subnetIds.slice(0, 1) });
    await expect(ask(one)).rejects.toThrow(
      'At least two subnets in two different Availability Zones must be specified',
    );
    const same = new CreateLoadBalancerCommand({ Name: 'web', Subnets: web.subnetIds, Scheme: 'internal' });
    await expect(ask(same)).rejects.toMatchObject({ name: 'DuplicateLoadBalancerNameException' });
    const unknown = new DescribeLoadBalancersCommand({ Names: ['nobody'] });
    await expect(ask(unknown)).rejects.toThrow("Load balancers '[nobody]' not found");
  });
});

describe('a target group', () => {
  it('has the defaults of AWS', async () => {
    const created = await ask(createGroup('plain'));
    expect(created.TargetGroups![0]).toMatchObject({
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: '/',
      HealthCheckPort: 'traffic-port',
      Matcher: { HttpCode: '200' },
      TargetType: 'instance',
    });
    const { TargetGroupArn } = created.TargetGroups![0]!;
    const { Attributes } = await ask(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
    expect(Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '300' });
  });

  it.each([
    [{ HealthCheckIntervalSeconds: 4 }],
    [{ HealthCheckTimeoutSeconds: 1 }],
    [{ HealthyThresholdCount: 1 }],
    [{ UnhealthyThresholdCount: 11 }],
    [{ HealthCheckPath: 'healthz' }],
    [{ HealthCheckPort: '70000' }],
    [{ Matcher: { HttpCode: '500' } }],
    [{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 }],
  ])('refuses %j', async (setting) => {
    const modify = new ModifyTargetGroupCommand({ TargetGroupArn: web.targetGroupArn, ...setting });
    await expect(ask(modify)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it.each([
    ['deregistration_delay.timeout_seconds', '3601'],
    ['slow_start.duration_seconds', '10'],
    ['load_balancing.algorithm.type', 'fastest'],
    ['no.such.attribute', '1'],
  ])('refuses %s = %s', async (Key, Value) => {
    const modify = new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: web.targetGroupArn,
      Attributes: [{ Key, Value }],
    });
    await expect(ask(modify)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is created once: the same settings answer the same group, others are refused', async () => {
    const first = await ask(createGroup('twice'));
    const again = await ask(createGroup('twice'));
    expect(again.TargetGroups![0]!.TargetGroupArn).toBe(first.TargetGroups![0]!.TargetGroupArn);
    await expect(ask(createGroup('twice', 81))).rejects.toThrow(
      "A target group with the same name 'twice' exists, but with different settings",
    );
  });

  it('cannot be deleted while a rule forwards to it', async () => {
    const remove = () => ask(new DeleteTargetGroupCommand({ TargetGroupArn: web.targetGroupArn }));
    await expect(remove()).rejects.toThrow(
      `Target group '${web.targetGroupArn}' is currently in use by a listener or a rule`,
    );
    await ask(new DeleteListenerCommand({ ListenerArn: web.listenerArn }));
    await remove();
    await expect(ask(new DescribeTargetGroupsCommand({ TargetGroupArns: [web.targetGroupArn] }))).rejects.toThrow(
      'One or more target groups not found',
    );
  });

  it('belongs to one load balancer', async () => {
    const other = await ask(new CreateLoadBalancerCommand({ Name: 'other', Subnets: web.subnetIds }));
    const LoadBalancerArn = other.LoadBalancers![0]!.LoadBalancerArn!;
    const listen = new CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: web.targetGroupArn }],
    });
    await expect(ask(listen)).rejects.toMatchObject({ name: 'TargetGroupAssociationLimitException' });
  });
});

describe('targets', () => {
  it('must be running instances', async () => {
    const register = (Id: string) =>
      ask(new RegisterTargetsCommand({ TargetGroupArn: web.targetGroupArn, Targets: [{ Id }] }));
    await expect(register('i-0')).rejects.toMatchObject({ name: 'InvalidTargetException' });
  });

  it('that are asked for and not registered are unused', async () => {
    const answer = await ask(
      new DescribeTargetHealthCommand({ TargetGroupArn: web.targetGroupArn, Targets: [{ Id: 'i-0' }] }),
    );
    expect(answer.TargetHealthDescriptions![0]!.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
  });

  it('are asked no more while they drain, though the last request to them is answered', async () => {
    const [id] = await web.inService();
    web.dataPlane.changeMachine(id!, { slowRate: 1, slowAnswerMs: 20_000 });
    const underWay = [1, 2, 3].map(() => web.dataPlane.request(web.url));
    await ask(new DeregisterTargetsCommand({ TargetGroupArn: web.targetGroupArn, Targets: [{ Id: id! }] }));
    for (let count = 0; count < 6; count += 1) {
      expect((await web.dataPlane.request(web.url)).targetId).not.toBe(id);
    }
    await web.clock.advance(20_000);
    const answers = await Promise.all(underWay);
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200]);
    expect(answers.map((answer) => answer.targetId)).toContain(id);
  });

  it('that answer later than the deregistration delay are cut with 502', async () => {
    const slow = await createWeb({ drainSeconds: 10, good: { slowRate: 1, slowAnswerMs: 30_000 } });
    const ids = await slow.inService();
    const underWay = ids.map(() => slow.dataPlane.request(slow.url));
    const Targets = ids.map((Id) => ({ Id }));
    await slow.ask(slow.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: slow.targetGroupArn, Targets })));
    expect((await slow.dataPlane.request(slow.url)).statusCode).toBe(503);
    await slow.clock.advance(10_000);
    expect((await Promise.all(underWay)).map((answer) => answer.statusCode)).toEqual([502, 502, 502]);
  });

  it('all unhealthy are all asked: the load balancer fails open', async () => {
    const ids = await web.inService();
    for (const id of ids) web.dataPlane.changeMachine(id, { healthPath: '/elsewhere', status: 'KO: no' });
    await web.clock.advance(60_000);
    expect(Object.values(await web.health())).toEqual(Array(3).fill('unhealthy Target.ResponseCodeMismatch'));
    const asked = new Set<string | undefined>();
    for (const _ of ids) asked.add((await web.dataPlane.request(web.url)).targetId);
    expect([...asked].toSorted()).toEqual([...ids].toSorted());
  });
});

describe('rules', () => {
  it('decide by priority, and keep their group in use', async () => {
    const canary = (await ask(createGroup('canary'))).TargetGroups![0]!.TargetGroupArn!;
    const rule = await ask(
      new CreateRuleCommand({
        ListenerArn: web.listenerArn,
        Priority: 10,
        Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-token', Values: ['secret'] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: canary }],
      }),
    );
    expect((await web.dataPlane.request(web.url, { headers: { 'x-token': 'secret' } })).statusCode).toBe(503);
    expect((await web.dataPlane.request(web.url)).statusCode).toBe(200);
    expect((await group(canary)).LoadBalancerArns).toEqual([web.loadBalancerArn]);
    await ask(new DeleteRuleCommand({ RuleArn: rule.Rules![0]!.RuleArn! }));
    expect((await group(canary)).LoadBalancerArns).toEqual([]);
  });

  it('have a priority of their own, which they can swap', async () => {
    const [first, second] = [await createRule(1), await createRule(2)];
    await expect(createRule(2)).rejects.toThrow("Priority '2' is currently in use");
    await ask(
      new SetRulePrioritiesCommand({
        RulePriorities: [
          { RuleArn: first, Priority: 2 },
          { RuleArn: second, Priority: 1 },
        ],
      }),
    );
    const { Rules } = await ask(new DescribeRulesCommand({ ListenerArn: web.listenerArn }));
    expect(Rules!.map((rule) => [rule.RuleArn, rule.Priority])).toEqual([
      [second, '1'],
      [first, '2'],
      [Rules![2]!.RuleArn, 'default'],
    ]);
  });

  it('by default cannot be deleted', async () => {
    const { Rules } = await ask(new DescribeRulesCommand({ ListenerArn: web.listenerArn }));
    await expect(ask(new DeleteRuleCommand({ RuleArn: Rules![0]!.RuleArn! }))).rejects.toMatchObject({
      name: 'OperationNotPermittedException',
    });
  });

  it('share requests by weight', async () => {
    const other = (await ask(createGroup('other'))).TargetGroups![0]!.TargetGroupArn!;
    await ask(
      new ModifyListenerCommand({
        ListenerArn: web.listenerArn,
        DefaultActions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: web.targetGroupArn, Weight: 3 },
                { TargetGroupArn: other, Weight: 1 },
              ],
            },
          },
        ],
      }),
    );
    const codes: number[] = [];
    for (let count = 0; count < 8; count += 1) codes.push((await web.dataPlane.request(web.url)).statusCode);
    expect(codes.filter((code) => code === 200)).toHaveLength(6);
    expect(codes.filter((code) => code === 503)).toHaveLength(2);
  });
});

describe('a listener', () => {
  it('shows where it is served as a tag to a client that asks for it, and to no other', async () => {
    await ask(new AddTagsCommand({ ResourceArns: [web.listenerArn], Tags: [{ Key: 'team', Value: 'web' }] }));
    const describeTags = new DescribeTagsCommand({ ResourceArns: [web.listenerArn] });
    expect((await ask(describeTags)).TagDescriptions![0]!.Tags).toEqual([{ Key: 'team', Value: 'web' }]);
    describeTags.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-directrix-lab'] = 'listener-url';
        return next(args);
      },
      { step: 'build' },
    );
    expect((await ask(describeTags)).TagDescriptions![0]!.Tags).toEqual([
      { Key: 'team', Value: 'web' },
      { Key: 'directrix:url', Value: web.url },
    ]);
  });

  it('has its port to itself', async () => {
    const again = new CreateListenerCommand({
      LoadBalancerArn: web.loadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    });
    await expect(ask(again)).rejects.toThrow(
      `A listener already exists on this port for this load balancer '${web.loadBalancerArn}'`,
    );
  });

  it('answers by itself when its action says so', async () => {
    const DefaultActions = [
      {
        Type: 'fixed-response' as const,
        FixedResponseConfig: { StatusCode: '503', ContentType: 'text/plain', MessageBody: 'closed' },
      },
    ];
    await ask(new ModifyListenerCommand({ ListenerArn: web.listenerArn, DefaultActions }));
    expect(await web.dataPlane.request(web.url)).toMatchObject({ statusCode: 503, body: 'closed' });
    const { Listeners } = await ask(new DescribeListenersCommand({ ListenerArns: [web.listenerArn] }));
    expect(Listeners![0]!.DefaultActions).toMatchObject(DefaultActions);
  });
});

function ask<Output>(
  command: { readonly input: object; resolveMiddleware: unknown } & CommandOf<Output>,
): Promise<Output> {
  return web.ask(web.elb.send(command as never) as Promise<Output>);
}

// The SDK's commands carry their output only in their type.
interface CommandOf<Output> {
  resolveMiddleware(stack: never, configuration: never, options?: never): (input: never) => Promise<{ output: Output }>;
}

function createGroup(Name: string, Port = 80): CreateTargetGroupCommand {
  return new CreateTargetGroupCommand({ Name, Port, Protocol: 'HTTP', VpcId: web.vpcId });
}

async function createRule(Priority: number): Promise<string> {
  const created = await ask(
    new CreateRuleCommand({
      ListenerArn: web.listenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: [`/${Priority}`] }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    }),
  );
  return created.Rules![0]!.RuleArn!;
}

async function group(arn: string) {
  return (await ask(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))).TargetGroups![0]!;
}

function interfaces() {
  return [...web.lab.state.ec2.networkInterfaces.values()].filter((one) => one.RequesterId === 'amazon-elb');
}
