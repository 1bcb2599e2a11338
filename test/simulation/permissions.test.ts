// The policy that `directrix iam-policy` prints is enough, and holds nothing that is not used: the deployer of these tests is a role that
// has it and nothing else, and every call that it makes is compared with the list.

import {
  CreateLaunchTemplateVersionCommand,
  DescribeSubnetsCommand,
  ModifyLaunchTemplateCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { createAwsClients } from '@directrix/aws';
import { deployerPermissions, freeActions } from '@directrix/preflight';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandResult, Site } from './site.js';

const path = '/app/production/';
const tags = { 'directrix:secrets': path, 'directrix:secret-names': 'KEY' };

/** Calls of the list that these tests cannot bring about, and why. */
const unseen: Readonly<Record<string, string>> = {
  'ec2:DescribeTransitGatewayRouteTables': 'the lab has no transit gateways',
  'ec2:GetTransitGatewayRouteTableAssociations': 'the lab has no transit gateways',
  'ec2:SearchTransitGatewayRoutes': 'the lab has no transit gateways',
  'ec2:DescribeDhcpOptions': 'only where a VPC has DHCP options of its own',
  'elasticloadbalancing:ModifyRule': 'only where a rule leads users to the group: canary.test.ts',
  'iam:GetPolicy': 'the lab has no policies that a customer manages',
  'iam:GetPolicyVersion': 'the lab has no policies that a customer manages',
  'logs:FilterLogEvents': 'no image here says that its instances ship their journal: logs.test.ts',
  'route53:ListResourceRecordSets': 'the lab has no hosted zones',
  'ssm:UnlabelParameterVersion': 'only where a version has ten labels: secret-releases.test.ts',
};

let site: Site;
let credentials: ReturnType<Site['credentialsOf']>;
const calls = new Set<string>();

/** As the deployer, who has the policy. */
function directrix(argv: readonly string[], more: { onCall?: (action: string) => void; signal?: AbortSignal } = {}) {
  const onCall = (action: string) => {
    calls.add(action);
    more.onCall?.(action);
  };
  return site.directrix(argv, {
    signal: more.signal,
    wrapClients: () =>
      createAwsClients({
        version: '0.0.0',
        region: 'us-west-2',
        credentials,
        maxAttempts: 1,
        requestHandler: site.lab.requestHandler,
        onCall,
      }),
  });
}

const deploy = (version: string, ...more: readonly string[]) => [
  ...['deploy', '--group', 'web', '--version', version, '--json', '--skip', 'all'],
  ...['--bake', '20s', '--start-timeout', '60s', '--no-probe', ...more],
];

beforeAll(async () => {
  site = await Site.create({ desired: 1, launchTemplateVersion: '$Default' });
  const { iam, ssm } = site.clients;
  const policy = await site.directrix([
    ...['iam-policy', '--group', 'web', '--secrets-path', path, '--label-secrets', '--alarms', '--canary'],
    ...['--region', 'us-west-2', '--account', '123456789012'],
  ]);
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  await site.run(
    (async () => {
      for (const RoleName of ['deployer', 'web']) {
        await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
        await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: RoleName }));
        await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: RoleName, RoleName }));
        await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: policy.stdout }));
      }
      await ssm.send(new PutParameterCommand({ Name: `${path}KEY`, Value: 'x', Type: 'SecureString' }));
    })(),
  );
  const ImageId = await site.registerRelease('2', {}, tags);
  await site.registerRelease('3', { fault: 'neverStarts' }, tags);
  await site.registerRelease('4', {}, tags);
  credentials = site.credentialsOf(await launchDeployer(ImageId));
});
afterAll(() => site.close());

async function launchDeployer(ImageId: string): Promise<string> {
  const { ec2 } = site.clients;
  const { Subnets } = await site.run(ec2.send(new DescribeSubnetsCommand({})));
  const { Instances } = await site.run(
    ec2.send(
      new RunInstancesCommand({
        ...{ ImageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', SubnetId: Subnets![0]!.SubnetId },
        IamInstanceProfile: { Name: 'deployer' },
      }),
    ),
  );
  return Instances![0]!.InstanceId!;
}

const expectNothingDenied = ({ stdout, stderr }: CommandResult) =>
  expect(`${stdout}${stderr}`).not.toMatch(/ACCESS_DENIED|not authorized|UnauthorizedOperation/);

/** What `$Default` means, from now on; made where there is no such version. */
async function setDefault(version: '1' | '2'): Promise<void> {
  const template = { LaunchTemplateName: 'web' };
  const LaunchTemplateData = { IamInstanceProfile: { Name: 'web' } };
  if (version === '2')
    await site.run(
      site.clients.ec2.send(
        new CreateLaunchTemplateVersionCommand({ ...template, SourceVersion: '1', LaunchTemplateData }),
      ),
    );
  await site.run(site.clients.ec2.send(new ModifyLaunchTemplateCommand({ ...template, DefaultVersion: version })));
}

test('it is enough to look', async () => {
  // With a role of the instances, which is looked at too.
  await setDefault('2');
  for (const argv of [
    ['status'],
    ['status', '--group', 'web', '--json'],
    ['preflight', '--group', 'web', '--version', '2'],
    ['reach', '--from', 'group:web', '--to', 'ssm:443'],
  ])
    expectNothingDenied(await directrix(argv));
  await setDefault('1');
});

test('it is enough to deploy a good release, and to go back from a bad one', async () => {
  // A canary is passed only where there are users.
  site.startTraffic();
  const good = await directrix(deploy('2', '--label-secrets', '--canary', '10%', '--canary-time', '1m'));
  expectNothingDenied(good);
  expect(good.exitCode).toBe(0);
  // Found before it joined the group, and in it.
  for (const more of [[], ['--no-prove']]) {
    const bad = await directrix(deploy('3', ...more));
    expectNothingDenied(bad);
    expect(bad.exitCode).toBe(1);
  }
});

test.each([
  ['an instance was tried outside of the group', 'elasticloadbalancing:RegisterTargets'],
  ['old instances were warm already', 'autoscaling:EnterStandby'],
])('it is enough to abort what was interrupted when %s', async (_name, last) => {
  const interruption = new AbortController();
  const onCall = (action: string) => {
    if (action === last) setImmediate(() => interruption.abort('SIGINT'));
  };
  const stopped = await directrix(deploy('4'), { onCall, signal: interruption.signal });
  expect(stopped.exitCode).toBe(130);
  await site.advance(60_000);
  const aborted = await directrix(['abort', '--group', 'web', '--json']);
  expectNothingDenied(aborted);
  expect(aborted.exitCode).toBe(1);
});

test('alarms are asked about; the lab has none', async () => {
  expect((await directrix(deploy('4', '--alarm', 'x'))).exitCode).toBe(2);
});

test('it holds what is called, and nothing else', () => {
  const listed = new Set(deployerPermissions.flatMap((set) => (set.isAskedAlong ? [] : set.actions)));
  const called = [...calls].filter((action) => !freeActions.includes(action));
  expect(called.filter((action) => !listed.has(action)).sort()).toEqual([]);
  expect([...listed].filter((action) => !calls.has(action)).sort()).toEqual(Object.keys(unseen).sort());
});
