// The agent's loop and its real sink, killed 1,000 times at random instants, over the lab's CloudWatch Logs, which throttles, fails, is
// down, refuses expired credentials and loses answers; while the journal is rotated and vacuumed and the machine reboots.
//
//   KILLS=10000 SEED=7 npx vitest run test/simulation/agent-kills.test.ts
//
// The same with a real journald and SIGKILL: test/system/journald.test.ts.
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  GetLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Clock, createLab } from '@directrix/lab';
import { expect, test } from 'vitest';
import { createCloudWatchSink } from '../../packages/agent/src/cloudwatch-sink.js';
import { eventIdOf } from '../../packages/agent/src/event.js';
import {
  createMachine,
  createRandom,
  type Machine,
  SHORT_LIMITS,
  START,
} from '../../packages/agent/src/ship.fixture.js';

const KILLS = Number(process.env.KILLS ?? 1_000);
const SEED = Number(process.env.SEED ?? 20_181_111);
/** An agent lives for so many steps at most, and the journal keeps so many entries. */
const MOST_STEPS = 50;
const MOST_KEPT = 150;
/** Longer than a life of the agent. */
const LONGEST_OUTAGE_MS = 900_000;
const destination = { logGroupName: '/web', logStreamName: 'i-1/0.149.2' };
const noMachines = { attach: () => undefined, perform: () => undefined, close: async () => undefined };

interface Accidents {
  throttled: number;
  failed: number;
  down: number;
  expired: number;
  answersLost: number;
}

