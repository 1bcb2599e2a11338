// `directrix preflight`, `reach` and `deploy` as a user runs them, over the networks of 2018-11-11 built in a lab with AWS's SDK.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAwsClients } from '@directrix/aws';
import {
  createLab,
  createScaledClock,
  createSimulatedDataPlane,
  type Endpoint,
  type Lab,
  startEndpoint,
} from '@directrix/lab';
import type { Finding } from '@directrix/preflight';
import { createFetchTransport } from '@directrix/watch';
import { runProgram, type World } from 'directrix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepare } from '../../examples/hyperbola/src/scenario.js';
import { createTestIo } from '../../packages/cli/src/io.fixture.js';

const directory = mkdtempSync(join(tmpdir(), 'directrix-preflight-'));
const env = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };

interface House {
  readonly lab: Lab;
  readonly endpoint: Endpoint;
  run(...argv: string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
}

async function build(variant: string): Promise<House> {
  const clock = createScaledClock({ speed: 100 });
  // Machines that need nothing: what is looked at here is what is said before any of them starts.
  const dataPlane = createSimulatedDataPlane({ machineFor: () => ({ bootMs: 1_000 }) });
  const lab = createLab({ clock, dataPlane });
  const endpoint = await startEndpoint(lab, { port: 0 });
  await prepare({ variant, endpoint: endpoint.url, env });
  const run = async (...argv: string[]) => {
    const io = { ...createTestIo({ env: { ...env, XDG_STATE_HOME: directory } }), cwd: directory };
    const { written } = io;
    const world: World = {
      clients: createAwsClients({
        version: '0.0.0',
        region: 'us-west-2',
        endpoint: endpoint.url,
        credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
      }),
      clock: clock as World['clock'],
      fetch: (url, init) => dataPlane.fetch(url, init as RequestInit) as ReturnType<World['fetch']>,
      transport: createFetchTransport(dataPlane.fetch, { now: () => clock.now(), elapsed: () => clock.now() }),
      holder: { id: 'laptop-1', name: 'user@laptop', pid: 1 },
      isProcessGone: () => false,
      newRolloutId: () => 'rollout-1',
      newToken: () => 'token-1',
    };
    return { code: await runProgram(argv, io, world), ...written };
  };
  return { lab, endpoint, run };
}

const houses: Record<string, House> = {};
beforeAll(async () => {
  for (const variant of ['N1', 'N2', 'N3', 'N5']) houses[variant] = await build(variant);
});
afterAll(async () => {
  for (const { lab, endpoint } of Object.values(houses)) {
    await endpoint.close();
    await lab.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

async function preflight(variant: string, ...more: string[]) {
  const { code, stdout } = await houses[variant]!.run(
    'preflight',
    ...['--group', 'web', '--version', '0.149.2', '--json'],
    ...more,
  );
  const document = JSON.parse(stdout) as { verdict: string; findings: Finding[]; skipped: Finding[] };
  const told = document.findings.filter(({ severity }) => severity !== 'note');
  return { code, document, told: told.map(({ severity, code: own, subject }) => `${severity} ${own} ${subject}`) };
}

const backend = 'web to Parameter Store';
const packer = 'builder packer-builder to Parameter Store';

test.each([
  [
    'N1',
    2,
    [
      `error DNS_PRIVATE_DISABLED ${backend}`,
      `error ENI_SG_RULES_MISMATCH ${backend}`,
      `error SG_SHARED_NO_SELF_RULE ${backend}`,
      `warning BYSTANDER_BROKEN ${packer}`,
    ],
  ],
  ['N2', 2, [`error DNS_PRIVATE_DISABLED ${backend}`, `warning BYSTANDER_BROKEN ${packer}`]],
  ['N3', 0, [`warning ENI_SG_RULES_MISMATCH ${packer}`]],
  ['N5', 0, []],
])('%s: exit code %i, and exactly what is wrong there', async (variant, code, expected) => {
  const result = await preflight(variant);
  expect(result.told).toEqual(expected);
  expect(result.code).toBe(code);
  expect(result.document.verdict).toBe(code === 0 ? 'pass' : 'fail');
  // Everything could be read.
  expect(result.document.findings.map((finding) => finding.code)).not.toContain('PREFLIGHT_NOT_READ');
});

test('a manifest names what the image’s tag has no room for', async () => {
  const manifest = join(directory, 'secrets.json');
  const names = ['SECRET_KEY', 'NEW_KEY'];
  writeFileSync(manifest, JSON.stringify({ schema: 'directrix.secrets-manifest/1', path: '/app/production/', names }));
  const { code, told } = await preflight('N5', '--secrets-manifest', manifest);
  expect(told).toEqual(['error SECRET_MISSING parameter /app/production/NEW_KEY']);
  expect(code).toBe(2);
});

describe('of a release whose image does not exist', () => {
  test('that is one finding among the others', async () => {
    const { code, stdout } = await houses.N2!.run('preflight', '--group', 'web', '--version', '9', '--json');
    const findings = (JSON.parse(stdout) as { findings: Finding[] }).findings.map((one) => one.code);
    expect(findings).toContain('IMAGE_NOT_FOUND');
    expect(code).toBe(2);
  });
});

describe('--skip', () => {
  test('sets errors aside by their code, and says so', async () => {
    const { code, document } = await preflight('N2', '--skip', 'DNS_PRIVATE_DISABLED');
    expect(document.skipped.map((one) => one.code)).toEqual(['DNS_PRIVATE_DISABLED']);
    expect([code, document.verdict]).toEqual([0, 'pass']);
  });

  test('refuses a code that nothing has', async () => {
    const { code, stderr } = await houses.N2!.run(
      ...['preflight', '--group', 'web', '--version', '0.149.2', '--skip', 'DNS_PRIVAT'],
    );
    expect(code).toBe(2);
    expect(stderr).toContain('No finding has the code DNS_PRIVAT.');
  });
});

test('a deploy is refused with every error and its fix, and has changed nothing', async () => {
  const { lab, run } = houses.N1!;
  const before = structuredClone([...lab.state.autoScaling.groups.values()].map((one) => one.group.LaunchTemplate));
  const { code, stdout, stderr } = await run('deploy', '--group', 'web', '--version', '0.149.2', '--json');
  const document = JSON.parse(stdout);
  expect(code).toBe(2);
  expect(document).toMatchObject({ outcome: 'refused', error: { code: 'PREFLIGHT_FAILED' } });
  expect(document.findings.filter((one: Finding) => one.severity === 'error')).toHaveLength(3);
  for (const line of [
    'error DNS_PRIVATE_DISABLED',
    'error ENI_SG_RULES_MISMATCH',
    'error SG_SHARED_NO_SELF_RULE',
    '$ aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-',
    '--skip DNS_PRIVATE_DISABLED --skip ENI_SG_RULES_MISMATCH --skip SG_SHARED_NO_SELF_RULE',
  ])
    expect(stderr).toContain(line);
  expect([...lab.state.autoScaling.groups.values()].map((one) => one.group.LaunchTemplate)).toEqual(before);
  expect([...lab.state.ssm.parameters.keys()].filter((name) => name.startsWith('/directrix'))).toEqual([]);
});

test('what a deploy skips is in its journal and in its document', async () => {
  const { code, stdout } = await houses.N2!.run(
    ...['deploy', '--group', 'web', '--version', '0.149.2', '--skip', 'all', '--json'],
  );
  const document = JSON.parse(stdout);
  // The simulated machines need no network, so the rollout itself succeeds.
  expect([code, document.outcome]).toEqual([0, 'done']);
  expect(document.notices).toContainEqual({
    code: 'PREFLIGHT_SKIPPED',
    text: expect.stringContaining('DNS_PRIVATE_DISABLED (web to Parameter Store) was skipped'),
  });
  expect(readFileSync(document.journal, 'utf8')).toContain('PREFLIGHT_SKIPPED');
});

describe('reach', () => {
  test.each([
    ['N1', 'group:web', 2, 'UNREACHABLE', 3],
    ['N2', 'group:web', 2, 'UNREACHABLE', 1],
    ['N2', 'lt:packer-builder', 0, 'REACHABLE', 0],
    ['N3', 'group:web', 0, 'REACHABLE', 0],
    ['N3', 'lt:packer-builder', 2, 'UNREACHABLE', 1],
    ['N5', 'lt:packer-builder', 0, 'REACHABLE', 0],
  ])('%s from %s: exit code %i, %s', async (variant, source, code, verdict, faults) => {
    const drawn = await houses[variant]!.run('reach', '--from', source, '--to', 'ssm:443');
    expect([drawn.code, drawn.stdout.split(':')[0]]).toEqual([code, verdict]);
    expect(drawn.stdout).not.toContain('\u001b');
    const { stdout } = await houses[variant]!.run('reach', '--from', source, '--to', 'ssm:443', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'directrix.reach/1', verdict: verdict.toLowerCase() });
    expect(JSON.parse(stdout).faults).toHaveLength(faults);
  });

  test('draws pictures for other tools', async () => {
    const ask = ['reach', '--from', 'group:web', '--to', 'ssm:443'];
    expect((await houses.N1!.run(...ask, '--mermaid')).stdout).toMatch(/^(flowchart|graph) /);
    expect((await houses.N1!.run(...ask, '--dot')).stdout).toMatch(/^digraph /);
  });

  test('from an instance that runs, and to an address', async () => {
    const [instanceId] = [...houses.N5!.lab.state.ec2.instances.keys()];
    const { code } = await houses.N5!.run('reach', '--from', instanceId!, '--to', 'ssm');
    expect(code).toBe(0);
    expect((await houses.N5!.run('reach', '--from', instanceId!, '--to', '198.51.100.7:80')).code).toBe(2);
  });

  test.each([
    [['--from', 'web', '--to', 'ssm'], 'write group:NAME'],
    [['--from', 'group:nope', '--to', 'ssm'], 'GROUP_NOT_FOUND'],
    [['--from', 'i-0123', '--to', 'ssm'], 'SOURCE_NOT_FOUND'],
    [['--from', 'group:web', '--to', 'ssm:70000'], 'from 1 to 65535'],
  ])('refuses %j with what to write instead', async (argv, hint) => {
    const { code, stderr } = await houses.N5!.run('reach', ...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
  });
});

describe('a plan of Terraform laid over the account', () => {
  /** The endpoint's security group as Terraform has it, and the same without its rules. */
  function planWithoutRules(): object {
    const { ec2 } = houses.N5!.lab.state;
    const endpoint = [...ec2.vpcEndpoints.values()].find(({ ServiceName }) => ServiceName?.endsWith('.ssm'))!;
    const group = ec2.securityGroups.get(endpoint.Groups![0]!.GroupId!)!;
    const ingress = group.IpPermissions!.map(
      ({ IpProtocol, FromPort, ToPort, IpRanges = [], UserIdGroupPairs = [] }) => ({
        protocol: IpProtocol,
        from_port: FromPort ?? 0,
        to_port: ToPort ?? 0,
        cidr_blocks: IpRanges.map(({ CidrIp }) => CidrIp),
        security_groups: UserIdGroupPairs.map(({ GroupId }) => GroupId),
      }),
    );
    const resource = (rules: readonly object[]) => ({
      address: 'aws_security_group.endpoint',
      mode: 'managed',
      type: 'aws_security_group',
      name: 'endpoint',
      values: { id: group.GroupId, vpc_id: group.VpcId, name: group.GroupName, ingress: rules },
    });
    const module = (rules: readonly object[]) => ({ root_module: { resources: [resource(rules)] } });
    return { format_version: '1.2', planned_values: module([]), prior_state: { values: module(ingress) } };
  }

  test('breaks what its change breaks, in a network that Terraform knows a part of', async () => {
    const path = join(directory, 'plan.json');
    writeFileSync(path, JSON.stringify(planWithoutRules()));
    const { code, stdout } = await houses.N5!.run('reach', 'diff', '--before', 'account', '--after', path, '--json');
    const { breaks, opens, moves } = JSON.parse(stdout);
    expect([code, opens, moves]).toEqual([2, [], []]);
    expect(breaks.map(({ path: one }: { path: string }) => one)).toContainEqual(
      expect.stringMatching(/^i-[0-9a-f]+ to ssm\.us-west-2\.amazonaws\.com:443$/),
    );
    const faults = breaks.flatMap((one: { faults: { code: string }[] }) => one.faults.map(({ code: own }) => own));
    expect(new Set(faults)).toEqual(new Set(['SG_HAS_NO_RULES']));
  });
});

describe('without a release', () => {
  // 0.149.1 has its settings in a file: the faults of the network are none of its business.
  test('preflight says whether a new instance would come up now', async () => {
    const { code, stdout, stderr } = await houses.N1!.run('preflight', '--group', 'web');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^PASS: a new instance of web, 0\.149\.1 \(ami-[0-9a-f]+\): no errors/);
    const { stdout: json } = await houses.N1!.run('preflight', '--group', 'web', '--json');
    expect(JSON.parse(json)).toMatchObject({
      verdict: 'pass',
      question: 'replacement',
      release: { version: '0.149.1' },
    });
    expect(json).not.toMatch(/"code": "(FORECAST|SURGE_LIMITED|LAUNCH_TEMPLATE_FLOATING)"/);
  });

  test('a group that is not there is told as ever', async () => {
    const { code, stderr } = await houses.N1!.run('preflight', '--group', 'wbe');
    expect(code).toBe(2);
    expect(stderr).toContain('error GROUP_NOT_FOUND');
    expect(stderr).toContain('did you mean web?');
  });
});

describe('status', () => {
  test('without a group has a line for each', async () => {
    const { code, stdout } = await houses.N5!.run('status');
    expect(code).toBe(0);
    expect(stdout).toBe(`\
1 group in us-west-2

  group  in service  size    last rollout
  web    3 of 3      1 to 7  none

directrix status --group NAME shows one of them with its instances.
`);
    const { stdout: json } = await houses.N5!.run('status', '--json');
    expect(JSON.parse(json)).toMatchObject({
      schema: 'directrix.groups/1',
      groups: [{ name: 'web', minSize: 1, maxSize: 7, desiredCapacity: 3, inServiceCount: 3 }],
    });
  });

  test('of a group fits into 80 columns, and names its only target group once', async () => {
    const { code, stdout } = await houses.N5!.run('status', '--group', 'web');
    expect(code).toBe(0);
    expect(stdout).toContain('  target group hyperbola-backend\n');
    expect(stdout.match(/ i-[0-9a-f]{17} {2}0\.149\.1 .* healthy\n/g)).toHaveLength(3);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(80);
  });
});
