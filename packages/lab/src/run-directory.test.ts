import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readProcessStartTime, writeProcessRecord } from './machines/process/process-record.js';
import {
  adoptRunDirectory,
  cleanStaleLabs,
  createRunDirectory,
  isRunning,
  type LabRecord,
  labsDirectory,
  listRunningLabs,
  readLabRecord,
  writeLabRecord,
} from './run-directory.js';

let home: string;
let labs: string;
const children: ChildProcess[] = [];
const orphans: number[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dx-'));
  labs = labsDirectory({ XDG_RUNTIME_DIR: home });
});

afterEach(() => {
  for (const pid of orphans.splice(0)) signal(pid);
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

const create = () => createRunDirectory(labs, { speed: 10, scenario: 'hyperbola:N1' });

async function startProcess(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1e6)'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout!, 'data');
  return child as ChildProcess & { readonly pid: number };
}

/**
 * A process whose parent never asks for its end. The parent is a shell that becomes `cat`: only what comes back through `cat` says that
 * it is the shell no more, which would ask for the end of its child whenever it is told of it.
 */
async function startUnderParentThatNeverWaits(): Promise<{ readonly pid: number }> {
  const parent = spawn('sh', ['-c', 'sleep 1000 >/dev/null & echo $!; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.push(parent);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  orphans.push(pid);
  parent.stdin.write('are you cat?\n');
  await once(parent.stdout, 'data');
  return { pid };
}

/** The directory of a lab whose process is no more. */
function createStale(changed: Partial<LabRecord> = {}): string {
  const { directory, record } = create();
  writeLabRecord(directory, { ...record, pidStartTime: 'another', endpoint: 'http://127.0.0.1:1', ...changed });
  return directory;
}

describe('a run directory', () => {
  test('is private, and holds a record of the process that made it', () => {
    const { directory, record } = create();
    for (const path of [directory, labs, dirname(labs)]) expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'lab.json')).mode & 0o777).toBe(0o600);
    expect(record).toMatchObject({ pid: process.pid, endpoint: undefined, speed: 10, scenario: 'hyperbola:N1' });
    expect(readLabRecord(directory)).toEqual(JSON.parse(JSON.stringify(record)));
  });

  test('is refused where its path leaves no room for the socket of the machines', () => {
    const long = join(home, 'x'.repeat(90));
    mkdirSync(long);
    const start = () => createRunDirectory(labsDirectory({ XDG_RUNTIME_DIR: long }), { speed: 1, scenario: undefined });
    expect(start).toThrowError(expect.objectContaining({ code: 'RUN_DIRECTORY_TOO_LONG' }));
    expect(readdirSync(long)).toEqual([]);
  });

  test('is in the temporary directory where XDG_RUNTIME_DIR names nothing', () => {
    const elsewhere = labsDirectory({});
    expect(elsewhere.startsWith(tmpdir())).toBe(true);
    expect(labsDirectory({ XDG_RUNTIME_DIR: join(home, 'nothing') })).toBe(elsewhere);
    expect(labsDirectory({ XDG_RUNTIME_DIR: '' })).toBe(elsewhere);
  });

  test('is not taken from somebody else: readable by others, or a link', () => {
    mkdirSync(dirname(labs), { mode: 0o755 });
    chmodSync(dirname(labs), 0o755);
    expect(create).toThrowError(expect.objectContaining({ code: 'RUN_DIRECTORY_UNSAFE' }));
    rmSync(dirname(labs), { recursive: true });
    mkdirSync(join(home, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(home, 'elsewhere'), dirname(labs));
    expect(create).toThrowError(expect.objectContaining({ code: 'RUN_DIRECTORY_UNSAFE' }));
  });

  test('may be taken over by the process that goes on with the lab', () => {
    const directory = createStale();
    expect(adoptRunDirectory(directory)).toMatchObject({ pid: process.pid, scenario: 'hyperbola:N1' });
    expect(listRunningLabs(labs)).toHaveLength(1);
  });
});

describe('a lab runs', () => {
  test('while the process of its record does', async () => {
    const child = await startProcess();
    const record = { pid: child.pid, pidStartTime: readProcessStartTime(child.pid) };
    expect(isRunning(record)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(record)).toBe(false);
  });

  // Where there is no init that asks for its end, a killed lab in the background stays a zombie.
  test.runIf(process.platform === 'linux')('no more when its process is a zombie', async () => {
    const { pid } = await startUnderParentThatNeverWaits();
    const record = { pid, pidStartTime: readProcessStartTime(pid) };
    expect(isRunning(record)).toBe(true);
    process.kill(pid, 'SIGKILL');
    const deadline = performance.now() + 60_000;
    while (isRunning(record) && performance.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    expect(isRunning(record)).toBe(false);
    expect(readProcessStartTime(pid)).toBe(record.pidStartTime);
  });

  test.each([
    ['another process has its id now', { pid: process.pid, pidStartTime: 'before us' }],
    ['nobody could tell when it started', { pid: process.pid, pidStartTime: undefined }],
  ])('no more when %s', (_, record) => {
    expect(isRunning(record)).toBe(false);
  });

  test('and is listed, oldest first, without what is damaged', () => {
    const newer = create();
    const older = create();
    writeLabRecord(older.directory, { ...older.record, startedAt: '2018-11-11T08:00:00.000Z' });
    createStale();
    mkdirSync(join(labs, 'damaged'));
    writeFileSync(join(labs, 'damaged', 'lab.json'), '{ "id": ');
    mkdirSync(join(labs, 'dangerous'));
    writeFileSync(join(labs, 'dangerous', 'lab.json'), '{ "id": "x", "pid": 1 }');
    expect(listRunningLabs(labs).map(({ id }) => id)).toEqual([older.record.id, newer.record.id]);
  });

  test('nowhere, where there never was one', () => {
    expect(listRunningLabs(join(home, 'nothing'))).toEqual([]);
    expect(cleanStaleLabs(join(home, 'nothing'))).toEqual([]);
  });
});

describe('cleaning up', () => {
  test('ends what a dead lab has left running, and deletes its files; a running lab is not touched', async () => {
    const [orphan, mine] = [await startProcess(), await startProcess()];
    const alive = create();
    const dead = createStale();
    const record = (pid: number) => ({ pid, startTime: readProcessStartTime(pid), command: ['node'] });
    writeProcessRecord(dead, 'i-1', 'app', record(orphan.pid));
    writeProcessRecord(alive.directory, 'i-2', 'app', record(mine.pid));
    const ended = once(orphan, 'exit');
    expect(cleanStaleLabs(labs)).toMatchObject([{ endpoint: 'http://127.0.0.1:1', endedProcessCount: 1 }]);
    await ended;
    expect(existsSync(dead)).toBe(false);
    expect(readdirSync(alive.directory)).toContain('machines');
    expect(mine.exitCode ?? mine.signalCode).toBeNull();
  });

  test('does not end a process that has the id of an old one', async () => {
    const bystander = await startProcess();
    const dead = createStale();
    writeProcessRecord(dead, 'i-1', 'app', { pid: bystander.pid, startTime: 'long ago', command: ['node'] });
    expect(cleanStaleLabs(labs)).toMatchObject([{ endedProcessCount: 0 }]);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  });

  test('leaves alone what is just being made, and deletes what was never finished', () => {
    create();
    const making = join(labs, '.lab-abcdef');
    mkdirSync(making);
    expect(cleanStaleLabs(labs)).toEqual([]);
    utimesSync(making, 1, 1);
    expect(cleanStaleLabs(labs)).toMatchObject([{ id: '.lab-abcdef' }]);
    expect(existsSync(making)).toBe(false);
  });

  test('twice at once does no harm', () => {
    createStale();
    expect([cleanStaleLabs(labs).length, cleanStaleLabs(labs).length]).toEqual([1, 0]);
  });
});
