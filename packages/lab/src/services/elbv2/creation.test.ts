import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWeb, type Web } from '../../machines/simulated/testing/create-web.js';

let web: Web;
beforeAll(async () => {
  web = await createWeb();
});
afterAll(() => web.lab.close());

const forward = () => [{ Type: 'forward', TargetGroupArn: web.targetGroupArn } as const];

test('the same load balancer again is the one that exists; another of its name is refused', async () => {
  const create = (more: object = {}) =>
    web.ask(web.elb.send(new CreateLoadBalancerCommand({ Name: 'web', Subnets: web.subnetIds, ...more })));
  expect((await create()).LoadBalancers![0]!.LoadBalancerArn).toBe(web.loadBalancerArn);
  expect((await create({ Subnets: [...web.subnetIds].reverse() })).LoadBalancers).toHaveLength(1);
  expect((await web.ask(web.elb.send(new DescribeLoadBalancersCommand({})))).LoadBalancers).toHaveLength(1);
  await expect(create({ Scheme: 'internal' })).rejects.toMatchObject({
    name: 'DuplicateLoadBalancerNameException',
    message: "A load balancer with the same name 'web' exists, but with different settings",
  });
});

test('the same listener again is the one that exists; another on its port is refused', async () => {
  const create = (more: object = {}) =>
    web.ask(
      web.elb.send(
        new CreateListenerCommand({
          LoadBalancerArn: web.loadBalancerArn,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: forward(),
          ...more,
        }),
      ),
    );
  expect((await create()).Listeners![0]!.ListenerArn).toBe(web.listenerArn);
  const other = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }];
  await expect(create({ DefaultActions: other })).rejects.toMatchObject({ name: 'DuplicateListenerException' });
  await expect(create({ Port: undefined })).rejects.toThrow('A listener port must be specified');
  await expect(create({ Protocol: undefined })).rejects.toThrow('A listener protocol must be specified');
});

test.each([
  [{ Field: 'host-header', Values: ['x'.repeat(129)] }, "The 'host-header' value is too long; the limit is '128'"],
  [
    { Field: 'path-pattern', Values: ['/a', '/b'] },
    "The 'path-pattern' field contains too many values; the limit is '1'",
  ],
  [{ Field: 'path-pattern' }, 'A condition value must be specified'],
  [{ Field: 'source-ip' }, "A 'SourceIpConfig' must be specified with 'source-ip'"],
  [{ Field: 'source-ip', SourceIpConfig: { Values: [] } }, "A 'source-ip' value must be specified"],
  [
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x'.repeat(41), Values: ['y'] } },
    "The 'HttpHeaderName' value is too long; the limit is '40'",
  ],
  [
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x', Values: ['y'.repeat(129)] } },
    "The 'http-header' value is too long; the limit is '128'",
  ],
  [
    { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['get'] } },
    "The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore",
  ],
  [
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'a' }] } },
    "A 'Value' must be specified in 'QueryStringKeyValuePair'",
  ],
])('the condition %j is refused', async (condition, message) => {
  const command = new CreateRuleCommand({
    ListenerArn: web.listenerArn,
    Priority: 9,
    Conditions: [condition],
    Actions: forward(),
  });
  await expect(web.ask(web.elb.send(command))).rejects.toMatchObject({ name: 'ValidationError', message });
});

test.each([
  ['a'.repeat(33), `Target group name '${'a'.repeat(33)}' cannot be longer than '32' characters`],
  ['a_b', "Target group name 'a_b' can only contain characters that are alphanumeric characters or hyphens(-)"],
  ['-ab', "Target group name '-ab' cannot begin or end with '-'"],
])('a target group cannot be called %s', async (Name, message) => {
  const command = new CreateTargetGroupCommand({ Name, Protocol: 'HTTP', Port: 80, VpcId: web.vpcId });
  await expect(web.ask(web.elb.send(command))).rejects.toMatchObject({ name: 'ValidationError', message });
});

test('a resource has fifty tags at most, each key once', async () => {
  const add = (keys: readonly string[]) =>
    web.ask(
      web.elb.send(new AddTagsCommand({ ResourceArns: [web.loadBalancerArn], Tags: keys.map((Key) => ({ Key })) })),
    );
  await expect(add(['a', 'a'])).rejects.toMatchObject({ name: 'DuplicateTagKeysException' });
  await add(Array.from({ length: 50 }, (_, index) => `k${index}`));
  await expect(add(['one-more'])).rejects.toMatchObject({ name: 'TooManyTagsException' });
  await add(['k0']);
});

test('the health check of instances stays enabled: saying so is no change, switching it off is refused', async () => {
  const modify = (HealthCheckEnabled: boolean) =>
    web.ask(web.elb.send(new ModifyTargetGroupCommand({ TargetGroupArn: web.targetGroupArn, HealthCheckEnabled })));
  expect((await modify(true)).TargetGroups?.[0]?.HealthCheckEnabled).toBe(true);
  await expect(modify(false)).rejects.toThrow("must be true for target groups with target type 'instance'");
});
