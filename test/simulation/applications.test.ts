// Other people's applications of the CDK, deployed into the lab as CloudFormation gets them, and deleted without a trace.
import { RegisterImageCommand } from '@aws-sdk/client-ec2';
import { simulatedImageLocation } from '@directrix/lab';
import type { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  FleetStack,
  LoadBalancerStack,
  NatInstanceStack,
  NetworkStack,
  ServerStack,
  SettingsStack,
} from './applications/applications.js';
import { Site } from './site.js';
import { openStacks, type Stacks, synthesizeAll } from './stacks.js';

// The first synthesis loads aws-cdk-lib: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let site: Site;
let stacks: Stacks;

beforeAll(async () => {
  site = await Site.createEmpty();
  stacks = openStacks(site);
  for (const architecture of ['x86_64', 'arm64'] as const)
    await site.run(
      site.clients.ec2.send(
        new RegisterImageCommand({
          Name: `al2023-${architecture}`,
          ImageLocation: simulatedImageLocation({ bootMs: 5_000 }),
          Architecture: architecture,
          RootDeviceName: '/dev/xvda',
          TagSpecifications: [{ ResourceType: 'image', Tags: [standsInFor(architecture)] }],
        }),
      ),
    );
});

// The lab has no image of AWS's own: an image says which of their public parameters it stands in for.
const standsInFor = (architecture: string) => ({
  Key: 'directrix:public-parameters',
  Value: [`al2023-ami-kernel-6.1-${architecture}`, `amzn2-ami-kernel-5.10-hvm-${architecture}-gp2`]
    .map((name) => `/aws/service/ami-amazon-linux-latest/${name}`)
    .join(' '),
});

afterAll(async () => {
  await site.close();
});

/** What is in the lab besides parameters of AWS's own. */
function inventory() {
  const { ec2, elbv2, autoScaling, iam, ssm, logs, s3, cloudWatch } = site.lab.state;
  const isGone = (state: string | undefined) => state === 'terminated';
  return {
    instances: [...ec2.instances.values()].filter(({ instance }) => !isGone(instance.State?.Name)).length,
    ...Object.fromEntries(
      Object.entries({
        vpcs: ec2.vpcs,
        groups: ec2.securityGroups,
        addresses: ec2.addresses,
        templates: ec2.launchTemplates,
        volumes: ec2.volumes,
        autoScaling: autoScaling.groups,
        balancers: elbv2.loadBalancers,
        targets: elbv2.targetGroups,
        roles: iam.roles,
        profiles: iam.instanceProfiles,
        parameters: ssm.parameters,
        logs: logs.groups,
        buckets: s3.buckets,
        alarms: cloudWatch.alarms,
      }).map(([name, all]) => [name, all.size]),
    ),
  };
}

test.each([
  ['LoadBalancer', LoadBalancerStack],
  ['Server', ServerStack],
  ['NatInstance', NatInstanceStack],
  ['Settings', SettingsStack],
] as const)('%s', async (name, Application) => {
  const empty = inventory();
  const [template] = synthesizeAll((app, props) => [new Application(app, props)]);
  const made = await stacks.create(name, template!);
  expect(await stacks.failures(name)).toEqual([]);
  expect(made).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  await expect(stacks.update(name, template!)).rejects.toMatchObject({ message: 'No updates are to be performed.' });
  const gone = await stacks.delete(name);
  expect(await stacks.failures(made.StackId!)).toEqual([]);
  expect(gone).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  expect(inventory()).toEqual(empty);
});

test('two stacks, of which one lends the other its network', async () => {
  const empty = inventory();
  const [network, fleet] = synthesizeAll((app: App, props) => {
    const first = new NetworkStack(app, props);
    return [first, new FleetStack(app, { ...props, vpc: first.vpc })];
  });
  const tags = [{ Key: 'layer', Value: 'network' }];
  const lent = await stacks.create('Network', network!, {}, tags);
  expect(await stacks.failures('Network')).toEqual([]);
  expect(lent).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    Tags: tags,
  });
  const made = await stacks.create('Fleet', fleet!);
  expect(await stacks.failures('Fleet')).toEqual([]);
  expect(made).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  expect(await stacks.delete('Network')).toMatchObject({
    StackStatus: 'DELETE_FAILED',
    StackStatusReason: expect.stringContaining('as it is in use by Fleet'),
  });
  expect(await stacks.delete('Fleet')).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  expect(await stacks.delete('Network')).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  expect(inventory()).toEqual(empty);
});
