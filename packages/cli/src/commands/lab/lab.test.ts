// The command as a process, and labs as processes: what is promised about them is promised to the system.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { isRunning, type LabRecord, labsDirectory, listRunningLabs } from '@directrix/lab/run-directory';
import { runProgram } from 'directrix';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import type { LabDownDocument, LabStatusDocument, LabUpDocument } from './lab-document.js';

const bin = fileURLToPath(new URL('../../../bin/directrix.js', import.meta.url));

let home: string;
let children: ChildProcess[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dx-'));
  children = [];
});

afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  if (leftovers().length > 0) await typed(['lab', 'down', '--all']);
  rmSync(home, { recursive: true, force: true });
});

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running extends Promise<Ran> {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
}

/** Runs the command with nothing of this shell's AWS, and labs in a directory of the test's own. */
function directrix(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, XDG_RUNTIME_DIR: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ran = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr }));
  return Object.assign(ran, { child, stdout: () => stdout, stderr: () => stderr });
}

/** The same program within this process, where it is not the process that is tried: loading it again takes most of the time. */
async function typed(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const io = createTestIo({ cwd: home, env: { PATH: process.env.PATH!, XDG_RUNTIME_DIR: home, ...env } });
  const exitCode = await runProgram(args, io);
  return { exitCode, ...io.written };
}

async function ask<T>(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<T> {
  const { exitCode, stdout, stderr } = await typed([...args, '--json'], env);
  if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

const up = (...args: string[]) => ask<LabUpDocument>(['lab', 'up', '--detach', '--port', '0', ...args]);
const labs = () => labsDirectory({ XDG_RUNTIME_DIR: home });
const leftovers = () => (existsSync(labs()) ? readdirSync(labs()) : []);

async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Never came true: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_lab/status`).then(
    (response) => response.body?.cancel().then(() => true) ?? true,
    () => false,
  );
}

function clientOf({ endpoint, env }: LabUpDocument): EC2Client {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY };
  return new EC2Client({ endpoint, region: env.AWS_REGION, credentials });
}

/** One instance of the image, in a network of its own. */
async function runInstance(lab: LabUpDocument, ImageId: string): Promise<void> {
  const ec2 = clientOf(lab);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
  const SubnetId = Subnet?.SubnetId;
  await ec2.send(new RunInstancesCommand({ ImageId, SubnetId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }));
}

function writeScenario(module: string): string {
  const directory = join(home, 'shop');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "directrix": { "scenario": "./scenario.mjs" } }');
  writeFileSync(join(directory, 'scenario.mjs'), module);
  return './shop:big';
}

const hangs =
  "export const prepare = ({ say }) => (say('building'), setInterval(() => {}, 1e6), new Promise(() => {}));";

describe('a lab in the background', () => {
  test('answers the AWS SDK when up returns, is shown by status, and leaves nothing when down returns', async () => {
    const lab = await up('--speed', '20');
    expect(await clientOf(lab).send(new DescribeInstancesCommand({}))).toMatchObject({ Reservations: [] });
    expect(await ask<LabStatusDocument>(['lab', 'status'])).toMatchObject({
      schema: 'directrix.lab/1',
      id: lab.id,
      endpoint: lab.endpoint,
      clock: { speed: 20 },
      env: lab.env,
      groups: [],
      instances: [],
      listeners: [],
    });
    expect(await ask<LabDownDocument>(['lab', 'down'])).toEqual({
      schema: 'directrix.lab/1',
      ended: [{ id: lab.id, endpoint: lab.endpoint }],
      cleaned: [],
    });
    expect(await answers(lab.endpoint)).toBe(false);
    expect(leftovers()).toEqual([]);
    expect(isAlive(lab.pid)).toBe(false);
  });

  test('prints exports that a shell can evaluate, and nothing else on stdout', async () => {
    const shell = spawn('sh', ['-c', 'eval "$("$0" "$1" lab up --detach --port 0)" && env', process.execPath, bin], {
      env: { PATH: process.env.PATH, XDG_RUNTIME_DIR: home, AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'old' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const text = (await shell.stdout!.setEncoding('utf8').toArray()).join('');
    const env = Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
    expect(env).toMatchObject({ AWS_REGION: 'us-west-2', AWS_EC2_METADATA_DISABLED: 'true' });
    expect(env.DIRECTRIX_CLOCK).toMatch(/^1@\d+=\d+$/);
    expect(env).not.toHaveProperty('AWS_PROFILE');
    expect(env).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(await answers(env.AWS_ENDPOINT_URL ?? '')).toBe(true);
    expect((await typed(['lab', 'down'], { AWS_ENDPOINT_URL: env.AWS_ENDPOINT_URL ?? '' })).exitCode).toBe(0);
  });

  test('ends by SIGTERM too', async () => {
    const lab = await up();
    process.kill(lab.pid, 'SIGTERM');
    await until(() => leftovers().length === 0);
    await until(async () => !(await answers(lab.endpoint)));
  });

  test('that dies while it starts is reported with the end of what it said, and leaves nothing', async () => {
    const preload = join(home, 'preload.cjs');
    writeFileSync(
      preload,
      "if (process.argv[1]?.endsWith('daemon.js')) { console.error('no memory left'); process.exit(134); }",
    );
    const ran = await directrix(['lab', 'up', '--detach', '--port', '0'], { NODE_OPTIONS: `--require ${preload}` });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^error LAB_DIED: The lab ended with exit code 134 while it started\./);
    expect(ran.stderr).toContain('no memory left');
    expect(leftovers()).toEqual([]);
  });
});

describe('a lab in the foreground', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('runs until %s, and leaves nothing', async (signal) => {
    const running = directrix(['lab', 'up', '--port', '0']);
    const endpoint = await until(() => running.stdout().match(/AWS_ENDPOINT_URL=(\S+)/)?.[1]);
    await until(() => running.stdout().endsWith('AWS_SESSION_TOKEN\n'));
    expect(await answers(endpoint)).toBe(true);
    running.child.kill(signal);
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(await answers(endpoint)).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  test('ends when somebody else takes it down', async () => {
    const running = directrix(['lab', 'up', '--port', '0', '--json']);
    await until(() => running.stdout().endsWith('}\n'));
    const { id } = JSON.parse(running.stdout()) as LabUpDocument;
    const down = await directrix(['lab', 'down', '--lab', id]);
    expect(down).toMatchObject({ exitCode: 0, stdout: '' });
    expect(down.stderr).toContain(`${id} at http://127.0.0.1:`);
    expect((await running).exitCode).toBe(0);
  });
});

