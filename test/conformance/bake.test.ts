// `directrix bake` against a lab: a packer that says what Debian's says and has made what it says; the real one is in test/system.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateImageCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { createAwsClients } from '@directrix/aws';
import {
  createLab,
  createScaledClock,
  createSimulatedDataPlane,
  type Lab,
  simulatedImageLocation,
  startEndpoint,
} from '@directrix/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { prepare } from '../../examples/hyperbola/dist/scenario.js';
import { createTestIo } from '../../packages/cli/src/io.fixture.js';
import { runProgram } from '../../packages/cli/src/program.js';
import { createWorld } from '../../packages/cli/src/world.js';

const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
const env = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };

interface Bench {
  readonly lab: Lab;
  readonly ec2: EC2Client;
  readonly url: string;
  close(): Promise<void>;
}

async function openLab(variant?: string): Promise<Bench> {
  const lab = createLab({
    clock: createScaledClock({ speed: 200 }),
    dataPlane: createSimulatedDataPlane({ machineFor: () => ({ bootMs: 1_000 }) }),
  });
  const endpoint = await startEndpoint(lab, { port: 0 });
  const ec2 = new EC2Client({ region: 'us-west-2', endpoint: endpoint.url, credentials });
  if (variant !== undefined) await prepare({ variant, endpoint: endpoint.url, env });
  const close = async () => {
    ec2.destroy();
    await endpoint.close();
    await lab.close();
  };
  return { lab, ec2, url: endpoint.url, close };
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-bake-'));
  Object.assign(process.env, env);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A packer that prints these lines, and ends with the code. */
function packer(lines: readonly string[], code: number, then = ''): string {
  const file = join(directory, 'packer');
  const text = lines.map((line) => `1,${line}`).join('\n');
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$1$2" in\n-machine-readableversion) echo 1,,version,1.6.6;;\nvalidate*) exit 0;;\nbuild*)\ncat <<'LINES'\n${text}\nLINES\n${then}\nexit ${code};;\nesac\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

async function bake(bench: Bench, argv: readonly string[], options: { signal?: AbortSignal; isGone?: boolean } = {}) {
  const state = join(directory, 'state');
  const io = {
    ...createTestIo({
      env: { ...env, PATH: process.env.PATH ?? '', XDG_STATE_HOME: state },
      cwd: directory,
      ...(options.signal && { signal: options.signal }),
    }),
  };
  const clients = createAwsClients({ version: 'test', endpoint: bench.url });
  // Quick: what is waited for is the lab's time.
  const clock = {
    ...createWorld(io).clock,
    now: () => bench.lab.clock.now(),
    sleep: (ms: number) => bench.lab.clock.sleep(ms),
  };
  const code = await runProgram(['bake', ...argv], io, {
    ...createWorld(io),
    clients,
    clock,
    isProcessGone: () => options.isGone === true,
  });
  clients.destroy();
  return { code, ...io.written };
}

const template = (builder: object = {}) =>
  writeFileSync(
    join(directory, 't.json'),
    JSON.stringify({ builders: [{ type: 'amazon-ebs', name: 'web', ...builder }] }),
  );

describe('a bake', () => {
  let bench: Bench;
  let base: string;
  let place: { readonly SubnetId: string; readonly VpcId: string };
  let count = 0;

  beforeAll(async () => {
    bench = await openLab('N5');
    const { Subnets } = await bench.ec2.send(new DescribeSubnetsCommand({}));
    place = { SubnetId: Subnets?.[0]?.SubnetId ?? '', VpcId: Subnets?.[0]?.VpcId ?? '' };
    const ImageLocation = simulatedImageLocation({ version: '1' });
    base = (await bench.ec2.send(new RegisterImageCommand({ Name: 'base', ImageLocation }))).ImageId ?? '';
  }, 60_000);
  afterAll(() => bench.close());

  /** What Packer makes before it provisions, with the names that it says. */
  async function builder() {
    count += 1;
    const name = `packer_${count}`;
    await bench.ec2.send(new CreateKeyPairCommand({ KeyName: name, KeyType: 'ed25519' }));
    const group = { GroupName: name, Description: 'temporary', VpcId: place.VpcId };
    const { GroupId = '' } = await bench.ec2.send(new CreateSecurityGroupCommand(group));
    const launch = {
      ImageId: base,
      InstanceType: 't3.micro' as const,
      SubnetId: place.SubnetId,
      SecurityGroupIds: [GroupId],
      KeyName: name,
    };
    const { Instances } = await bench.ec2.send(new RunInstancesCommand({ ...launch, MinCount: 1, MaxCount: 1 }));
    const instanceId = Instances?.[0]?.InstanceId ?? '';
    await bench.lab.clock.sleep(10_000);
    const lines = [
      `,ui,say,==> web: Creating temporary keypair: ${name}`,
      `,ui,say,==> web: Creating temporary security group for this instance: ${name}`,
      `,ui,message,    web: Instance ID: ${instanceId}`,
    ];
    return { lines, instanceId };
  }

  async function leftovers() {
    const running = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }];
    const named = [{ Name: 'key-name', Values: ['packer_*'] }];
    const [instances, keys, groups, images] = await Promise.all([
      bench.ec2.send(new DescribeInstancesCommand({ Filters: [...running, ...named] })),
      bench.ec2.send(new DescribeKeyPairsCommand({ Filters: named })),
      bench.ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['packer_*'] }] })),
      bench.ec2.send(new DescribeImagesCommand({ Filters: [{ Name: 'name', Values: ['half *'] }] })),
    ]);
    return [instances.Reservations, keys.KeyPairs, groups.SecurityGroups, images.Images].map((list) => list?.length);
  }

  test('that succeeds tags the image with where it came from, and deploy finds it by its version', async () => {
    template();
    const { lines, instanceId } = await builder();
    const made = await bench.ec2.send(
      new CreateImageCommand({ InstanceId: instanceId, Name: 'web 0.149.4', NoReboot: true }),
    );
    writeFileSync(
      join(directory, 'secrets.json'),
      JSON.stringify({ schema: 'directrix.secrets-manifest/1', path: '/app/', names: ['KEY', 'DSN'] }),
    );
    const file = packer([...lines, `web,artifact,0,id,us-west-2:${made.ImageId}`], 0);
    const { code, stdout } = await bake(bench, [
      't.json',
      '--packer',
      file,
      '--version',
      '0.149.4',
      '--secrets-manifest',
      'secrets.json',
      '--no-preflight',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'directrix.bake/1',
      images: [{ imageId: made.ImageId }],
      baseImageId: base,
    });
    const { Images } = await bench.ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: 'tag:Version', Values: ['0.149.4'] }] }),
    );
    expect(Images?.find(({ ImageId }) => ImageId === made.ImageId)?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'directrix:secrets', Value: '/app/' },
        { Key: 'directrix:secret-names', Value: 'KEY DSN' },
        { Key: 'directrix:base-image', Value: base },
        { Key: 'directrix:template-digest', Value: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ]),
    );
    expect(await leftovers()).toEqual([0, 0, 0, 0]);
  });

  test('that fails is named, and nothing of it is left, although Packer took nothing away', async () => {
    template();
    const { lines, instanceId } = await builder();
    await bench.ec2.send(new CreateImageCommand({ InstanceId: instanceId, Name: 'half 1', NoReboot: true }));
    const file = packer(
      [
        ...lines,
        ',ui,say,==> web: Provisioning with shell script: setup.sh',
        ',ui,message,    web: /tmp/s.sh: line 3: nginx: command not found',
        'web,error,Script exited with non-zero exit status: 127',
      ],
      1,
    );
    const { code, stderr } = await bake(bench, ['t.json', '--packer', file, '--version', '1', '--no-preflight']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'error BAKE_FAILED: The bake failed in shell script setup.sh, at /tmp/s.sh line 3: nginx: command not found\n',
    );
    expect(await leftovers()).toEqual([0, 0, 0, 0]);
  });

  test('whose deployer was killed is cleaned up by the next command, and by no command while it lives', async () => {
    template();
    const { lines } = await builder();
    writeFileSync(join(directory, 'alive'), '');
    // Killed as a process is: the command is left where it is, in the middle of its packer.
    const died = bake(bench, [
      't.json',
      '--packer',
      packer(lines, 1, `while [ -e ${join(directory, 'alive')} ]; do sleep 0.1; done`),
      '--version',
      '1',
      '--no-preflight',
      '--timeout',
      '2h',
    ]);
    const isTagged = async () => {
      const { Reservations } = await bench.ec2.send(
        new DescribeInstancesCommand({ Filters: [{ Name: 'tag-key', Values: ['directrix:bake'] }] }),
      );
      return Reservations?.some(({ Instances }) => Instances?.some(({ State }) => State?.Name === 'running'));
    };
    while (!(await isTagged())) await bench.lab.clock.sleep(5_000);
    expect((await bake(bench, ['--clean'])).stdout).toBe('Nothing was left by any bake.\n');
    expect(await leftovers()).toEqual([1, 1, 1, 0]);
    const { code, stderr } = await bake(bench, ['--clean'], { isGone: true });
    expect([code, stderr.match(/removed what was left: (instance|key pair|security group)/g)?.length]).toEqual([0, 3]);
    expect(await leftovers()).toEqual([0, 0, 0, 0]);
    rmSync(join(directory, 'alive'));
    await died;
  }, 120_000);

  test.each([
    [['--packer', '/nonexistent/packer', '--version', '1'], 'PACKER_MISSING'],
    [['--version', '1', '--var', 'x'], 'is no key=value'],
    [[], 'BAKE_VERSION_UNKNOWN'],
  ])('with %j is refused', async (argv, text) => {
    template();
    const { code, stderr } = await bake(bench, ['t.json', '--packer', packer([], 0), ...argv]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
  });

  test('of no template is refused', async () => {
    writeFileSync(join(directory, 'x.txt'), 'hello');
    expect((await bake(bench, ['nowhere.json', '--version', '1'])).stderr).toContain('FILE_UNREADABLE');
    expect((await bake(bench, ['.', '--version', '1'])).stderr).toContain('BAKE_TEMPLATE_INVALID');
  });
});

