// Deployers that are killed (SIGKILL) at random instants, in a lab of real processes, under load, over a road with accidents; then
// somebody goes on. All new or all old, the group as it was, nobody holds it, and nobody was failed.
//
// A machine that has no time for the lab's own processes fails users whoever deploys. A site beside this one, which nobody changes, tells:
// a kill that ends badly while the users of that site were failed, too, is skipped, and said so. One that ends well counts.
//
//   KILLS=60 SEED=7 npx vitest run --config vitest.system.config.ts test/system/kills.test.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplatesCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type ProcessLab, startProcessLab } from '@directrix/lab';
import type { RolloutDocument } from 'directrix';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLabTime } from '../../examples/hyperbola/src/replay/lab-time.js';
import { startTraffic, type Traffic } from '../../examples/hyperbola/src/replay/traffic.js';
import { groupName, prepare } from '../../examples/hyperbola/src/scenario.js';
import { createChance } from '../../packages/rollout/src/simulation/random.js';
import { type ControlSite, startControlSite } from './tools/control-site.js';
import { type FaultyRoad, openFaultyRoad } from './tools/faulty-road.js';
import { until } from './tools/real-lab.js';

const KILLS = Number(process.env.KILLS ?? 3);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const SPEED = 10;
const REQUESTS_PER_SECOND = 3;
const FLEET_SIZE = 3;
/** A rollout of a good release takes about this long, in milliseconds of the wall. */
const ROLLOUT_MS = 30_000;

const directrix = join(
  dirname(createRequire(import.meta.url).resolve('directrix/package.json')),
  'bin',
  'directrix.js',
);
const server = fileURLToPath(new URL('../acceptance/fixtures/healthy-and-broken.mjs', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'dx-'));
const chance = createChance(SEED);
let lab: ProcessLab;
let road: FaultyRoad;
let traffic: Traffic;
let control: ControlSite;
let clients: { autoScaling: AutoScalingClient; ec2: EC2Client; elb: ElasticLoadBalancingV2Client };

beforeAll(async () => {
  lab = await startProcessLab({ port: 0, speed: SPEED, runDirectory: join(directory, 'run') });
  await prepare({ variant: 'N5', endpoint: lab.endpoint.url, env: { ...lab.env } });
  road = await openFaultyRoad(lab.endpoint.url, createChance(SEED + 1).next);
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = lab.env;
  const config = { region, endpoint: lab.endpoint.url, credentials: { accessKeyId, secretAccessKey } };
  clients = {
    autoScaling: new AutoScalingClient(config),
    ec2: new EC2Client(config),
    elb: new ElasticLoadBalancingV2Client(config),
  };
  const time = startLabTime(SPEED, new AbortController().signal);
  const url = lab.status().listeners[0]!.url!;
  await until(look, isWhole);
  control = await startControlSite(clients, groupName, url);
  traffic = startTraffic(url, REQUESTS_PER_SECOND, time);
});

afterAll(async () => {
  await traffic?.stop();
  await control?.stop();
  await road?.close();
  for (const client of Object.values(clients ?? {})) client.destroy();
  await lab?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** `serves`, or never becomes healthy. */
async function registerRelease(version: string, isGood: boolean): Promise<void> {
  const image = join(directory, version);
  mkdirSync(image);
  const command = isGood ? ['node', server] : ['node', '-e', 'console.log("it cannot start"); process.exit(1)'];
  const service = { name: 'web', command, env: { VERSION: version, CONDUCT: 'serves' } };
  writeFileSync(join(image, 'instance.json'), JSON.stringify({ services: [service] }));
  const Tags = [
    { Key: 'Version', Value: version },
    { Key: 'directrix:secrets', Value: 'none' },
  ];
  await clients.ec2.send(
    new RegisterImageCommand({
      Name: `web-${version}`,
      ImageLocation: image,
      Architecture: 'x86_64',
      TagSpecifications: [{ ResourceType: 'image', Tags }],
    }),
  );
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [directrix, ...args, '--json'], {
    env: { ...process.env, ...lab.env, AWS_ENDPOINT_URL: road.url, XDG_STATE_HOME: directory, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    stderr,
    document: (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as Partial<RolloutDocument> & {
      readonly lease?: { readonly isActive: boolean };
    },
  }));
  return { child, closed };
}

const run = (args: readonly string[]) => start(args).closed;

/** What a user could see changed in the group, and which releases serve. */
async function look() {
  const { AutoScalingGroups } = await clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  const { Instances = [], ...settings } = AutoScalingGroups!.find((each) => each.AutoScalingGroupName === groupName)!;
  const { TargetHealthDescriptions = [] } = await clients.elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: settings.TargetGroupARNs![0] }),
  );
  const { LaunchTemplates = [] } = await clients.ec2.send(new DescribeLaunchTemplatesCommand({}));
  const healthy = new Set(
    TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').map(
      ({ Target }) => Target!.Id,
    ),
  );
  const serving = Instances.filter(
    ({ LifecycleState, InstanceId }) => LifecycleState === 'InService' && healthy.has(InstanceId),
  );
  return {
    settings,
    defaultVersions: LaunchTemplates.map(({ DefaultVersionNumber }) => DefaultVersionNumber),
    latestVersions: LaunchTemplates.map(({ LatestVersionNumber }) => LatestVersionNumber),
    states: Instances.map(({ LifecycleState }) => LifecycleState).sort(),
    versions: serving.map(({ InstanceId }) => versionOf(InstanceId!)).sort(),
  };
}