describe('a port that is taken', () => {
  test.each([
    ['in the foreground', []],
    ['in the background', ['--detach']],
  ])('is refused %s, and nothing is left', async (_, flags) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    try {
      const ran = await directrix(['lab', 'up', '--port', String(port), '--json', ...flags]);
      expect(ran.exitCode).toBe(2);
      expect(ran.stderr).toMatch(
        new RegExp(`^error PORT_TAKEN: The lab cannot listen on 127.0.0.1:${port}: the port is taken.\n`),
      );
      expect(JSON.parse(ran.stdout)).toMatchObject({ schema: 'directrix.lab/1', error: { code: 'PORT_TAKEN' } });
      expect(leftovers()).toEqual([]);
    } finally {
      holder.close();
    }
  });
});

describe('several labs', () => {
  test('run side by side; one is meant by its id or its endpoint, and no guess is made', async () => {
    const [first, second] = await Promise.all([up(), up()]);
    const status = await typed(['lab', 'status']);
    expect(status).toMatchObject({ exitCode: 2, stdout: '' });
    expect(status.stderr).toMatch(/^error LAB_AMBIGUOUS: 2 labs are running: lab-/);
    expect((await typed(['lab', 'down'])).exitCode).toBe(2);
    expect(await ask(['lab', 'status', '--lab', first.id])).toMatchObject({ id: first.id });
    expect(await ask(['lab', 'status'], { AWS_ENDPOINT_URL: second.endpoint })).toMatchObject({ id: second.id });
    await ask(['lab', 'down'], { AWS_ENDPOINT_URL: second.endpoint });
    expect([await answers(first.endpoint), await answers(second.endpoint)]).toEqual([true, false]);
    const all = await ask<LabDownDocument>(['lab', 'down', '--all']);
    expect(all.ended.map(({ id }) => id)).toEqual([first.id]);
    const nothing = await typed(['lab', 'down']);
    expect(nothing).toMatchObject({ exitCode: 0, stderr: 'no lab is running\n' });
  });
});

