// What instances shipped to CloudWatch Logs, as the deployer reads it: logs, status, evidence, and the wait before an instance ends.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describeGroup } from '@directrix/aws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Site } from './site.js';

const logGroupName = '/web';
let site: Site;
let badId: string;
let halted: Awaited<ReturnType<Site['deploy']>>;
let looks = 0;

// rollout-1 ships 2; rollout-2 is halted, and the agent of its bad instance catches up only while the deployer waits for it.
beforeAll(async () => {
  site = await Site.create({ desired: 1 });
  const releases = [await site.registerRelease('2'), await site.registerRelease('3', { fault: 'neverStarts' })];
  const first = [...site.lab.state.ec2.images.keys()].filter((id) => !releases.includes(id));
  await site.clients.ec2.send(
    new CreateTagsCommand({
      Resources: [...first, ...releases],
      Tags: [{ Key: 'directrix:logs', Value: logGroupName }],
    }),
  );
  await site.clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
  await site.deploy('2', ['--no-probe']);
  const [, third] = releases;
  const bad = () => [...site.lab.state.ec2.instances.values()].find(({ instance }) => instance.ImageId === third);
  halted = await site.deploy('3', ['--no-probe', '--start-timeout', '30s'], {
    onCall: (action) => {
      if (action !== 'logs:FilterLogEvents') return;
      looks += 1;
      const id = bad()?.instance.InstanceId ?? '';
      if (looks === 1) void ship(id, '3', entry('a1', 'kernel', 'first line of the boot'), shipped(-60_000));
      if (looks === 4) void ship(id, '3', entry('a2', 'app[402]', 'KO: no secrets'), shipped(0));
    },
  });
  badId = halted.document.quarantined[0]!.instanceId;
}, 60_000);
afterAll(() => site.close());

const entry = (id: string, source: string, message: string): string => {
  const [, identifier, pid] = /^(.*?)(?:\[(\d+)\])?$/.exec(source) ?? [];
  return JSON.stringify({ message, identifier, pid, id });
};
const shipped = (agoMs: number) => JSON.stringify({ directrix: 'SHIPPED', until: at(agoMs) });
const at = (agoMs: number) => new Date(site.clock.now() + agoMs).toISOString();

/** As the agent does. The virtual clock goes on while a command is loaded: an event may say that it is of later. */
async function ship(instanceId: string, release: string, ...messages: readonly string[]): Promise<void> {
  return shipAt(site.clock.now(), instanceId, release, messages);
}

async function shipAt(timestamp: number, instanceId: string, release: string, messages: readonly string[]) {
  const logStreamName = `${instanceId}/${release}`;
  await site.clients.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch(() => undefined);
  const logEvents = messages.map((message): InputLogEvent => ({ timestamp, message }));
  await site.clients.logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

const logFile = () => {
  const names = readdirSync(site.directory, { recursive: true, encoding: 'utf8' });
  return join(site.directory, names.find((name) => name.endsWith(`${badId}.log`)) ?? 'none');
};

describe('a halted rollout', () => {
  test('waits until the journal of the quarantined instance is there, and keeps it from its first line', () => {
    expect(halted.exitCode).toBe(1);
    expect(halted.stderr).toContain(`the journal of ${badId} is kept in ${logFile()}`);
    expect(looks).toBeGreaterThanOrEqual(4);
    const lines = readFileSync(logFile(), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.slice(25))).toEqual(['kernel: first line of the boot', 'app[402]: KO: no secrets']);
  });

  test('has it in its evidence although the instance is gone, also where the file is gone too', async () => {
    await site.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [badId] }));
    const kept = await site.directrix(['evidence', badId]);
    expect(kept.stdout).toContain('first line of the boot');
    expect(kept.stdout).toContain(`  journal   ${logFile()}`);
    rmSync(logFile());
    const asked = await site.directrix(['evidence', badId]);
    expect(asked.stdout).toContain('| ');
    expect(asked.stdout).toContain('kernel: first line of the boot');
    const offline = await site.directrix(['evidence', badId, '--offline', '--json']);
    expect(JSON.parse(offline.stdout).instances[0].journal).toBeUndefined();
  });
});