function versionOf(instanceId: string): string {
  const { ec2 } = lab.lab.state;
  const imageId = ec2.instances.get(instanceId)?.instance.ImageId ?? '';
  return ec2.tags.get(imageId)?.find(({ Key }) => Key === 'Version')?.Value ?? 'unknown';
}

const isWhole = ({ versions, states }: Awaited<ReturnType<typeof look>>) =>
  versions.length === FLEET_SIZE && states.every((state) => state === 'InService') && states.length === FLEET_SIZE;

test.for(Array.from({ length: KILLS }, (_, index) => ({ kill: index + 1 })))(
  `kill $kill of ${KILLS} (SEED=${SEED})`,
  { timeout: 300_000 },
  async ({ kill }, context) => {
    const controlFailed = control.failed();
    try {
      await killAndGoOn(kill);
    } catch (error) {
      const failed = control.failed() - controlFailed;
      if (failed === 0) throw error;
      context.skip(
        `the lab is starved: ${failed} requests of the site that nobody changes failed, too: ${String(error)}`,
      );
    }
  },
);

async function killAndGoOn(kill: number): Promise<void> {
  const before = await until(look, isWhole);
  const isGood = chance.isTrue(0.6);
  const version = `1.0.${kill}`;
  const next = chance.pick(['resume', 'abort', 'deploy']) ?? 'resume';
  const afterMs = chance.between(0, ROLLOUT_MS);
  await registerRelease(version, isGood);
  const failedBefore = traffic.record.summarize().failed;
  const deployArgs = ['deploy', '--group', groupName, '--version', version, '--bake', '30s'];

  const { child, closed } = start(deployArgs);
  await Promise.race([closed, sleep(afterMs, undefined, { ref: false })]);
  child.kill('SIGKILL');
  const first = await closed;
  const second = await run(next === 'deploy' ? deployArgs : [next, '--group', groupName]);
  const code = (second.document as { error?: { code?: string } }).error?.code;
  // A deploy does not take over what another one left: it names the ways.
  const third = code === 'ROLLOUT_UNFINISHED' ? await run(['resume', '--group', groupName]) : second;

  if (process.env.KILLS !== undefined) console.log(second.stderr.slice(-1_500));
  const story = { kill, isGood, next, afterMs, first: first.exitCode, code, outcome: third.document.outcome };
  const after = await until(look, isWhole);
  const isNew = after.versions.every((each) => each === version);
  const isOld = after.versions.every((each) => each === before.versions[0]);
  expect({ ...story, versions: after.versions, isOneRelease: isNew || isOld }).toMatchObject({ isOneRelease: true });
  expect({ ...story, settings: after.settings, defaults: after.defaultVersions }).toEqual({
    ...story,
    settings: before.settings,
    defaults: before.defaultVersions,
  });
  if (isOld) expect({ ...story, latest: after.latestVersions }).toEqual({ ...story, latest: before.latestVersions });
  if (!isGood) expect({ ...story, isOld }).toMatchObject({ isOld: true });
  const { exitCode } = third;
  // The deployer died before it had begun, or after its end.
  if (code === 'NOTHING_TO_RESUME') expect({ ...story, exitCode }).toEqual({ ...story, exitCode: 2 });
  else if (isNew) expect({ ...story, exitCode }).toEqual({ ...story, outcome: 'done', exitCode: 0 });
  else expect({ ...story, exitCode }).toEqual({ ...story, outcome: 'rolledBack', exitCode: 1 });
  const status = await run(['status', '--group', groupName]);
  expect({ ...story, isHeld: status.document.lease?.isActive ?? false }).toMatchObject({ isHeld: false });
  const { failed, failures } = traffic.record.summarize();
  expect({ ...story, failed: failed - failedBefore, failures }).toMatchObject({ failed: 0 });
}

test('accidents happened on the road', () => {
  const total = Object.values(road.accidents).reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(0);
});
