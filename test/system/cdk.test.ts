// The unmodified CDK CLI against the lab's real endpoint, with each synthesizer: deploy, diff, an update, one that fails, destroy. The
// default synthesizer is that of the story, which is told here once.
//
// Stacks are synthesized here and given to the CLI as cloud assemblies, so that each command is the CLI's own work and no more.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  App,
  aws_autoscaling as autoscaling,
  BootstraplessSynthesizer,
  CfnOutput,
  CliCredentialsStackSynthesizer,
  Duration,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  Stack,
  aws_ssm as ssm,
} from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RealLab, startRealLab } from './tools/real-lab.js';

// Each test starts the CLI several times, and the story all of the house: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 300_000 });

const ACCOUNT = '123456789012';
const REGION = 'us-west-2';
const CLI = join(createRequire(import.meta.url).resolve('aws-cdk/package.json'), '../bin/cdk');

let real: RealLab;
let directory: string;
let imageId: string;

beforeAll(async () => {
  // The CLI's SDK takes a clock that runs away for a skewed one, and repeats what was refused: the lab keeps the time of the wall.
  real = await startRealLab({
    speed: 1,
    timing: {
      stackStepMs: 100,
      vpcEndpointPendingMs: 500,
      instancePendingMs: 500,
      instanceShutdownMs: 500,
      groupPollMs: 500,
    },
  });
  directory = mkdtempSync(join(tmpdir(), 'directrix-cdk-'));
  const client = new EC2Client(clientOptions());
  const ImageLocation = 'simulated:{"bootMs":200}';
  const image = { Name: 'web', Architecture: 'x86_64', RootDeviceName: '/dev/xvda', ImageLocation } as const;
  imageId = (await client.send(new RegisterImageCommand(image))).ImageId!;
});

const clientOptions = () => ({
  endpoint: real.endpoint.url,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

afterAll(async () => {
  await real.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Site {
  readonly synthesizer: IStackSynthesizer;
  /** What the second deployment changes. */
  readonly colour?: string;
  /** A subnet that does not fit, after everything else. */
  readonly isBad?: boolean;
}

/** A small site as a cloud assembly; its directory. */
function synthesize({ synthesizer, colour = 'blue', isBad = false }: Site): string {
  const outdir = mkdtempSync(join(directory, 'out-'));
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Site', {
    synthesizer,
    env: { account: ACCOUNT, region: REGION },
    tags: { team: 'web' },
  });
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    availabilityZones: [`${REGION}a`, `${REGION}b`],
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
  });
  const group = new autoscaling.AutoScalingGroup(stack, 'Group', {
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.genericLinux({ [REGION]: imageId }),
  });
  const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc, internetFacing: true });
  balancer
    .addListener('Http', { port: 80 })
    .addTargets('Web', { port: 80, targets: [group], deregistrationDelay: Duration.seconds(0) });
  const parameter = new ssm.StringParameter(stack, 'Colour', { parameterName: '/site/colour', stringValue: colour });
  parameter.grantRead(group);
  if (isBad) {
    const bad = new ec2.CfnSubnet(stack, 'Bad', { vpcId: vpc.vpcId, cidrBlock: '11.0.0.0/24' });
    bad.node.addDependency(parameter);
  }
  new CfnOutput(stack, 'Url', { value: `http://${balancer.loadBalancerDnsName}` });
  app.synth();
  return outdir;
}

interface Outcome {
  readonly code: number;
  readonly text: string;
}

function cdk(...words: readonly string[]): Promise<Outcome> {
  const env = { ...real.environment, AWS_REGION: REGION, HOME: directory, NO_COLOR: '1', CI: 'true' };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...words], { env, cwd: directory }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, text: `${stdout}${stderr}` });
    });
  });
}

const deploy = (outdir: string) =>
  cdk('deploy', '--app', outdir, '--require-approval', 'never', '--progress', 'events');

/** What is left of what a site makes. */
function left() {
  const { ec2: network, autoScaling, elbv2: balancing, iam, ssm: store } = real.lab.state;
  return {
    vpcs: network.vpcs.size,
    groups: autoScaling.groups.size,
    balancers: balancing.loadBalancers.size,
    roles: [...iam.roles.keys()].filter((name) => name.startsWith('Site')),
    parameters: [...store.parameters.keys()].filter((name) => name.startsWith('/site')),
  };
}

const NOTHING = { vpcs: 0, groups: 0, balancers: 0, roles: [], parameters: [] };
const colourNow = () => real.lab.state.ssm.parameters.get('/site/colour')?.versions.at(-1)?.Value;

test('cdk bootstrap makes its stack', async () => {
  const bootstrapped = await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  expect(bootstrapped).toMatchObject({ code: 0 });
  expect(real.lab.state.ssm.parameters.has('/cdk-bootstrap/hnb659fds/version')).toBe(true);
});

test.each([
  ['bootstrapless', () => new BootstraplessSynthesizer()],
  ['CliCredentials', () => new CliCredentialsStackSynthesizer()],
] as const)('cdk deploy, diff and destroy with the %s synthesizer', async (_name, synthesizer) => {
  const outdir = synthesize({ synthesizer: synthesizer() });
  expect(await deploy(outdir)).toMatchObject({ code: 0 });
  expect(colourNow()).toBe('blue');
  expect(await cdk('diff', '--app', outdir, '--fail')).toMatchObject({
    code: 0,
    text: expect.stringContaining('There were no differences'),
  });
  expect(await cdk('destroy', '--app', outdir, '--force')).toMatchObject({ code: 0 });
  expect(left()).toEqual(NOTHING);
});

test('with the legacy synthesizer an update is deployed, and one that fails half-way rolls back', async () => {
  const make = (more: Partial<Site> = {}) => synthesize({ synthesizer: new LegacyStackSynthesizer(), ...more });
  expect(await deploy(make())).toMatchObject({ code: 0 });
  const red = make({ colour: 'red' });
  expect(await cdk('diff', '--app', red, '--fail')).toMatchObject({ code: 1, text: expect.stringContaining('red') });
  expect(await deploy(red)).toMatchObject({ code: 0 });
  expect(colourNow()).toBe('red');
  // As on AWS: what somebody has changed by hand is no difference between two templates.
  await new SSMClient(clientOptions()).send(
    new PutParameterCommand({ Name: '/site/colour', Value: 'grey', Overwrite: true }),
  );
  expect(await cdk('diff', '--app', red, '--fail')).toMatchObject({ code: 0 });
  expect(await deploy(red)).toMatchObject({ code: 0, text: expect.stringContaining('(no changes)') });
  expect(colourNow()).toBe('grey');
  const bad = await deploy(make({ colour: 'green', isBad: true }));
  expect(bad).toMatchObject({ code: 1, text: expect.stringContaining("The CIDR '11.0.0.0/24' is invalid") });
  // The value that the stack had, which is the one that a rollback brings back.
  expect(colourNow()).toBe('red');
  expect(await cdk('destroy', '--app', red, '--force')).toMatchObject({ code: 0 });
  expect(left()).toEqual(NOTHING);
  expect(real.defects).toEqual([]);
});

test('the story: each network as an update of the stack, and what preflight and deploy say between them', async () => {
  const story = join(import.meta.dirname, '../../examples/hyperbola/infrastructure/dist/story/main.js');
  const env = { ...process.env, XDG_STATE_HOME: directory };
  const told = await new Promise<Outcome>((resolve) => {
    execFile(process.execPath, [story], { env, cwd: directory }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, text: `${stdout}${stderr}` }),
    );
  });
  expect(told).toMatchObject({ code: 0, text: expect.stringContaining('All as expected') });
});
