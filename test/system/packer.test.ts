// The real Packer and the real Ansible of Debian, with templates that know nothing of Directrix. Nothing speaks SSH in this lab: the builders have no
// communicator, and their provisioners run here.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateDefaultVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RealLab, startRealLab, until } from './tools/real-lab.js';

const directrix = join(
  dirname(createRequire(import.meta.url).resolve('directrix/package.json')),
  'bin',
  'directrix.js',
);

let real: RealLab;
let ec2: EC2Client;
let directory: string;
let variables: readonly string[];

beforeAll(async () => {
  real = await startRealLab();
  ec2 = new EC2Client({
    region: 'us-west-2',
    endpoint: real.endpoint.url,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await ec2.send(new CreateDefaultVpcCommand({}));
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  const ImageLocation = 'simulated:{"bootMs":1000,"version":"1"}';
  const { ImageId } = await ec2.send(new RegisterImageCommand({ Name: 'base', ImageLocation }));
  variables = [`endpoint=${real.endpoint.url}`, `base=${ImageId}`, `subnet=${Subnets?.[0]?.SubnetId}`].flatMap(
    (one) => ['--var', one],
  );
});

afterAll(async () => {
  ec2.destroy();
  await real.close();
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-packer-'));
});

function template(provisioner: object): void {
  const builder = {
    type: 'amazon-ebs',
    name: 'web',
    region: 'us-west-2',
    custom_endpoint_ec2: '{{user `endpoint`}}',
    skip_region_validation: true,
    skip_metadata_api_check: true,
    source_ami: '{{user `base`}}',
    subnet_id: '{{user `subnet`}}',
    instance_type: 't3.micro',
    communicator: 'none',
    ami_name: 'web {{timestamp}}',
  };
  const text = { variables: { endpoint: '', base: '', subnet: '' }, builders: [builder], provisioners: [provisioner] };
  writeFileSync(join(directory, 'template.json'), JSON.stringify(text));
}

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

function start(...argv: readonly string[]): Run {
  const env = {
    ...real.environment,
    AWS_REGION: 'us-west-2',
    AWS_POLL_DELAY_SECONDS: '1',
    HOME: directory,
    XDG_STATE_HOME: join(directory, 'state'),
  };
  const child = spawn(process.execPath, [directrix, 'bake', ...argv], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  return { child, ended: new Promise((done) => child.on('close', (code) => done({ code, ...written }))) };
}

const bake = (version: string, ...argv: readonly string[]) =>
  start('template.json', ...variables, '--version', version, ...argv);

async function leftovers() {
  const states = ['pending', 'running', 'stopping', 'stopped'];
  const [instances, keys, groups] = await Promise.all([
    ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-state-name', Values: states }] })),
    ec2.send(new DescribeKeyPairsCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['packer_*'] }] })),
  ]);
  return [instances.Reservations, keys.KeyPairs, groups.SecurityGroups].map((list) => list?.length);
}

describe('the real Packer', () => {
  test('bakes a template of somebody else, and the image says its version', async () => {
    template({ type: 'shell-local', inline: ['echo hello, world'] });
    const { code, stdout, stderr } = await bake('0.149.4').ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('  hello, world\n')]);
    const { Images } = await ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: 'tag:Version', Values: ['0.149.4'] }] }),
    );
    expect(Images).toHaveLength(1);
    expect(stdout).toContain(`Baked 0.149.4: ${Images?.[0]?.ImageId} in us-west-2 from ami-`);
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  test('fails where its provisioner says, and nothing is left', async () => {
    template({ type: 'shell-local', inline: ['echo "E: Unable to locate package nginx"', 'exit 100'] });
    const { code, stderr } = await bake('0.149.3').ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error BAKE_FAILED: The bake failed in local shell script .*: Script exited with non-zero exit status: 100/,
    );
    expect(stderr).toContain('  | E: Unable to locate package nginx\n');
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('interrupted by %s it takes its builder away', async (signal) => {
    template({ type: 'shell-local', inline: ['echo begun', 'sleep 300'] });
    const { child, ended } = bake('0.149.5');
    await until(leftovers, ([instances]) => instances === 1, 60_000);
    child.kill(signal);
    expect((await ended).code).toBe(130);
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  test('killed with directrix in any step, nothing is left after the next command', async () => {
    template({ type: 'shell-local', inline: ['echo begun'] });
    const snapshots = async () =>
      (await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots?.length;
    const before = await snapshots();
    // The first builder that is seen at all, one that runs, one that has been stopped for its image.
    for (const state of ['pending', 'running', 'stopping']) {
      const { child, ended } = bake('0.149.6', '--no-preflight');
      const seen = async () => {
        const { Reservations = [] } = await ec2.send(
          new DescribeInstancesCommand({ Filters: [{ Name: 'instance-state-name', Values: [state, 'stopped'] }] }),
        );
        return Reservations.length;
      };
      await until(seen, (count) => count > 0, 60_000);
      child.kill('SIGKILL');
      await ended;
      const cleaned = await start('--clean').ended;
      expect([state, cleaned.code]).toEqual([state, 0]);
      await until(leftovers, (counts) => counts.every((count) => count === 0), 60_000);
    }
    expect(await snapshots()).toBe(before);
  });
});

describe('0.149.1: a configuration that Ansible cannot read', () => {
  test('is told before anything is launched', async () => {
    template({ type: 'ansible', playbook_file: 'site.yml' });
    writeFileSync(join(directory, 'site.yml'), '- hosts: all\n  tasks: []\n');
    writeFileSync(join(directory, 'ansible.cfg'), '[defaults\nroles_path = roles\n');
    const seen = async () => {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
      return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
    };
    // Those that terminated an hour of the lab's time ago may go meanwhile.
    const before = new Set(await seen());
    const { code, stderr } = await bake('0.149.1').ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('fault BAKE_PLAYBOOK_INVALID: site.yml: ')]);
    expect((await seen()).filter((id) => !before.has(id))).toEqual([]);
  });

  test('nor a playbook', async () => {
    template({ type: 'ansible', playbook_file: 'site.yml' });
    writeFileSync(join(directory, 'site.yml'), '- hosts: all\n  taks: []\n');
    const { code, stderr } = await bake('0.149.1').ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining("'taks' is not a valid attribute for a Play")]);
  });
});

test('nothing of this was a defect of the lab', () => {
  expect(real.defects).toEqual([]);
});
