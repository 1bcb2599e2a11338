// The agent's adapters against the lab's CloudWatch Logs, and a journalctl that answers from a file.
import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { createLab, createVirtualClock } from '@directrix/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCloudWatchSink } from '../../packages/agent/src/cloudwatch-sink.js';
import { openHealthSocket } from '../../packages/agent/src/health-socket.js';
import { createJournalctl } from '../../packages/agent/src/journalctl.js';
import { main } from '../../packages/agent/src/main.js';
import { loadOptions, parseArguments } from '../../packages/agent/src/options.js';
import { ShipProgress } from '../../packages/agent/src/progress.js';

const NOW = Date.parse('2018-11-11T08:00:00Z');
const noMachines = { attach: () => undefined, perform: () => undefined, close: async () => undefined };

function setUp() {
  const lab = createLab({ clock: createVirtualClock({ startAt: NOW }), dataPlane: noMachines });
  const client = new CloudWatchLogsClient({
    region: 'us-west-2',
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
    maxAttempts: 1,
    requestHandler: lab.requestHandler,
  });
  const options = { logGroupName: '/web', logStreamName: 'i-1/0.149.2', retentionDays: 7 };
  const sink = createCloudWatchSink(client, options);
  const put = (...times: readonly number[]) =>
    sink.put(
      times.map((timestamp) => ({ id: 'x', timestamp, message: 'm', bytes: 1 })),
      new AbortController().signal,
    );
  return { lab, client, put };
}

describe('the sink', () => {
  test('creates the group with its retention and the stream when they are missing, then and later', async () => {
    const { client, put } = setUp();
    expect(await put(NOW)).toEqual({ kind: 'acknowledged', rejected: [] });
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
    expect(logGroups).toMatchObject([{ logGroupName: '/web', retentionInDays: 7 }]);
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: '/web' }));
    expect(events).toMatchObject([{ message: 'm', logStreamName: 'i-1/0.149.2' }]);
  });

  test('says which events were left out, and why', async () => {
    const { put } = setUp();
    const [old, soon] = [NOW - 15 * 86_400_000, NOW + 3 * 3_600_000];
    await put(NOW);
    expect(await put(old)).toMatchObject({ rejected: [{ reason: 'tooOld', count: 1, from: old, until: old }] });
    expect(await put(NOW, soon)).toMatchObject({ rejected: [{ reason: 'tooNew', count: 1, from: soon, until: soon }] });
    const expired = NOW - 8 * 86_400_000;
    expect(await put(expired)).toMatchObject({ rejected: [{ reason: 'expired', count: 1, from: expired }] });
  });

  test.each([
    ['throttle', 'throttled'],
    ['serverError', 'fault'],
  ] as const)('tells %s from what will never be taken', async (kind, expected) => {
    const { lab, put } = setUp();
    lab.faults.add({ kind, service: 'logs', operation: 'PutLogEvents', times: 1 });
    expect(await put(NOW)).toMatchObject({ kind: expected });
    expect(await put(NOW + 1, NOW)).toMatchObject({ kind: 'refused', code: 'InvalidParameterException' });
  });
});

describe('a sink without keys that are valid', () => {
  test.each(['ExpiredTokenException', 'UnrecognizedClientException'])(
    'answers %s as a failure that may pass',
    async (name) => {
      const client = { send: () => Promise.reject(Object.assign(new Error('expired'), { name })) };
      const sink = createCloudWatchSink(client, { logGroupName: '/web', logStreamName: 's' });
      const outcome = await sink.put(
        [{ id: 'x', timestamp: NOW, message: 'm', bytes: 1 }],
        new AbortController().signal,
      );
      expect(outcome).toEqual({ kind: 'credentials', code: name });
    },
  );
});

