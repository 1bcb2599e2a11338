// run-process: the process around a program: its streams, its signals, its exit code, and errors that nobody caught.
//
//   P1. A stream that cannot be written loses what is written to it, and nothing else.
//   P2. A closed terminal (SIGHUP) does not stop what called `io.mustFinish`. Node undoes what nohup did, so this holds under nohup too.
//   P3. SIGINT and SIGTERM stop at a safe point; a second one, when a moment has passed, stops at once.
//   P4. An error that nobody caught stops at a safe point too, and exits with 3: never with a code that says that the group is as it was.
//   P5. No error that nobody caught shows a value: see writeFailure.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { exitCode } from '../exit-code.js';
import { writeFailure } from '../failure.js';
import type { Io } from '../io.js';
import { describeOutput, type ProcessOutput } from './process-output.js';
import { describeInput } from './terminal-input.js';

/** npx passes on a signal that the terminal has sent to its child already: what comes so soon after the first is the same Ctrl-C. */
const sameSignalMs = 500;
/** How long a program may take to its safe point after an error that nobody caught. */
const defectTimeoutMs = 60_000;

/** Runs the program to its end, and sets the process's exit code. */
export async function runProcess(program: (io: Io) => Promise<number>): Promise<void> {
  // Until there is a verdict: what Node says by itself when nothing is left to wait for could be taken for one.
  process.exitCode = exitCode.needsHuman;
  const surroundings = createSurroundings();
  surroundings.listen();
  const code = await program(surroundings.io);
  // A stream tells of its last error one turn later.
  await nextTurn();
  surroundings.leave();
  process.exitCode = surroundings.conclude(code);
}

interface Surroundings {
  readonly io: Io;
  listen(): void;
  leave(): void;
  /** The process's exit code, given the program's. */
  conclude(code: number): number;
}

function createSurroundings(): Surroundings {
  const stdout = describeOutput(process.stdout);
  const stderr = describeOutput(process.stderr);
  const interruption = new AbortController();
  let mustFinish = false;
  let isDefective = false;
  let interruptedAt: number | undefined;

  const io: Io = {
    stdout,
    stderr,
    stdin: describeInput(process.stdin, stderr),
    env: process.env,
    cwd: process.cwd(),
    signal: interruption.signal,
    mustFinish: () => {
      mustFinish = true;
    },
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (interruptedAt !== undefined && performance.now() - interruptedAt < sameSignalMs) return;
    if (interruption.signal.aborted) {
      stderr.write(`${signal} again: stopping at once; directrix resume goes on from the record\n`);
      process.exit(isDefective ? exitCode.needsHuman : exitCode.interrupted);
    }
    interruptedAt = performance.now();
    stderr.write(`${signal}: stopping at a safe point; once more stops at once\n`);
    interruption.abort(signal);
  };
  const onHangup = (signal: NodeJS.Signals) => {
    if (!mustFinish) interruption.abort(signal);
    else stderr.write(`${signal}: the terminal was closed; the rollout goes on, and directrix status shows it\n`);
  };
  const onDefect = (error: unknown) => {
    writeFailure(io, error);
    if (isDefective) return;
    isDefective = true;
    interruption.abort('UNEXPECTED');
    setTimeout(() => process.exit(exitCode.needsHuman), defectTimeoutMs).unref();
  };
  const listeners = [
    ['SIGINT', onSignal],
    ['SIGTERM', onSignal],
    ['SIGHUP', onHangup],
  ] as const;
  return {
    io,
    listen() {
      for (const [signal, listener] of listeners) process.on(signal, listener);
      // A rejection that nobody caught arrives here too.
      process.on('uncaughtException', onDefect);
    },
    leave() {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
    conclude(code) {
      if (isDefective) return exitCode.needsHuman;
      tellLoss(stdout, stderr);
      // The verdict on a rollout is true whether or not it could be written down.
      return code === exitCode.done && stdout.lostBecause !== undefined && !mustFinish ? exitCode.needsHuman : code;
    },
  };
}

function tellLoss(stdout: ProcessOutput, stderr: ProcessOutput): void {
  if (stdout.lostBecause !== undefined)
    stderr.write(`warning: the result could not be written to standard output: ${stdout.lostBecause}\n`);
  if (stderr.lostBecause !== undefined)
    stderr.write(`warning: a part of this story could not be written: ${stderr.lostBecause}; the journal has it all\n`);
}
