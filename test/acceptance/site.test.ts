// A site of real processes and real HTTP in one lab: the gate of users' requests halts a release that answers 500, and then three probers,
// each a process of its own, look at the site. Everything that one of them can reach goes through doors that are shut to partition it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket, type Server as SocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AutoScalingClient, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstancesCommand,
  EC2Client,
  RegisterImageCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type ProcessLab, startProcessLab } from '@directrix/lab';
import { History } from '@directrix/watch';
import type { RolloutDocument } from 'directrix';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDirectrix } from '../../examples/hyperbola/src/replay/directrix.js';
import { prepare } from '../../examples/hyperbola/src/scenario.js';

const bin = fileURLToPath(new URL('../../packages/cli/bin/directrix.js', import.meta.url));
const server = fileURLToPath(new URL('./fixtures/healthy-and-broken.mjs', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'dx-'));
const children: ChildProcess[] = [];
const doors: Door[] = [];
const servers: (Server | SocketServer)[] = [];
let lab: ProcessLab;

beforeAll(async () => {
  lab = await startProcessLab({ port: 0, speed: 10, runDirectory: join(directory, 'run') });
  await prepare({ variant: 'N5', endpoint: lab.endpoint.url, env: { ...lab.env } });
});

afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  for (const door of doors) door.shut();
  for (const server of servers) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
  await lab.close();
  rmSync(directory, { recursive: true, force: true });
});

async function registerRelease(version: string, conduct: 'fails' | 'serves'): Promise<void> {
  const image = join(directory, version);
  mkdirSync(image);
  const service = { name: 'web', command: ['node', server], env: { VERSION: version, CONDUCT: conduct } };
  writeFileSync(join(image, 'instance.json'), JSON.stringify({ services: [service] }));
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = lab.env;
  const ec2 = new EC2Client({ region, endpoint: lab.endpoint.url, credentials: { accessKeyId, secretAccessKey } });
  await ec2.send(
    new RegisterImageCommand({
      Name: `broken-${version}`,
      ImageLocation: image,
      Architecture: 'x86_64',
      TagSpecifications: [
        {
          ResourceType: 'image',
          Tags: [
            { Key: 'Version', Value: version },
            { Key: 'directrix:secrets', Value: 'none' },
          ],
        },
      ],
    }),
  );
  ec2.destroy();
}

test('a release that is healthy and answers 500 to users is halted and rolled back, warm', async () => {
  await registerRelease('1.0.1', 'fails');
  const args = ['deploy', '--group', 'web', '--version', '1.0.1', '--skip', 'all', '--no-prove', '--json'];
  const env = { ...lab.env, XDG_STATE_HOME: directory };
  const { exitCode, stdout, stderr } = await runDirectrix({ args, env, signal: new AbortController().signal });
  const document = JSON.parse(stdout) as RolloutDocument;
  expect(document.evidence.map(({ code }) => code)).toEqual(['REQUESTS_FAILING']);
  expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
  expect(stderr).toMatch(
    /REQUESTS_FAILING \d+ of \d+ requests failed since 1.0.1 serves, 0 of \d+ before; last: \/ answered 500/,
  );
  // Nobody left before the release had proved itself, so nobody had to be launched again.
  expect(stderr).not.toContain('into Standby');
});

async function listen<S extends SocketServer>(server: S): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Door {
  readonly port: number;
  shut(): void;
}

/** A port that leads to another one, until it is shut. */
async function openDoor(to: () => number): Promise<Door> {
  let isShut = false;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const port = to();
    if (isShut || Number.isNaN(port)) return void socket.destroy();
    const other = connect(port, '127.0.0.1');
    for (const [one, two] of [[socket, other] as const, [other, socket] as const]) {
      sockets.add(one);
      one.pipe(two);
      one.on('error', () => two.destroy());
      one.on('close', () => {
        sockets.delete(one);
        two.destroy();
      });
    }
  });
  const door = {
    port: await listen(server),
    shut() {
      isShut = true;
      for (const socket of sockets) socket.destroy();
    },
  };
  doors.push(door);
  return door;
}

