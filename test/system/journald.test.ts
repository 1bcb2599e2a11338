// The real agent over a real journald, killed with SIGKILL at random instants, while files are rotated and vacuumed, the machine reboots,
// and CloudWatch Logs throttles, fails, and loses answers: nothing lost, at most one batch twice, the order kept, every gap reported.
//
//   KILLS=200 SEED=7 npx vitest run --config vitest.system.config.ts test/system/journald.test.ts
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { createLab, createScaledClock, createSimulatedDataPlane } from '@directrix/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJournalctl } from '../../packages/agent/src/journalctl.js';
import type { ReadFrom } from '../../packages/agent/src/ports.js';
import { createChance } from '../../packages/rollout/src/simulation/random.js';
import { JournaldMachine, untilSo } from './tools/journald-machine.js';

const KILLS = Number(process.env.KILLS ?? 12);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const LIFE_MS = 1_000;
/** An agent that cannot ship is not waited for. */
const PATIENCE_MS = 4_000;
const agent = fileURLToPath(new URL('../../packages/agent/bin/directrix-agent.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'dx-journald-'));
const { next: random } = createChance(SEED);

interface Shipped {
  readonly id: string;
  /** `line 12`; undefined for what journald says itself. */
  readonly line?: string;
}

/** What CloudWatch Logs took, a batch each, in its order. */
const batches: (readonly Shipped[])[] = [];
const gaps: { readonly from?: string; readonly until: string }[] = [];
const accidents = { throttled: 0, unavailable: 0, answersLost: 0 };
let isOut = false;

const lab = createLab({ clock: createScaledClock({ speed: 1 }), dataPlane: createSimulatedDataPlane() });
const road = createServer((incoming, answer) => {
  const parts: Buffer[] = [];
  incoming.on('data', (part: Buffer) => parts.push(part));
  incoming.on('end', async () => {
    const body = Buffer.concat(parts);
    const refuse = (statusCode: number, type: string) =>
      answer
        .writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: type }));
    const isPut = incoming.headers['x-amz-target'] === 'Logs_20140328.PutLogEvents';
    const draw = random();
    if (isOut) return incoming.socket.destroy();
    if (isPut && draw < 0.1) {
      accidents.throttled += 1;
      return refuse(400, 'ThrottlingException');
    }
    if (isPut && draw < 0.2) {
      accidents.unavailable += 1;
      return refuse(503, 'ServiceUnavailableException');
    }
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const response = await lab.handle(
      { method: incoming.method ?? 'POST', path: '/', query: '', headers, body },
      { kind: 'endpoint' },
    );
    if (isPut && response.statusCode === 200)
      note(incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
    if (isPut && draw < 0.27) {
      accidents.answersLost += 1;
      return incoming.socket.destroy();
    }
    return answer.writeHead(response.statusCode, response.headers).end(response.body);
  });
});

function note(body: Buffer): void {
  const { logEvents } = JSON.parse(body.toString('utf8')) as { logEvents: readonly { message: string }[] };
  const events = logEvents.map(({ message }) => JSON.parse(message));
  gaps.push(...events.filter(({ directrix }) => directrix === 'GAP'));
  const entries = events.filter(({ directrix }) => directrix === undefined);
  if (entries.length === 0) return;
  batches.push(
    entries.map(({ id, identifier, message }): Shipped => ({ id, line: identifier === 'app' ? message : undefined })),
  );
}

