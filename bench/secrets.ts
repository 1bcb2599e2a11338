// How long an application waits for 200 parameters when it starts cold, beside what people write with the SDK. Latency is made: every
// way to the store takes 20 ms each way, by a TCP relay.
//
// A cold start is a process of its own: connections, TLS-less HTTP (the lab's endpoint), credentials from the environment. The SDK
// loops are those of its own documentation: paginateGetParametersByPath, and GetParameters in tens, one after the other.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createLab, createScaledClock, createSimulatedDataPlane, startEndpoint } from '@directrix/lab';

const parameterCount = 200;
const oneWayMs = 20;
const roundCount = 5;
const subjects = ['plain SDK, by path', 'plain SDK, by names', 'directrix, by path', 'directrix, by names'];

interface Round {
  readonly ms: number;
  readonly requests: number;
}

export default async function main(): Promise<void> {
  const lab = createLab({ clock: createScaledClock({ speed: 1 }), dataPlane: createSimulatedDataPlane() });
  const endpoint = await startEndpoint(lab, { port: 0 });
  const relay = await startRelay(Number(new URL(endpoint.url).port));
  try {
    await putParameters(endpoint.url);
    const rounds = new Map<string, Round[]>(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < roundCount; round += 1) {
      for (const subject of subjects) rounds.get(subject)!.push(await measure(subject, relay.url, relay.countRequests));
    }
    report(rounds);
  } finally {
    relay.close();
    await endpoint.close();
    await lab.close();
  }
}

async function putParameters(endpoint: string): Promise<void> {
  const ssm = new SSMClient({
    region: 'us-west-2',
    endpoint,
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
  });
  for (let index = 0; index < parameterCount; index += 1) {
    const Name = `/app/production/KEY_${index}`;
    await ssm.send(new PutParameterCommand({ Name, Value: `value ${index}`, Type: 'SecureString' }));
  }
  ssm.destroy();
}

async function measure(subject: string, url: string, countRequests: () => number): Promise<Round> {
  const before = countRequests();
  const ms = await runSubject(subject, { AWS_ENDPOINT_URL: url });
  return { ms, requests: countRequests() - before };
}

/** Milliseconds from the first call to its end, as the process of the subject measures it. */
async function runSubject(subject: string, env: Readonly<Record<string, string>>): Promise<number> {
  const aws = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
  const child = fork(
    fileURLToPath(new URL('./secrets-process.mjs', import.meta.url)),
    [subject, String(parameterCount)],
    {
      env: { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...aws, ...env },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  const [ms] = (await once(child, 'message')) as [number];
  await once(child, 'exit');
  return ms;
}

/** Every byte arrives `oneWayMs` later, in both directions, and so does the connection. */
async function startRelay(port: number) {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((client) => {
    const store = connect(port, '127.0.0.1');
    for (const socket of [client, store]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    // The handshake of a connection is a latency too: what a client sends first has waited for it.
    let isFirst = true;
    client.on('data', (bytes) => {
      if (bytes.includes('x-amz-target') || bytes.includes('X-Amz-Target')) requests += 1;
      setTimeout(() => store.write(bytes), isFirst ? 3 * oneWayMs : oneWayMs);
      isFirst = false;
    });
    store.on('data', (bytes) => setTimeout(() => client.write(bytes), oneWayMs));
    client.on('end', () => store.end());
    store.on('end', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    countRequests: () => requests,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function report(rounds: ReadonlyMap<string, readonly Round[]>): void {
  console.log(
    `${parameterCount} parameters, cold; one latency is ${2 * oneWayMs} ms (and one more for each connection); median of ${roundCount}`,
  );
  for (const [subject, measured] of rounds) {
    const { ms, requests } = [...measured].sort((a, b) => a.ms - b.ms)[Math.floor(measured.length / 2)]!;
    const latencies = (ms / (2 * oneWayMs)).toFixed(1);
    console.log(
      `  ${subject.padEnd(22)} ${ms.toFixed(0).padStart(6)} ms  ${latencies.padStart(5)} latencies  ${requests} requests`,
    );
  }
}
