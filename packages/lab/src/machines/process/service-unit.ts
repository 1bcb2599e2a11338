// service-unit: one service of a machine, kept as systemd would keep it.
//
//   U1. A process is recorded on disk while it lives, and its whole group ends with it.
//   U2. No restart after stop() or end().
//   U3. A service that fails faster than the start limit stays down, and the console says so.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import os from 'node:os';
import type { Clock, Timer } from '../../clock.js';
import type { MachineConsole } from './console.js';
import type { ServiceDescription } from './image.js';
import { readProcessStartTime, signalGroup, writeProcessRecord } from './process-record.js';

interface ServiceUnitOptions {
  readonly instanceId: string;
  readonly service: ServiceDescription;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly runDirectory: string;
  readonly clock: Clock;
  readonly console: MachineConsole;
  readonly crashAfterSeconds: number | undefined;
  /** The number in front of this process's console lines. */
  nextProcessNumber(): number;
}

export interface ServiceUnit {
  start(): void;
  /** SIGTERM now, SIGKILL after `graceMs` of lab time. Resolves when the process and its group are gone. */
  stop(graceMs: number): Promise<void>;
  /** SIGKILL now. */
  end(): Promise<void>;
}

const SYSTEMD = 'systemd[1]';
// systemd's defaults.
const START_LIMIT_BURST = 5;
const START_LIMIT_INTERVAL_MS = 10_000;
const EXIT_EXEC = 203;
/** How long to watch a group vanish after SIGKILL, by the wall. Orphans that nobody reaps stay in the list, dead. */
const GROUP_END_DEADLINE_MS = 250;

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export function createServiceUnit(options: ServiceUnitOptions): ServiceUnit {
  const { service, clock } = options;
  const unit = `${service.name}.service`;
  let child: ChildProcess | undefined;
  let gone: Promise<void> = Promise.resolve();
  let restartTimer: Timer | undefined;
  let isStopping = false;
  let restarts = 0;
  const starts: number[] = [];

  const say = (line: string): void => options.console.write(SYSTEMD, line);

  function start(): void {
    starts.push(clock.now());
    const [word = '', ...args] = service.command;
    const started = spawnService(word === 'node' ? process.execPath : word, args);
    if (started?.pid === undefined) {
      gone = fail(started, word);
      return;
    }
    child = started;
    gone = watch(started, started.pid);
    say(`Started ${unit}.`);
  }

  function spawnService(program: string, args: readonly string[]): ChildProcess | undefined {
    try {
      return spawn(program, args, {
        cwd: options.directory,
        env: { ...options.environment },
        // A process group of its own, so that what it spawns can be ended with it.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch {
      return undefined; // not even arguments: a zero byte among them
    }
  }

  async function fail(started: ChildProcess | undefined, word: string): Promise<void> {
    const reason = await new Promise<string>((fulfil) => {
      if (started === undefined) fulfil('Invalid argument');
      else started.once('error', (error) => fulfil(error.message));
    });
    say(`${unit}: Failed to execute ${word}: ${reason}`);
    afterExit({ code: EXIT_EXEC, signal: null });
  }

  async function watch(started: ChildProcess, pid: number): Promise<void> {
    const record = recordProcess(pid);
    const program = `${service.name}[${options.nextProcessNumber()}]`;
    for (const stream of [started.stdout, started.stderr]) pipeToConsole(stream, options.console, program);
    started.on('error', () => undefined);
    const crash = scheduleCrash(pid);
    const outcome = await new Promise<Outcome>((fulfil) => {
      // 'close' comes after the last output, but not while a grandchild still holds the pipes: end the group at exit.
      started.once('exit', () => signalGroup(pid, 'SIGKILL'));
      started.once('close', (code, signal) => fulfil({ code, signal }));
    });
    crash?.cancel();
    await waitForGroup(pid);
    if (record !== undefined) rmSync(record, { force: true });
    afterExit(outcome);
  }

  function recordProcess(pid: number): string | undefined {
    try {
      const record = { pid, startTime: readProcessStartTime(pid), command: service.command };
      return writeProcessRecord(options.runDirectory, options.instanceId, service.name, record);
    } catch (error) {
      // Without a record nobody could end it after us: U1.
      signalGroup(pid, 'SIGKILL');
      say(`${unit}: Its process cannot be recorded: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  function scheduleCrash(pid: number): Timer | undefined {
    if (options.crashAfterSeconds === undefined) return undefined;
    return clock.setTimer(clock.now() + options.crashAfterSeconds * 1000, () => signalGroup(pid, 'SIGKILL'));
  }

  function afterExit(outcome: Outcome): void {
    child = undefined;
    const failure = describeFailure(outcome);
    if (failure === undefined) say(`${unit}: Deactivated successfully.`);
    else {
      say(`${unit}: Main process exited, ${failure.status}`);
      say(`${unit}: Failed with result '${failure.result}'.`);
    }
    if (isStopping) say(`Stopped ${unit}.`);
    else if (service.restart === 'always' || (service.restart === 'on-failure' && failure !== undefined))
      scheduleRestart();
  }

  function scheduleRestart(): void {
    restartTimer = clock.setTimer(clock.now() + service.restartSeconds * 1000, () => {
      if (isStopping) return;
      restarts += 1;
      say(`${unit}: Scheduled restart job, restart counter is at ${restarts}.`);
      const recent = starts.filter((at) => clock.now() - at < START_LIMIT_INTERVAL_MS);
      starts.splice(0, starts.length, ...recent);
      if (recent.length < START_LIMIT_BURST) return start();
      say(`${unit}: Start request repeated too quickly.`);
      say(`Failed to start ${unit}.`);
    });
  }

  function beginToStop(): number | undefined {
    isStopping = true;
    restartTimer?.cancel();
    return child?.pid;
  }

  return {
    start,
    async stop(graceMs) {
      const pid = beginToStop();
      if (pid === undefined) return gone;
      say(`Stopping ${unit}...`);
      signalGroup(pid, 'SIGTERM');
      const patience = clock.setTimer(clock.now() + graceMs, () => {
        say(`${unit}: State 'stop-sigterm' timed out. Killing.`);
        signalGroup(pid, 'SIGKILL');
      });
      await gone;
      patience.cancel();
    },
    end() {
      const pid = beginToStop();
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
      return gone;
    },
  };
}

function pipeToConsole(stream: NodeJS.ReadableStream | null, console: MachineConsole, program: string): void {
  const lines = console.openStream(program);
  stream?.on('data', (chunk: Buffer) => lines.take(chunk));
  stream?.on('end', () => lines.end());
}

/** In systemd's words; undefined when systemd would call the end clean. */
function describeFailure({ code, signal }: Outcome): { readonly status: string; readonly result: string } | undefined {
  if (code === 0) return undefined;
  if (signal === null) {
    const name = { 1: 'FAILURE', 2: 'INVALIDARGUMENT', [EXIT_EXEC]: 'EXEC' }[code ?? 1] ?? 'n/a';
    return { status: `code=exited, status=${code}/${name}`, result: 'exit-code' };
  }
  if (['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'].includes(signal)) return undefined;
  const number = os.constants.signals[signal];
  const isDumped = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGQUIT', 'SIGTRAP'].includes(signal);
  const status = `code=${isDumped ? 'dumped' : 'killed'}, status=${number}/${signal.slice('SIG'.length)}`;
  return { status, result: isDumped ? 'core-dump' : 'signal' };
}

async function waitForGroup(pid: number): Promise<void> {
  const deadline = performance.now() + GROUP_END_DEADLINE_MS;
  while (signalGroup(pid, 0) && performance.now() < deadline) await new Promise((fulfil) => setTimeout(fulfil, 5));
}
