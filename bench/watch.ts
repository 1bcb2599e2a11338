// 1,000 checks, each every second, against a server on loopback: by the watch, whole (history on disk, incidents, metrics), and by a plain
// loop that asks with node:http and keeps nothing. Each in a process of its own.
//
// `node bench/run.mjs watch`. Reported in docs/benchmarks.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  createHttpTransport,
  createMetrics,
  fetchPost,
  History,
  readConfiguration,
  StateLog,
  startWatch,
} from '@directrix/watch';

const checkCount = 1_000;
const warmUpMs = 3_000;
const measuredMs = 10_000;

interface Measured {
  readonly looksPerSecond: number;
  readonly cpuMicrosecondsPerLook: number;
  readonly residentMegabytes: number;
}

export default async function run([arm, url]: readonly string[]): Promise<void> {
  if (arm === undefined || url === undefined) return compare();
  process.stdout.write(JSON.stringify(await (arm === 'watch' ? watch(url) : loop(url))));
  process.exit(0);
}

async function compare(): Promise<void> {
  const server = createServer((_request, response) => response.end('<html>hyperbola</html>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const arm of ['loop', 'watch']) {
    const runner = fileURLToPath(new URL('./run.mjs', import.meta.url));
    const child = spawn(process.execPath, [runner, 'watch', arm, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    await once(child, 'close');
    console.log(arm, JSON.parse(text));
  }
  server.closeAllConnections();
  server.close();
}

async function measure(count: () => number): Promise<Measured> {
  await sleep(warmUpMs);
  const [before, cpu, startedAt] = [count(), process.cpuUsage(), performance.now()];
  await sleep(measuredMs);
  const looks = count() - before;
  const { user, system } = process.cpuUsage(cpu);
  return {
    looksPerSecond: Math.round((1_000 * looks) / (performance.now() - startedAt)),
    cpuMicrosecondsPerLook: Math.round((user + system) / looks),
    residentMegabytes: Math.round(process.memoryUsage.rss() / 1e6),
  };
}

async function watch(url: string): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'directrix-bench-'));
  const checks = Array.from(
    { length: checkCount },
    (_, index) => `  - { name: check ${index}, url: "${url}", every: 1s, expect: { body: hyperbola } }`,
  );
  const reading = readConfiguration(`checks:\n${checks.join('\n')}\n`, { env: {}, placeDefault: 'bench' });
  if ('issues' in reading) throw new Error(JSON.stringify(reading.issues));
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal }),
  };
  const metrics = createMetrics();
  let looks = 0;
  const running = startWatch(reading.configuration, {
    clock,
    transport: createHttpTransport({ now: clock.now, elapsed: () => performance.now() }),
    post: fetchPost,
    channels: [],
    history: new History({ directory: join(directory, 'history'), days: 90 }),
    stateLog: new StateLog(join(directory, 'state.jsonl')),
    tell: () => ({ title: '', text: '' }),
    onEvent(event) {
      metrics.note(event);
      if (event.kind === 'looked') looks += 1;
    },
  });
  const measured = await measure(() => looks);
  await running.stop();
  rmSync(directory, { recursive: true });
  return measured;
}

async function loop(url: string): Promise<Measured> {
  let looks = 0;
  const ask = () =>
    new Promise<void>((resolve) => {
      get(url, { agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          body += piece;
        });
        response.on('end', () => {
          if (response.statusCode === 200 && body.includes('hyperbola')) looks += 1;
          resolve();
        });
      }).on('error', () => resolve());
    });
  for (let index = 0; index < checkCount; index += 1) setTimeout(() => setInterval(ask, 1_000), index);
  return measure(() => looks);
}