describe('0.149.3: the preflight of a bake that reads secrets', () => {
  // N4 is what N3 does to the builder: private DNS sends it to an endpoint that does not admit it.
  test.each([
    ['N3', 2, /error BAKE_PREFLIGHT_FAILED: A reason why the bake would fail: ENI_SG_RULES_MISMATCH\./],
    ['N5', 1, /error BAKE_FAILED: The bake failed: it was run\n/],
  ])(
    'in %s, whose builder is in the public subnet, ends with %i',
    async (variant, expected, text) => {
      const bench = await openLab(variant);
      try {
        const { Subnets } = await bench.ec2.send(
          new DescribeSubnetsCommand({ Filters: [{ Name: 'map-public-ip-on-launch', Values: ['true'] }] }),
        );
        const { SecurityGroups } = await bench.ec2.send(
          new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'description', Values: ['The Packer builder'] }] }),
        );
        template({ subnet_id: Subnets?.[0]?.SubnetId, security_group_id: SecurityGroups?.[0]?.GroupId });
        const file = packer(['web,error,it was run'], 1);
        const { code, stderr } = await bake(bench, [
          't.json',
          '--packer',
          file,
          '--version',
          '0.149.3',
          '--secrets-path',
          '/app/',
        ]);
        expect([code, stderr]).toEqual([expected, expect.stringMatching(text)]);
      } finally {
        await bench.close();
      }
    },
    60_000,
  );
});
