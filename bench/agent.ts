// The agent, whole (positions on disk, ids, batches in order), and a plain loop that parses the same lines and puts them with the same SDK,
// keeping nothing: 40,000 entries of a journal, then 20 entries a second. Each in a process of its own, alternating, against a server on
// loopback that only counts. journalctl is a script that prints a file: what is measured is what comes after it.
//
// `node bench/run.mjs agent`. Reported in docs/benchmarks.md.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

const entryCount = 40_000;
const rounds = 2;
const trickleCount = 200;
const trickleEveryMs = 50;
const clockTicksPerSecond = 100;

interface Put {
  readonly at: number;
  readonly times: readonly number[];
}

export default async function run([arm, endpoint, journalctl]: readonly string[]): Promise<void> {
  if (arm === 'loop' && endpoint !== undefined && journalctl !== undefined) return loop(endpoint, journalctl);
  const directory = mkdtempSync(join(tmpdir(), 'directrix-bench-'));
  const puts: Put[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const raw = Buffer.concat(parts);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      if (String(request.headers['x-amz-target']).endsWith('PutLogEvents')) {
        const { logEvents } = JSON.parse(body.toString('utf8')) as { logEvents: readonly { timestamp: number }[] };
        puts.push({ at: Date.now(), times: logEvents.map(({ timestamp }) => timestamp) });
      }
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const script = writeJournal(directory);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const one of ['loop', 'agent'] as const)
        console.log(round, one, await measure(one, url, script, puts, join(directory, `${one}-${round}`)));
    }
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true });
  }
}

/** As `journalctl -o json --all` prints a line of nginx: about 1,200 bytes. */
function entryLine(index: number, realtimeMs: number): string {
  return JSON.stringify({
    __CURSOR: `s=5f1c;i=${index.toString(16)};b=b00t;m=${index.toString(16)};t=${(realtimeMs * 1000).toString(16)};x=${index.toString(16)}`,
    __REALTIME_TIMESTAMP: String(realtimeMs * 1000),
    __MONOTONIC_TIMESTAMP: String(index),
    _BOOT_ID: '904b42baf6c04f16a19761cc53c31d57',
    _MACHINE_ID: 'd1b2c5a9b8f04bb7a4c8b1a2d3e4f506',
    _HOSTNAME: 'ip-10-0-1-23',
    _TRANSPORT: 'stdout',
    _STREAM_ID: '8c1f7a6d5e4b4c3a92817263f4e5d6c7',
    PRIORITY: '6',
    SYSLOG_FACILITY: '3',
    SYSLOG_IDENTIFIER: 'nginx',
    _PID: '402',
    _UID: '33',
    _GID: '33',
    _COMM: 'nginx',
    _EXE: '/usr/sbin/nginx',
    _CMDLINE: 'nginx: worker process',
    _CAP_EFFECTIVE: '0',
    _SELINUX_CONTEXT: 'unconfined\n',
    _SYSTEMD_CGROUP: '/system.slice/nginx.service',
    _SYSTEMD_UNIT: 'nginx.service',
    _SYSTEMD_SLICE: 'system.slice',
    _SYSTEMD_INVOCATION_ID: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
    MESSAGE: `10.0.3.7 - - [11/Nov/2018:08:00:00 +0000] "GET /posts/${index}/ HTTP/1.1" 200 5316 "https://hyperbo.la/" "Mozilla/5.0 (X11; Linux x86_64)"`,
  });
}

/** A journalctl that prints a file, and follows another one. */
function writeJournal(directory: string): string {
  const [past, coming, script] = ['past', 'coming', 'journalctl'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const start = Date.now() - entryCount;
  writeFileSync(past, '');
  for (let from = 0; from < entryCount; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, offset) => `${entryLine(from + offset, start + from + offset)}\n`);
    appendFileSync(past, lines.join(''));
  }
  writeFileSync(coming, '');
  const text = `#!/bin/sh
case "$*" in
*--follow*) exec tail -n 0 -F '${coming}' ;;
*--boot*) exec head -n 1 '${past}' ;;
*'--lines 1'*) cat '${past}' '${coming}' | tail -n 1 ;;
*) exec cat '${past}' ;;
esac
`;
  writeFileSync(script, text, { mode: 0o755 });
  return script;
}