/** A machine whose batches go to a lab over a road full of accidents. The lab's time is the machine's. */
function setUp() {
  const random = createRandom(SEED);
  const machine = createMachine(random);
  const clock: Clock = {
    now: () => machine.now,
    setTimer: () => ({ cancel: () => undefined }),
    sleep: async () => undefined,
  };
  const lab = createLab({ clock, dataPlane: noMachines });
  const accidents: Accidents = { throttled: 0, failed: 0, down: 0, expired: 0, answersLost: 0 };
  /** What the lab has taken, in the order of its coming. */
  const arrived: Shipped[] = [];
  const note = (body: string) => {
    const { logEvents } = JSON.parse(body) as { logEvents: readonly { message: string }[] };
    arrived.push(...logEvents.map(({ message }) => read(message)));
  };
  const road = { isSafe: false, downUntil: 0 };
  const isPut = (headers: Readonly<Record<string, string>>) =>
    Object.values(headers).includes('Logs_20140328.PutLogEvents');

  const requestHandler: typeof lab.requestHandler = {
    ...lab.requestHandler,
    async handle(request, options) {
      const chance = road.isSafe || !isPut(request.headers) ? 1 : random();
      if (!road.isSafe && machine.elapsed < road.downUntil) throw failure('ECONNREFUSED');
      const once = { service: 'logs', operation: 'PutLogEvents', times: 1 } as const;
      if (chance < 0.01) {
        accidents.down += 1;
        road.downUntil = machine.elapsed + random() * LONGEST_OUTAGE_MS;
        throw failure('ECONNREFUSED');
      }
      if (chance < 0.06) {
        accidents.throttled += 1;
        lab.faults.add({ ...once, kind: 'throttle' });
      } else if (chance < 0.1) {
        accidents.failed += 1;
        lab.faults.add({ ...once, kind: 'serverError', statusCode: 503 });
      } else if (chance < 0.12) {
        accidents.expired += 1;
        throw Object.assign(new Error('The security token included in the request is expired'), {
          name: 'ExpiredTokenException',
        });
      }
      const answer = await lab.requestHandler.handle(request, options);
      if (isPut(request.headers) && answer.response.statusCode === 200) note(Buffer.from(request.body).toString());
      // It has arrived, and nobody hears of it.
      if (chance >= 0.12 && chance < 0.17) {
        accidents.answersLost += 1;
        throw failure('ECONNRESET');
      }
      return answer;
    },
  };
  const options = { region: 'us-west-2', credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' }, maxAttempts: 1 };
  machine.sink = createCloudWatchSink(new CloudWatchLogsClient({ ...options, requestHandler }), destination);
  const reader = new CloudWatchLogsClient({ ...options, requestHandler: lab.requestHandler });
  return { random, machine, accidents, road, reader, arrived };
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

interface Shipped {
  readonly directrix?: string;
  readonly id?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly until?: string;
}

const read = (message: string): Shipped => JSON.parse(message);

test(`${KILLS} kills over the lab's CloudWatch Logs: nothing lost, at most one batch twice, the order kept, every gap told (SEED=${SEED})`, async () => {
  const { random, machine, accidents, road, reader, arrived } = setUp();
  machine.heartbeatMs = 30_000;
  const happened = { rotations: 0, vacuums: 0, reboots: 0 };
  // What vacuum took before it was shipped: the only entries that may be missing.
  const gone = new Map<string, number>();
  const seen = new Set<string>();
  let known = 0;
  const lookAtLife = () => {
    const ids = arrived.slice(known).flatMap(({ id }) => id ?? []);
    known = arrived.length;
    expectRepeatsOfOneBatch(ids, seen);
    for (const id of ids) seen.add(id);
  };
  for (let kills = 0; kills < KILLS; ) {
    for (let count = Math.floor(random() * 12); count >= 0; count -= 1) machine.write(`entry ${count}`);
    // Before it has noted where it began, nobody can tell its first boot from a boot that the image brought along.
    if (random() < 0.1 && machine.files.has('/state/position.json')) {
      happened.reboots += 1;
      machine.reboot();
    }
    if ((await machine.run(1 + Math.floor(random() * MOST_STEPS), random() < 0.5)) === 'killed') kills += 1;
    lookAtLife();
    if (random() < 0.1) {
      happened.rotations += 1;
      rotate(machine);
    }
    if (random() < 0.05 || machine.journal.length > MOST_KEPT) {
      happened.vacuums += 1;
      for (const { cursor, realtimeUs } of machine.vacuum(Math.ceil(machine.journal.length * random())))
        if (!seen.has(eventIdOf(cursor))) gone.set(eventIdOf(cursor), Math.floor(realtimeUs / 1000));
    }
  }
  road.isSafe = true;
  await machine.run();
  lookAtLife();
  console.log(
    JSON.stringify({ seed: SEED, ...happened, ...accidents, written: machine.written.length, lost: gone.size }),
  );

  const missing = machine.written.filter((id) => !seen.has(id));
  expect(missing.filter((id) => !gone.has(id))).toEqual([]);
  // The order in which entries came first is the order of the journal.
  expect([...seen]).toEqual(machine.written.filter((id) => seen.has(id)));
  // Whatever is missing lies within a gap that was told.
  const gaps = arrived.filter(({ directrix }) => directrix === 'GAP');
  const isTold = (at: number) =>
    gaps.some(({ from, until }) => (from === undefined || Date.parse(from) <= at) && at <= Date.parse(until ?? ''));
  expect(missing.filter((id) => !isTold(gone.get(id) ?? 0))).toEqual([]);
  for (const [what, count] of Object.entries({ ...happened, ...accidents }))
    expect([what, count > 0]).toEqual([what, true]);
  expect(gaps.length).toBeGreaterThan(0);

  // Whoever reads it over the API sees the same: by time, and each entry.
  const events = [];
  for await (const page of paginateFilterLogEvents({ client: reader }, { logGroupName: destination.logGroupName }))
    events.push(...(page.events ?? []));
  const times = events.map(({ timestamp }) => timestamp ?? 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(new Set(events.flatMap(({ message }) => read(message ?? '').id ?? []))).toEqual(seen);
}, 600_000);

/** Only a batch whose acknowledgement was not kept comes again, and it comes before anything new. */
function expectRepeatsOfOneBatch(shipped: readonly string[], seen: ReadonlySet<string>): void {
  const ids = [...new Set(shipped)];
  const repeated = ids.filter((id) => seen.has(id));
  expect(repeated.length, `SEED=${SEED}`).toBeLessThanOrEqual(SHORT_LIMITS.events);
  expect(ids.slice(0, repeated.length), `SEED=${SEED}`).toEqual(repeated);
}

/** journald copies entries that it has written again: they may have another sequence number then. */
function rotate(machine: Machine): void {
  machine.journal.splice(
    0,
    machine.journal.length,
    ...machine.journal.map((entry) => ({ ...entry, cursor: entry.cursor.replace(/;i=([0-9a-f]+);/, ';i=f$1;') })),
  );
}

test('a group that is deleted while the agent runs is made again, and what was not acknowledged is in it', async () => {
  const { machine, road, reader } = setUp();
  road.isSafe = true;
  machine.write('before');
  await machine.run();
  await reader.send(new DeleteLogGroupCommand({ logGroupName: destination.logGroupName }));
  machine.write('after');
  await machine.run();
  const { events } = await reader.send(new GetLogEventsCommand({ ...destination, startFromHead: true }));
  expect(events?.map(({ message }) => JSON.parse(message ?? '').message)).toEqual(['after']);
  expect(machine.now).toBeGreaterThan(START);
});

test('two agents on one stream lose nothing', async () => {
  const { machine, road, reader, arrived } = setUp();
  road.isSafe = true;
  for (let count = 0; count < 40; count += 1) machine.write(`${count}`);
  await Promise.all([machine.run(), machine.run()]);
  expect(new Set(arrived.map(({ id }) => id))).toEqual(machine.writtenIds);
  const { events } = await reader.send(new GetLogEventsCommand({ ...destination, startFromHead: true }));
  expect(events?.length).toBeGreaterThanOrEqual(40);
});
