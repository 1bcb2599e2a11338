// The process around the program: its streams, its signals, its exit code.
import type { Io, Output } from './io.js';
import { runProgram } from './program.js';
import { describeInput } from './terminal-input.js';

// The SDK warns on stderr of Node releases that it will leave one day; package.json's engines say what works.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const interruption = new AbortController();

function describeOutput(stream: NodeJS.WriteStream): Output {
  // A reader that went away (`| head`) is no error of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

function stopSafely(signal: NodeJS.Signals): void {
  if (interruption.signal.aborted) {
    process.stderr.write(`${signal} again: stopping at once; directrix resume goes on from the record\n`);
    process.exit(130);
  }
  process.stderr.write(`${signal}: stopping at a safe point; once more stops at once\n`);
  interruption.abort(signal);
}

process.on('SIGINT', stopSafely);
process.on('SIGTERM', stopSafely);

const io: Io = {
  stdout: describeOutput(process.stdout),
  stderr: describeOutput(process.stderr),
  stdin: describeInput(process.stdin, process.stderr),
  env: process.env,
  cwd: process.cwd(),
  signal: interruption.signal,
};

process.exitCode = await runProgram(process.argv.slice(2), io);
process.off('SIGINT', stopSafely);
process.off('SIGTERM', stopSafely);
