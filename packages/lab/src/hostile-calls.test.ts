// Nothing that a client sends on the API ends the lab, or is answered with a defect of its own (front door, D1).
import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ServiceDefinition } from './control-plane/types.js';
import { createWeb, type Web } from './machines/simulated/testing/create-web.js';
import { findOperationSchema } from './protocols/operation-schema.js';
import { hostileMembers, type WireMember, writeCall } from './protocols/testing/hostile-call.js';
import { SERVICES } from './services/index.js';

const MOST_CALLS = 40;
const HOUR_MS = 3_600_000;
// An hour of a thousand instances, whose health is looked at every few seconds, would be minutes of work.
const MOST_INSTANCES = 20;

const operations: readonly (readonly [ServiceDefinition, string])[] = SERVICES.flatMap((service) =>
  Object.keys(service.operations).map((name) => [service, name] as const),
);

const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

/** What exists in the lab now and what is well formed, by the names of members that ask for it. */
function suggestFor(web: Web) {
  const { ec2, elbv2, autoScaling, iam, ssm } = web.lab.state;
  const some = (book: { keys(): Iterable<string> }) => [...book.keys()].slice(0, 3);
  const books: readonly (readonly [RegExp, () => readonly string[]])[] = [
    [/TargetGroupARN/i, () => some(elbv2.targetGroups)],
    [/LoadBalancerArn/i, () => some(elbv2.loadBalancers)],
    [/ListenerArn/i, () => some(elbv2.listeners)],
    [/RuleArn/, () => [...elbv2.listeners.values()].flatMap(({ rules }) => some(rules)).slice(0, 3)],
    [/ResourceArn/i, () => [...some(elbv2.targetGroups), ...some(elbv2.loadBalancers)]],
    [/AutoScalingGroupName|ResourceId$/, () => [...some(autoScaling.groups), '/app/a']],
    [/RouteTableId/, () => some(ec2.routeTables)],
    [/VpcEndpointId/, () => some(ec2.vpcEndpoints)],
    [/Vpc/, () => some(ec2.vpcs)],
    [/Subnet|VPCZone/, () => some(ec2.subnets)],
    [/Group(Id|s|Ids)?$/, () => some(ec2.securityGroups)],
    [/InstanceId|^Target|^Id$/, () => some(ec2.instances)],
    [/ImageId/, () => some(ec2.images)],
    [/LaunchTemplateId/, () => some(ec2.launchTemplates)],
    [/LaunchTemplateName/, () => ['web']],
    [/Version|Source/, () => ['$Latest', '1']],
    [/Zone/, () => ['us-west-2a', 'us-west-2b']],
    [/InstanceType/, () => ['t3.micro']],
    [/Cidr/, () => ['10.0.0.0/24', '0.0.0.0/0', '10.1.0.0/16']],
    [/Protocol/, () => ['HTTP', 'tcp', '-1']],
    [/Role|InstanceProfile/, () => [...some(iam.roles), 'app']],
    [/Policy(Document|InputList)/, () => [POLICY]],
    [/Resources?$|ResourceIds/, () => [...some(ec2.instances), ...some(ec2.vpcs)]],
    [/^Type$/, () => ['String', 'SecureString', 'forward', 'fixed-response']],
    [/^Names?$|^Path$|^Label/, () => [...some(ssm.parameters), '/app/a', '/app', 'web', 'app']],
    [/Time/, () => ['2018-11-12T00:00:00Z']],
    [/Lifecycle/, () => ['hook', 'autoscaling:EC2_INSTANCE_LAUNCHING', 'CONTINUE']],
    [/./, () => ['app', 'web', '1']],
  ];
  return (memberName: string) => books.find(([pattern]) => pattern.test(memberName))?.[1]() ?? [];
}

async function call(web: Web, service: ServiceDefinition, name: string, members: readonly WireMember[]) {
  const answer = await web.ask(web.lab.handle(writeCall(service, name, members), { kind: 'endpoint' }));
  const text = Buffer.from(answer.body).toString('utf8');
  return { statusCode: answer.statusCode, text };
}

/** The operations to call, and for each the random draws that become its members in the lab of the moment. */
const plans = fc.array(fc.tuple(fc.constantFrom(...operations), fc.integer()), {
  minLength: 10,
  maxLength: MOST_CALLS,
});

test('whatever the members of an operation hold, the lab answers as AWS would and goes on', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const web = await createWeb({ lab: { instanceLimit: MOST_INSTANCES } });
      const suggest = suggestFor(web);
      for (const [[service, name], seed] of plan) {
        const schema = findOperationSchema(service, name);
        if (schema === undefined) throw new Error(`The SDK has no ${name}.`);
        const [members = []] = fc.sample(hostileMembers(schema.input, service.protocol, suggest), { seed, numRuns: 1 });
        const { statusCode, text } = await call(web, service, name, members);
        expect({ name, members, defect: statusCode >= 500 ? text : undefined }).toEqual({
          name,
          members,
          defect: undefined,
        });
        if (statusCode === 200) accepted += 1;
      }
      await web.clock.advance(HOUR_MS);
      expect(web.defects).toEqual([]);
      await web.lab.close();
    }),
    { numRuns: 12, endOnFailure: true },
  );
  // Calls that are all refused at the door would prove nothing.
  expect(accepted).toBeGreaterThan(20);
});

test('a group may want more than any lab can run: the quota answers, and the lab goes on', async () => {
  const web = await createWeb({ lab: { instanceLimit: 5 } });
  const wish = { AutoScalingGroupName: 'web', MaxSize: 10_000_000, DesiredCapacity: 10_000_000 };
  await web.ask(web.autoScaling.send(new UpdateAutoScalingGroupCommand(wish)));
  await web.clock.advance(60_000);
  expect(await web.inService()).toHaveLength(5);
  const [last] = await web.activities();
  expect(last).toMatchObject({ StatusCode: 'Failed', StatusMessage: expect.stringContaining('instance limit of 5') });
  const launch = {
    ImageId: web.goodImageId,
    InstanceType: 't3.micro',
    SubnetId: web.subnetIds[0],
    MinCount: 1,
    MaxCount: 9,
  };
  await expect(
    web.ask(web.ec2.send(new RunInstancesCommand(launch as RunInstancesCommandInput))),
  ).rejects.toMatchObject({
    name: 'InstanceLimitExceeded',
  });
  await web.lab.close();
});
