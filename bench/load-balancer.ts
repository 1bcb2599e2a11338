// How much work the lab's load balancer makes of a small request, against nginx as a proxy doing the same.
//
// The proxy under measurement has a core of its own (0); the target (nginx, `return 200`) and the load (wrk) share the other. Other
// work on the machine distorts requests per second, so that the ratio is taken of CPU time per request, as the kernel accounts it to
// the proxy, and of each proxy's least disturbed quarter of rounds; rounds of both alternate within one run. Linux with Debian's nginx-light, wrk and taskset.
import { type ChildProcess, execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const roundCount = 15;
const roundSeconds = 1;
/** V8 has compiled what it will by then. */
const warmUpRequests = 30_000;
const connectionCount = 32;
const body = 'VERSION: 0.149.2\nFQDN: ip-10-0-1-23.us-west-2.compute.internal\nOK\n';

interface Subject {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

interface Round {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly cpuMicrosecondsPerRequest: number;
}

export default async function main(): Promise<void> {
  const missing = ['nginx', 'wrk', 'taskset'].filter((tool) => spawnSync('which', [tool]).status !== 0);
  if (missing.length > 0 || cpus().length < 2) {
    console.error(
      `Not measured: needs two cores and ${missing.join(', ') || 'nothing else'} (apt-get install nginx-light wrk).`,
    );
    process.exitCode = 2;
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'directrix-bench-'));
  const children: ChildProcess[] = [];
  try {
    const [targetPort, proxyPort] = [await freePort(), await freePort()];
    await startNginx(children, directory, 'target', 1, targetPort, `return 200 '${body}';`);
    const nginxPid = await startNginx(children, directory, 'proxy', 0, proxyPort, proxyTo(targetPort));
    const subjects: Subject[] = [
      { name: 'nginx', url: `http://127.0.0.1:${proxyPort}/healthz`, pid: nginxPid },
      await startDirectrix(children, targetPort),
    ];
    for (const subject of subjects) warmUp(subject);
    const rounds = new Map<string, Round[]>(subjects.map(({ name }) => [name, []]));
    for (let n = 0; n < roundCount; n += 1) {
      for (const subject of subjects) rounds.get(subject.name)?.push(measure(subject, roundSeconds));
    }
    report(rounds);
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(
      children.map((child) => child.exitCode === null && child.signalCode === null && once(child, 'exit')),
    );
    rmSync(directory, { recursive: true, force: true });
  }
}

function proxyTo(port: number): string {
  return `proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Port $server_port; proxy_set_header X-Amzn-Trace-Id $request_id; } }
    upstream target { server 127.0.0.1:${port}; keepalive 64; keepalive_requests 1000000;
    } server { location / { return 404;`;
}

/** Resolves with the process id of the worker. */
async function startNginx(
  children: ChildProcess[],
  directory: string,
  name: string,
  core: number,
  port: number,
  location: string,
): Promise<number> {
  const file = join(directory, `${name}.conf`);
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${join(directory, name)}.pid; error_log stderr warn; user root;
    events { worker_connections 1024; }
    http { access_log off; keepalive_requests 100000000; client_body_temp_path ${directory}; proxy_temp_path ${directory};
      fastcgi_temp_path ${directory}; uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
      server { listen 127.0.0.1:${port}; location / { ${location} } }
    }`,
  );
  const child = spawn('taskset', ['-c', String(core), 'nginx', '-c', file, '-p', directory], { stdio: 'inherit' });
  children.push(child);
  await untilAnswers(`http://127.0.0.1:${port}/`);
  return workerOf(child.pid ?? 0);
}

async function startDirectrix(children: ChildProcess[], targetPort: number): Promise<Subject> {
  const child = fork(fileURLToPath(new URL('./run.mjs', import.meta.url)), [
    'load-balancer-process',
    String(targetPort),
  ]);
  children.push(child);
  const [url] = (await once(child, 'message')) as [string];
  execFileSync('taskset', ['-a', '-c', '-p', '0', String(child.pid)], { stdio: 'ignore' });
  return { name: 'directrix', url: `${url}/healthz`, pid: child.pid ?? 0 };
}

function warmUp(subject: Subject): void {
  for (let requests = 0; requests < warmUpRequests; ) requests += measure(subject, roundSeconds).requests;
}

function measure({ url, pid }: Subject, seconds: number): Round {
  const cpuBefore = cpuSeconds(pid);
  const flags = ['-t', '1', '-c', String(connectionCount), '-d', `${seconds}s`, '--latency'];
  const text = execFileSync('taskset', ['-c', '1', 'wrk', ...flags, url], { encoding: 'utf8' });
  const cpu = cpuSeconds(pid) - cpuBefore;
  const read = (pattern: RegExp) => pattern.exec(text)?.slice(1) ?? [];
  const [requests = '0'] = read(/(\d+) requests in/);
  const [perSecond = '0'] = read(/Requests\/sec:\s+([\d.]+)/);
  const [p99 = '0', unit] = read(/99%\s+([\d.]+)(us|ms|s)/);
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`Requests failed:\n${text}`);
  return {
    requests: Number(requests),
    requestsPerSecond: Number(perSecond),
    p99Ms: Number(p99) * ({ us: 0.001, ms: 1, s: 1000 }[unit ?? 'ms'] ?? 1),
    cpuMicrosecondsPerRequest: (cpu * 1e6) / Number(requests),
  };
}

function report(rounds: ReadonlyMap<string, readonly Round[]>): void {
  const results = [...rounds].map(([name, all]) => ({
    name,
    cpu: at(
      0.25,
      all.map((round) => round.cpuMicrosecondsPerRequest),
    ),
    medianCpu: at(
      0.5,
      all.map((round) => round.cpuMicrosecondsPerRequest),
    ),
    requestsPerSecond: at(
      0.75,
      all.map((round) => round.requestsPerSecond),
    ),
    p99Ms: at(
      0.25,
      all.map((round) => round.p99Ms),
    ),
  }));
  console.log(
    `${roundCount} alternating rounds of ${roundSeconds} s, ${connectionCount} connections, Node ${process.version}, ${cpus()[0]?.model}`,
  );
  console.log('            CPU us/request (median)  requests/s   p99 ms   (quartiles on the quiet side)');
  for (const { name, cpu, medianCpu, requestsPerSecond, p99Ms } of results) {
    const columns = [cpu.toFixed(1).padStart(14), `(${medianCpu.toFixed(1)})`.padStart(9)];
    console.log(
      [name.padEnd(10), ...columns, requestsPerSecond.toFixed(0).padStart(11), p99Ms.toFixed(2).padStart(8)].join(' '),
    );
  }
  const [nginx, directrix] = results;
  if (nginx === undefined || directrix === undefined) return;
  console.log(`directrix does ${(nginx.cpu / directrix.cpu).toFixed(2)} of nginx's requests with the same CPU time`);
  console.log(`and ${(directrix.requestsPerSecond / nginx.requestsPerSecond).toFixed(2)} of its requests per second`);
}

/** The value below which this share of the values lies. */
function at(share: number, values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;
}

/** User and system time of a process, all its threads included. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function workerOf(master: number): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(master)) return Number(name);
  }
  throw new Error(`nginx ${master} has no worker.`);
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const isAnswered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isAnswered) return;
    if (performance.now() > deadline) throw new Error(`${url} does not answer.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