describe('the health socket', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'directrix-health-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const health = () => new ShipProgress({ now: () => NOW, elapsed: () => 0, sleep: async () => undefined });
  const ask = (socketPath: string) =>
    new Promise<unknown>((resolve, reject) => {
      get({ socketPath, path: '/' }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve(JSON.parse(text)));
      }).on('error', reject);
    });

  test('tells position, lag, last acknowledgement and what fails', async () => {
    const path = join(directory, 'a', 'health.sock');
    const progress = health();
    const socket = await openHealthSocket(path, () => progress.health());
    expect(await ask(path)).toMatchObject({ state: 'shipping', lagMs: 0 });
    progress.acknowledge({ cursor: 'c1', at: NOW - 9_000 }, NOW - 8_000);
    progress.read({ cursor: 'c2', realtimeUs: (NOW - 5_000) * 1_000, bootId: 'b', message: '', fields: {} });
    progress.fail({ kind: 'throttled', code: 'ThrottlingException' }, NOW - 4_000);
    expect(await ask(path)).toMatchObject({
      state: 'waiting',
      position: { cursor: 'c1', time: '2018-11-11T07:59:51.000Z' },
      lastAcknowledgement: '2018-11-11T07:59:52.000Z',
      lagMs: 5_000,
      failure: { kind: 'throttled', code: 'ThrottlingException', since: '2018-11-11T07:59:56.000Z' },
    });
    await expect(openHealthSocket(path, () => progress.health())).rejects.toThrow('another agent answers');
    await socket.close();
  });

  test('takes the place of one that an agent left behind, and of nothing else', async () => {
    const path = join(directory, 'left.sock');
    const script = "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
    spawnSync(process.execPath, ['-e', script, path]);
    expect(lstatSync(path).isSocket()).toBe(true);
    const socket = await openHealthSocket(path, () => health().health());
    expect(await ask(path)).toMatchObject({ state: 'shipping' });
    await socket.close();
    const file = join(directory, 'file');
    writeFileSync(file, 'mine');
    await expect(openHealthSocket(file, () => health().health())).rejects.toThrow('is not a socket');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('journalctl', () => {
  let directory: string;
  const entry = (n: number, boot: string) =>
    JSON.stringify({
      __CURSOR: `s=1;i=${n};b=${boot};m=${n};t=${n};x=${n}`,
      __REALTIME_TIMESTAMP: `${n}`,
      _BOOT_ID: boot,
      MESSAGE: `${n}`,
    });
  const signal = new AbortController().signal;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'directrix-agent-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** A journalctl whose answer depends on its words: the first line of `answers` whose key they contain. */
  function program(answers: Readonly<Record<string, readonly string[]>>, exitCode = 0): string {
    const path = join(directory, `journalctl-${Math.random().toString(36).slice(2)}`);
    const cases = Object.entries(answers).map(
      ([words, lines]) => `*"${words}"*) cat <<'LINES'\n${lines.join('\n')}\nLINES\n;;`,
    );
    writeFileSync(path, `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\nesac\nexit ${exitCode}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  async function readAll(journal: ReturnType<typeof createJournalctl>, cursor: string): Promise<string[]> {
    const messages: string[] = [];
    for await (const { message } of journal.read({ kind: 'after', cursor }, signal)) messages.push(message);
    return messages;
  }

  test('a cursor is tested without the filters', async () => {
    const path = program({
      '--unit': [],
      '--cursor s=1;i=1;b=a;m=1;t=1;x=1 --lines 1': [entry(1, 'a')],
      '--cursor': [entry(2, 'a')],
    });
    const journal = createJournalctl({ program: path, units: ['web'] });
    expect(await journal.has('s=1;i=1;b=a;m=1;t=1;x=1', signal)).toBe(true);
    expect(await journal.has('s=1;i=9;b=a;m=9;t=9;x=9', signal)).toBe(false);
  });

  test('begins at the cursor and drops its entry, because --after-cursor drops whichever comes first', async () => {
    const path = program({
      '--cursor s=1;i=3;b=b;m=3;t=3;x=3 --no-tail --follow': [entry(3, 'b'), entry(4, 'b')],
      '--cursor s=1;i=1;b=a;m=1;t=1;x=1': [entry(1, 'a'), entry(2, 'b'), entry(3, 'b')],
    });
    const journal = createJournalctl({ program: path, units: [] });
    expect(await readAll(journal, 's=1;i=1;b=a;m=1;t=1;x=1')).toEqual(['2', '3', '4']);
  });

  test('loses no entry where the filters leave out that of the cursor', async () => {
    const path = program({ '--follow': [], '--unit web --cursor': [entry(2, 'a'), entry(3, 'a')] });
    const journal = createJournalctl({ program: path, units: ['web'] });
    expect(await readAll(journal, 's=1;i=1;b=a;m=1;t=1;x=1')).toEqual(['2', '3']);
  });

  test('what earlier boots have left is read too, which journalctl --follow leaves out', async () => {
    const path = program({
      '--cursor s=1;i=4;b=b;m=4;t=4;x=4 --no-tail --follow': [entry(5, 'b')],
      '--follow': [],
      '--cursor': [entry(2, 'a'), entry(3, 'b'), entry(4, 'b')],
    });
    expect(await readAll(createJournalctl({ program: path, units: [] }), 's=1;i=1;b=a;m=1;t=1;x=1')).toEqual([
      '2',
      '3',
      '4',
      '5',
    ]);
  });

  test('a machine whose units are silent has a first entry all the same', async () => {
    const path = program({ '--unit': [], '--boot': [entry(1, 'a')] });
    const first = await createJournalctl({ program: path, units: ['web'] }).firstOfBoot(signal);
    expect(first?.message).toBe('1');
  });

  test('binary, repeated and missing fields, and an entry that is too large to read, are entries', async () => {
    const large = `{"__CURSOR":"c4","__REALTIME_TIMESTAMP":"4","MESSAGE":"${'x'.repeat(17 * 1_048_576)}"}`;
    const path = program({
      '--follow': [],
      '--cursor': [
        '{"__CURSOR":"c1","__REALTIME_TIMESTAMP":"1","MESSAGE":[255,0,104,105],"FIELD":["a",[98,99]]}',
        '{"__CURSOR":"c2","__REALTIME_TIMESTAMP":"2","MESSAGE":null}',
        'torn {',
        '{"__CURSOR":"c3","__REALTIME_TIMESTAMP":"3","MESSAGE":["one","two"]}',
        large,
      ],
    });
    const messages = await readAll(createJournalctl({ program: path, units: [] }), 'c0');
    expect(messages.slice(0, 3)).toEqual(['\ufffd\u0000hi', '', 'one\ntwo']);
    expect(messages[3]).toMatch(
      /^\[directrix: an entry of 178\d{5} bytes is too large to read\. See it with: journalctl .*c4/,
    );
  });

  test.each([
    ['that fails', () => program({ '--cursor': [] }, 1), /exit code 1/],
    ['that is not there', () => join(directory, 'none'), /cannot be run: ENOENT/],
  ])('one %s is said to have failed', async (_, make, text) => {
    await expect(readAll(createJournalctl({ program: make(), units: [] }), 'x')).rejects.toThrow(text);
  });
});

describe('the command', () => {
  async function run(...argv: readonly string[]) {
    const told: string[] = [];
    const io = {
      env: { AWS_EC2_METADATA_DISABLED: 'true' },
      out: (text: string) => void told.push(text),
      warn: (line: string) => void told.push(line),
    };
    return { exitCode: await main([...argv], io), told: told.join('\n') };
  }

  test.each([
    [['--nope'], 'INVALID_ARGUMENT'],
    [['start', '--group', 'web'], 'INVALID_ARGUMENT: there is no "start"'],
    [[], 'INVALID_CONFIG'],
    [['--group', 'a b'], 'INVALID_CONFIG: --group: has characters that a log group cannot have'],
    [['--group', 'web', '--retention-days', '8'], 'INVALID_CONFIG: --retention-days: must be one of 1, 3, 5, 7'],
    [['--group', 'web', '--join-from', '('], 'INVALID_CONFIG: --join-from: is not a regular expression'],
    [['--group', 'web', '--config', '/nowhere'], 'INVALID_CONFIG: /nowhere cannot be read: ENOENT'],
    [['--group', 'web'], 'NO_INSTANCE_ID'],
    // Such a stream cannot be: every event would be refused.
    [['--group', 'web', '--instance-id', 'i:1'], 'INVALID_CONFIG: --instance-id: cannot hold : * or /'],
    [['--group', 'web', '--release', 'r'.repeat(256)], 'INVALID_CONFIG: --release'],
  ])('%j is refused with its code', async (argv, expected) => {
    const { exitCode, told } = await run(...argv);
    expect([exitCode, told]).toEqual([2, expect.stringContaining(expected)]);
  });

  test('install --print shows the unit and the configuration that it would write', async () => {
    const { exitCode, told } = await run(
      'install',
      '--print',
      '--group',
      'web',
      '--unit',
      'nginx',
      '--unit',
      'gunicorn',
    );
    expect(exitCode).toBe(0);
    expect(told).toContain('"units": [\n    "nginx",\n    "gunicorn"\n  ]');
    expect(told).toMatch(/ExecStart=\S*node\S* \S+directrix-agent\.js --config \/etc\/directrix\/agent\.json\n/);
    expect(told).toContain('SupplementaryGroups=systemd-journal');
  });

  test('a flag goes before the file', async () => {
    const options = await loadOptions(
      parseArguments(['--group', 'web', '--format', 'message', '--flush-seconds', '0.5']),
    );
    expect(options).toMatchObject({ group: 'web', format: 'message', flushSeconds: 0.5, withoutMasks: 'hold' });
  });
});