/** Where the place listens; it says so when it begins. */
function portOf(place: string): number {
  return Number(stderr.get(place)?.match(/^metrics: http:\/\/127\.0\.0\.1:(\d+)\//m)?.[1]);
}

const everyMs = 5_000;

test('one of three is partitioned: no false alarm; then the site goes down: alarmed within two intervals, once', async () => {
  const site = Number(new URL(lab.status().listeners[0]!.url!).port);
  const control = await listen(createHttpServer((_request, response) => response.end()));
  const alerts: { readonly title: string; readonly alert: { readonly at: number } }[] = [];
  const hook = await listen(
    createHttpServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      alerts.push(JSON.parse(body));
      response.end();
    }),
  );
  const names = ['a', 'b', 'c'];
  const shut: Door[] = [];
  const through = async (place: string, port: () => number) => {
    const door = await openDoor(port);
    if (place === 'a') shut.push(door);
    return door.port;
  };
  for (const place of names) {
    const others = await Promise.all(
      names
        .filter((name) => name !== place)
        .map(async (name) => {
          // Into a is as shut as out of it.
          const door = await openDoor(() => portOf(name));
          if (place === 'a' || name === 'a') shut.push(door);
          return `{ name: ${name}, url: "http://127.0.0.1:${door.port}" }`;
        }),
    );
    const file = join(directory, `${place}.yaml`);
    writeFileSync(
      file,
      `
checks: [{ name: front page, url: "http://127.0.0.1:${await through(place, () => site)}/", every: ${everyMs}ms, expect: { status: [200] } }]
control: ["http://127.0.0.1:${await through(place, () => control)}/"]
places: { token: { env: TOKEN }, others: [${others}] }
listen: 127.0.0.1:0
alerts: { to: [{ webhook: { url: "http://127.0.0.1:${hook}/" } }] }
`,
    );
    const args = ['watch', '--checks', file, '--place', place, '--state', join(directory, place)];
    const env = { PATH: process.env.PATH!, TOKEN: 'secret', HOME: directory };
    const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'ignore', 'pipe'], env });
    children.push(child);
    stderr.set(place, '');
    child.stderr!.setEncoding('utf8').on('data', (text: string) => stderr.set(place, stderr.get(place) + text));
  }
  for (const place of names)
    for (const other of names.filter((name) => name !== place))
      await expect.poll(() => stderr.get(place), { timeout: 60_000 }).toContain(`place ${other} is heard`);

  for (const door of shut) door.shut();
  await expect.poll(() => stderr.get('a'), { timeout: 60_000 }).toContain('our own network is down');
  expect(alerts).toEqual([]);

  const downAt = await terminateAll();
  await expect.poll(() => alerts.length, { timeout: 60_000 }).toBe(1);
  expect(alerts[0]).toMatchObject({ title: 'front page is down', alert: { incident: { places: ['b', 'c'] } } });
  expect(alerts[0]!.alert.at - downAt).toBeLessThanOrEqual(2 * everyMs);

  // A SIGKILL loses nothing of what was seen.
  children[1]!.kill('SIGKILL');
  for (const child of [children[0]!, children[2]!]) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  expect(children.map(({ exitCode }) => exitCode)).toEqual([0, null, 0]);
  const history = new History({ directory: join(directory, 'b', 'history'), days: 90 });
  const looks = [...history.looks('front page', { since: 0, until: Number.MAX_SAFE_INTEGER })];
  expect(new Set(looks.map(({ outcome }) => outcome))).toEqual(new Set(['good', 'bad']));
  expect(readFileSync(join(directory, 'b', 'state.jsonl'), 'utf8')).toContain('"kind":"open"');
  expect(alerts).toHaveLength(1);
});

const stderr = new Map<string, string>();

/** Ends every instance of the site; resolves with the time at which it did not answer any more. */
async function terminateAll(): Promise<number> {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = lab.env;
  const configuration = { region, endpoint: lab.endpoint.url, credentials: { accessKeyId, secretAccessKey } };
  // Else the group replaces them, and at the lab's speed the outage is over before anybody looks.
  const autoScaling = new AutoScalingClient(configuration);
  await autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName: 'web', ScalingProcesses: ['Launch'] }));
  autoScaling.destroy();
  const ec2 = new EC2Client(configuration);
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const InstanceIds = Reservations.flatMap(({ Instances = [] }) => Instances)
    .filter(({ State }) => State?.Name === 'running')
    .map(({ InstanceId }) => InstanceId!);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  ec2.destroy();
  const url = lab.status().listeners[0]!.url!;
  await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000, interval: 20 }).toBeGreaterThan(499);
  return Date.now();
}