describe('a lab that was killed', () => {
  /** One machine of it runs a process that outlives a lab unless somebody ends it. */
  async function killWithMachine(): Promise<{ lab: LabUpDocument; pid: number }> {
    const image = join(home, 'image');
    mkdirSync(image, { recursive: true });
    writeFileSync(
      join(image, 'instance.json'),
      '{ "services": [{ "name": "app", "command": ["sleep", "1000"], "network": "host" }] }',
    );
    const lab = await up('--speed', '50');
    const { imageId } = await ask<{ imageId: string }>(['lab', 'image', 'register', image, '--name', 'sleeper']);
    await runInstance(lab, imageId);
    const records = join(lab.runDirectory, 'machines');
    const record = await until(
      () => existsSync(records) && readdirSync(records).find((name) => name.endsWith('.json')),
    );
    const { pid } = JSON.parse(readFileSync(join(records, record), 'utf8')) as { pid: number };
    process.kill(pid, 0);
    const found = listRunningLabs(labs())[0] as LabRecord;
    process.kill(lab.pid, 'SIGKILL');
    await until(() => !isRunning(found));
    return { lab, pid };
  }

  const isGone = (pid: number) => until(() => !isAlive(pid));

  test('is cleaned up by the next up, with the processes of its machines', async () => {
    const { lab, pid } = await killWithMachine();
    const next = await typed(['lab', 'up', '--detach', '--port', '0']);
    expect(next.stderr).toContain(`${lab.id} was killed; cleaned up after it (1 process of its machines ended)\n`);
    await isGone(pid);
    expect(leftovers()).toHaveLength(1);
    expect(leftovers()).not.toContain(lab.id);
  });

  test('is cleaned up by down, also when it is the one that is meant', async () => {
    const { lab, pid } = await killWithMachine();
    expect(await ask<LabDownDocument>(['lab', 'down', '--lab', lab.id])).toEqual({
      schema: 'directrix.lab/1',
      ended: [],
      cleaned: [{ id: lab.id, endedProcessCount: 1 }],
    });
    await isGone(pid);
    expect(leftovers()).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    // A process that has ended and that nobody has asked for is not alive.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return existsSync('/proc') ? false : isSignalable(pid);
  }
}

function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a scenario', () => {
  test('is built before up returns, and its story goes to stderr', async () => {
    const scenario = writeScenario(
      "export const prepare = async ({ variant, endpoint, env, say }) => { say('building ' + variant); const answer = await fetch(endpoint + '/_lab/status'); return { description: answer.status + ' ' + env.AWS_REGION }; };",
    );
    const ran = await directrix(['lab', 'up', '--detach', '--port', '0', '--json', '--scenario', scenario]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ scenario, description: '200 us-west-2' });
    expect(ran.stderr).toMatch(/^building big\nlab-\w+ is up at .*\n200 us-west-2\n/);
    expect(await ask(['lab', 'status'])).toMatchObject({ scenario });
  });

  test('that does not know the variant is refused in its own words, and the lab is gone', async () => {
    const ran = await typed(['lab', 'up', '--detach', '--port', '0', '--scenario', 'hyperbola:N9']);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^error SCENARIO_FAILED: .*hyperbola has no network N9\. It has N1, N2, N3, N5\./);
    expect(leftovers()).toEqual([]);
  });

  test('that nobody has is refused before anything starts', async () => {
    const ran = await typed(['lab', 'up', '--scenario', 'nowhere:N1']);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/^error SCENARIO_UNKNOWN: There is no scenario "nowhere"\./);
    expect(leftovers()).toEqual([]);
  });

  test.each([
    ['in the foreground', []],
    ['in the background', ['--detach']],
  ])('that is interrupted while it builds, %s, takes the lab with it', async (_, flags) => {
    const running = directrix(['lab', 'up', '--port', '0', '--scenario', writeScenario(abortable), ...flags]);
    await until(() => running.stderr().includes('building'));
    running.child.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    expect(leftovers()).toEqual([]);
  });

  test('whose up is killed while it builds does not leave a lab in the background', async () => {
    const running = directrix(['lab', 'up', '--port', '0', '--detach', '--scenario', writeScenario(hangs)]);
    await until(() => running.stderr().includes('building'));
    running.child.kill('SIGKILL');
    await until(() => leftovers().length === 0);
  });
});

const abortable = `export const prepare = ({ signal, say }) => new Promise((_, reject) => {
  signal.addEventListener('abort', () => reject(new Error('stopped')));
  setInterval(() => {}, 1e6).unref();
  say('building');
});`;

describe('an image', () => {
  test('is registered by its directory; only its id is on stdout, and status shows its version', async () => {
    const lab = await up('--speed', '50');
    const image = join(home, 'web');
    mkdirSync(image);
    writeFileSync(join(image, 'instance.json'), '{ "services": [] }');
    const args = ['lab', 'image', 'register', './web', '--name', 'web-1', '--tag', 'Version=1.2.3'];
    const ran = await typed(args);
    expect(ran.stdout).toMatch(/^ami-[0-9a-f]{17}\n$/);
    await runInstance(lab, ran.stdout.trim());
    expect(await ask<LabStatusDocument>(['lab', 'status'])).toMatchObject({ instances: [{ version: '1.2.3' }] });
    const again = await typed(args);
    expect(again).toMatchObject({ exitCode: 2, stdout: '' });
    expect(again.stderr).toMatch(/^error IMAGE_REFUSED: .*InvalidAMIName\.Duplicate/);
  });

  test('whose directory an instance could not boot is refused', async () => {
    await up();
    const ran = await typed(['lab', 'image', 'register', '.', '--name', 'nothing']);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^error IMAGE_INVALID: .*instance\.json cannot be read/);
  });

  test('needs a lab: an account is never asked', async () => {
    const ran = await typed(['lab', 'image', 'register', '.', '--name', 'nothing'], {
      AWS_ENDPOINT_URL: 'https://ec2.us-west-2.amazonaws.com',
    });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/^error LAB_NOT_FOUND: /);
  });
});