async function measure(arm: 'loop' | 'agent', url: string, script: string, puts: Put[], state: string) {
  puts.length = 0;
  const child = start(arm, url, script, state);
  try {
    const count = () => puts.reduce((sum, { times }) => sum + times.length, 0);
    await waitFor(child, () => count() >= entryCount);
    const [first, last] = [puts[0]?.at ?? 0, puts.at(-1)?.at ?? 0];
    const { cpuMs, residentPeakMegabytes } = usageOf(child);
    // It begins to follow.
    await sleep(2_000);
    puts.length = 0;
    const coming = join(script, '..', 'coming');
    for (let index = 0; index < trickleCount; index += 1) {
      appendFileSync(coming, `${entryLine(entryCount + index, Date.now())}\n`);
      await sleep(trickleEveryMs);
    }
    await waitFor(child, () => count() >= trickleCount);
    const lags = puts.flatMap(({ at, times }) => times.map((time) => at - time)).sort((a, b) => a - b);
    return {
      entriesPerSecond: Math.round((1_000 * entryCount) / (last - first)),
      cpuMicrosecondsPerEntry: Math.round((1_000 * cpuMs) / entryCount),
      residentPeakMegabytes,
      lagMedianMs: lags[Math.floor(lags.length / 2)],
      lagMostMs: lags.at(-1),
    };
  } finally {
    const gone = child.exitCode === null ? once(child, 'exit') : undefined;
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await gone;
  }
}

async function waitFor(child: ChildProcess, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!isSo()) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error('The process under test does not ship.');
    await sleep(20);
  }
}

function start(arm: 'loop' | 'agent', url: string, script: string, state: string): ChildProcess {
  const agent = fileURLToPath(new URL('../packages/agent/bin/directrix-agent.js', import.meta.url));
  const options = {
    group: '/web',
    'instance-id': 'i-1',
    region: 'us-west-2',
    endpoint: url,
    'state-directory': state,
    socket: `${state}.sock`,
    journalctl: script,
    'heartbeat-seconds': '0',
  };
  const words =
    arm === 'agent'
      ? [agent, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])]
      : [fileURLToPath(new URL('./run.mjs', import.meta.url)), 'agent', 'loop', url, script];
  return spawn(process.execPath, words, {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab', NODE_NO_WARNINGS: '1' },
  });
}

/** Of the process alone, without its journalctl. */
function usageOf({ pid }: ChildProcess) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const [, peak = '0'] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    cpuMs: (1_000 * (user + system)) / clockTicksPerSecond,
    residentPeakMegabytes: Math.round((Number(peak) * 1_024) / 1e6),
  };
}

/** Reads lines, puts 2,500 or what has come within a second, forgets. */
async function loop(endpoint: string, journalctl: string): Promise<void> {
  const client = new CloudWatchLogsClient({ endpoint, region: 'us-west-2' });
  let batch: { timestamp: number; message: string }[] = [];
  const put = async () => {
    const logEvents = batch;
    batch = [];
    if (logEvents.length > 0)
      await client.send(new PutLogEventsCommand({ logGroupName: '/web', logStreamName: 'i-1', logEvents }));
  };
  setInterval(() => void put(), 1_000);
  for (const words of [[], ['--follow']]) {
    const child = spawn(journalctl, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const { __CURSOR: id, __REALTIME_TIMESTAMP: realtime, MESSAGE: message, _SYSTEMD_UNIT: unit } = JSON.parse(line);
      batch.push({ timestamp: Math.floor(Number(realtime) / 1_000), message: JSON.stringify({ message, unit, id }) });
      if (batch.length >= 2_500) await put();
    }
  }
}