describe('the logs of a group', () => {
  test('are told between the events of its rollouts, each entry once', async () => {
    await ship(badId, '3', entry('a2', 'app[402]', 'KO: no secrets'), '{"directrix":"GAP","reason":"cursorGone"}');
    const { exitCode, stdout, stderr } = await site.directrix(['logs', '--group', 'web', '--since', '10d']);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('web: /web since 2018-11-')]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('KO: no secrets'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('GAP reason cursorGone'))).toHaveLength(1);
    expect(stdout).not.toContain('SHIPPED');
    const times = lines.map((line) => line.slice(0, 8));
    expect(times).toEqual([...times].sort());
    const halt = lines.findIndex((line) => line.includes('rollout  halt'));
    expect(halt).toBeGreaterThan(0);
    expect(lines.findIndex((line) => line.includes(`${badId}  app[402]: KO: no secrets`))).toBeGreaterThan(halt);
  });

  test.each([
    [['--instance', 'i-none'], 0],
    [['--release', '2'], 0],
    [['--release', '3'], 3],
  ] as const)('%j chooses', async (words, expected) => {
    const { stdout } = await site.directrix(['logs', '--group', 'web', '--since', '10d', '--json', ...words]);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ kind }) => kind !== 'rollout')).toHaveLength(expected);
    expect(lines.every(({ schema }) => schema === 'directrix.log/1')).toBe(true);
  });

  test('go on with what comes, once each, until they are interrupted', async () => {
    const interruption = new AbortController();
    let asked = 0;
    const { exitCode, stdout } = await site.directrix(['logs', '--group', 'web', '--since', '5s', '--follow'], {
      signal: interruption.signal,
      onCall: (action) => {
        if (action !== 'logs:FilterLogEvents') return;
        asked += 1;
        if (asked === 2) void ship('i-0new', '2', entry('n1', 'app[7]', 'came later'));
        if (asked === 5) interruption.abort('SIGINT');
      },
    });
    expect(exitCode).toBe(130);
    expect(stdout.match(/i-0new {2}app\[7\]: came later/g)).toHaveLength(1);
  });

  test.each([
    [['logs'], 'USAGE'],
    [['logs', 'rollout-1', '--follow'], 'USAGE'],
    [['logs', '--group', 'nothing'], 'GROUP_NOT_FOUND'],
    [['logs', '--group', 'web', '--log-group', '/none'], 'AWS_REFUSED'],
  ])('%j is refused with its code', async (argv, code) => {
    const { exitCode, stderr } = await site.directrix(argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(code)]);
  });
});

describe('status', () => {
  test('shows an agent that is silent, and then the lag', async () => {
    const [member] = (await describeGroup(site.clients, 'web')).Instances ?? [];
    const id = member?.InstanceId ?? '';
    const silent = await site.directrix(['status', '--group', 'web']);
    expect(silent.stdout).toContain(`the agent of ${id} has not reported for 5 min`);
    await shipAt(site.clock.now() + 5_400_000, id, '2', [shipped(-42_000)]);
    const lagging = await site.directrix(['status', '--group', 'web', '--json']);
    const [{ logs }] = JSON.parse(lagging.stdout).instances;
    expect(logs.logGroup).toBe('/web');
    expect(logs.lagMs).toBeGreaterThanOrEqual(42_000);
    const told = await site.directrix(['status', '--group', 'web']);
    expect(told.stdout).toMatch(/ {2}logs in \/web are at most \d+ (s|min|h).* behind\n/);
  });
});

describe('before an expired instance of a quarantine ends', () => {
  // The virtual clock runs on while a command's modules are loaded.
  beforeAll(async () => {
    await site.directrix(['finalize', '--dry-run']);
  });

  async function launchExpired(): Promise<string> {
    const ImageId = [...site.lab.state.ec2.images.keys()].at(-1);
    const tags = { 'directrix:quarantine-reason': 'X', 'directrix:quarantine-expires': '2018-11-10T00:00:00Z' };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { Instances } = await site.clients.ec2.send(
      new RunInstancesCommand({
        ...{ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 },
        SubnetId: [...site.lab.state.ec2.subnets.keys()][0],
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    );
    await site.advance(120_000);
    return Instances?.[0]?.InstanceId ?? '';
  }
  const stateOf = async (id: string) => {
    const { Reservations } = await site.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name;
  };

  /** Its agent says at every look how far it is. */
  async function finalizeWhile(id: string, untilOf: (looks: number) => string) {
    let asked = 0;
    let endedAfter = 0;
    const { stderr } = await site.directrix(['finalize', '--apply'], {
      onCall: (action) => {
        if (action === 'ec2:TerminateInstances') endedAfter = asked;
        if (action !== 'logs:FilterLogEvents') return;
        asked += 1;
        void ship(id, '3', untilOf(asked));
      },
    });
    return { stderr, endedAfter };
  }

  test('its journal is waited for', async () => {
    const id = await launchExpired();
    const early = shipped(-30_000);
    await shipAt(site.clock.now() + 5_400_000, id, '3', [early]);
    const { stderr, endedAfter } = await finalizeWhile(id, (looks) => (looks < 4 ? early : shipped(0)));
    expect([stderr, endedAfter >= 4]).toEqual([expect.not.stringContaining('warning: the agent'), true]);
    expect(await stateOf(id)).toMatch(/shutting-down|terminated/);
  });

  test('an agent that is late or silent is told, and keeps nothing that costs', async () => {
    const late = await launchExpired();
    const early = shipped(-30_000);
    await shipAt(site.clock.now() + 5_400_000, late, '3', [early]);
    const first = await finalizeWhile(late, () => early);
    expect(first.stderr).toContain(`warning: the agent of ${late} is late: its newest lines may not be in /web`);
    const silent = await launchExpired();
    const second = await site.directrix(['finalize', '--apply']);
    expect(second.stderr).toContain(`warning: the agent of ${silent} is silent`);
    expect([await stateOf(late), await stateOf(silent)].join()).not.toContain('running');
  });
});

test('nothing of it is left half done', () => {
  expect(existsSync(`${logFile()}.part`)).toBe(false);
});