let machine: JournaldMachine;
let endpoint: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => road.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(road.address() as AddressInfo).port}`;
  machine = await JournaldMachine.open(join(directory, 'machine'));
});
afterAll(async () => {
  await machine?.close();
  road.closeAllConnections();
  await new Promise((resolve) => road.close(resolve));
  await lab.close();
  rmSync(directory, { recursive: true, force: true });
});

function startAgent(): ChildProcess {
  const options = { group: '/web', release: '1', 'instance-id': 'i-1', region: 'us-west-2', endpoint };
  const paths = { 'state-directory': join(directory, 'state'), socket: join(directory, 'agent.sock') };
  const words = Object.entries({ ...options, ...paths, 'flush-seconds': '0.1', 'heartbeat-seconds': '0.5' });
  const [program = '', ...rest] = machine.enter(
    process.execPath,
    agent,
    ...words.flatMap(([name, value]) => [`--${name}`, value]),
  );
  return spawn(program, rest, {
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' },
    // Its journalctl is killed with it, as systemd does.
    detached: true,
    stdio: 'ignore',
  });
}

/** Most die when they have begun to ship, the others while they start. */
async function live(): Promise<void> {
  const [before, until] = [batches.length, performance.now() + (random() < 0.7 ? PATIENCE_MS : 0)];
  while (!isOut && batches.length === before && performance.now() < until) await sleep(10);
  await sleep(random() * LIFE_MS);
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await gone;
}

test(`${KILLS} SIGKILLs over journald: nothing lost, at most one batch twice (SEED=${SEED})`, async () => {
  const written: string[] = [];
  const taken = new Set<string>();
  const happened = { rotations: 0, vacuums: 0, reboots: 0, outages: 0 };
  const shippedLines = () => new Set(batches.flat().flatMap(({ line }) => line ?? []));
  const write = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      written.push(`line ${written.length}`);
      machine.write(written.at(-1) ?? '');
    }
  };
  const isKept = () => untilSo(() => machine.read().at(-1) === written.at(-1));
  /** What journald forgot before it was shipped: the only lines that may be missing. */
  const vacuum = async () => {
    happened.vacuums += 1;
    machine.vacuum(1);
    const kept = new Set(machine.read());
    const known = shippedLines();
    for (const line of written) if (!kept.has(line) && !known.has(line)) taken.add(line);
  };

  write(3);
  await isKept();
  // Until it has noted where it began, nobody can tell its first boot from one that the image brought along.
  const first = startAgent();
  await untilSo(() => batches.length > 0);
  await kill(first);
  for (let kills = 1; kills < KILLS; kills += 1) {
    write(1 + Math.floor(random() * 40));
    const child = startAgent();
    isOut = random() < 0.15;
    if (isOut) happened.outages += 1;
    const writing = random() < 0.5;
    await live();
    if (writing) write(5);
    if (random() < 0.3) {
      happened.rotations += 1;
      await machine.rotate();
    }
    await kill(child);
    isOut = false;
    await isKept();
    if (random() < 0.15) await vacuum();
    if (random() < 0.15) {
      happened.reboots += 1;
      await machine.reboot();
    }
  }
  const last = startAgent();
  write(1);
  await untilSo(() => shippedLines().has(written.at(-1) ?? ''));
  await kill(last);
  console.log(
    JSON.stringify({ ...happened, ...accidents, written: written.length, batches: batches.length, lost: taken.size }),
  );

  const shipped = shippedLines();
  const missing = written.filter((line) => !shipped.has(line));
  expect(missing.filter((line) => !taken.has(line))).toEqual([]);
  if (missing.length > 0) expect(gaps.length).toBeGreaterThan(0);
  expect(findOtherRepeats()).toEqual([]);
  const firstSeen = [...new Set(batches.flat().flatMap(({ line }) => line ?? []))];
  expect(firstSeen).toEqual(written.filter((line) => shipped.has(line)));
});

// systemd 252's --after-cursor loses the first entry where the filters leave out the cursor's own: after the filters have changed, or an
// entry of another boot.
test('reading after a cursor whose entry the filters leave out loses nothing', async () => {
  const signal = AbortSignal.timeout(60_000);
  const [program = '', ...programArguments] = machine.enter('journalctl');
  const open = (priority?: string) => createJournalctl({ program, programArguments, units: [], priority });
  const readMessages = async (from: ReadFrom, count: number, priority?: string) => {
    const entries = [];
    for await (const entry of open(priority).read(from, signal)) {
      if (entry.fields.SYSLOG_IDENTIFIER === 'app') entries.push(entry);
      if (entries.length === count) break;
    }
    return entries;
  };
  const before = machine.read().length;
  for (const line of ['<3>bad 1', 'fine', '<3>bad 2', '<3>bad 3']) machine.write(line);
  await untilSo(() => machine.read().at(-1) === 'bad 3');
  const fine = (await readMessages({ kind: 'oldest' }, before + 2)).at(-1);
  expect(fine?.message).toBe('fine');
  const after = { kind: 'after', cursor: fine?.cursor ?? '' } as const;
  expect((await readMessages(after, 2, 'err')).map(({ message }) => message)).toEqual(['bad 2', 'bad 3']);
  // An entry that nobody filters out is not read again.
  expect((await readMessages(after, 2)).map(({ message }) => message)).toEqual(['bad 2', 'bad 3']);
  await machine.reboot();
  machine.write('<3>bad 4');
  expect((await readMessages(after, 3, 'err')).at(-1)?.message).toBe('bad 4');
  const third = (await readMessages(after, 2)).at(-1)?.cursor ?? '';
  expect((await readMessages({ kind: 'after', cursor: third }, 1, 'err'))[0]?.message).toBe('bad 4');
}, 120_000);

/** What comes again is of one batch: the one whose acknowledgement was not kept. It may come in several smaller ones. */
function findOtherRepeats(): readonly string[] {
  const seen = new Set<string>();
  let onItsWay = new Set<string>();
  return batches.flatMap((batch) => {
    const others = batch.flatMap(({ id, line }) => (seen.has(id) && !onItsWay.has(id) ? (line ?? id) : []));
    if (batch.some(({ id }) => !seen.has(id))) onItsWay = new Set(batch.map(({ id }) => id));
    for (const { id } of batch) seen.add(id);
    return others;
  });
}
