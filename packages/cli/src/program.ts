// program: argv to an exit code. Every command registers itself; what it needs of AWS is loaded when it runs, not before.
import { DirectrixError } from '@directrix/rollout';
import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command-context.js';
import { registerAbort } from './commands/abort/command.js';
import { registerDeploy } from './commands/deploy/command.js';
import { registerLab } from './commands/lab/command.js';
import { registerPreflight } from './commands/preflight/command.js';
import { registerReach } from './commands/reach/command.js';
import { registerResume } from './commands/resume/command.js';
import { registerRollback } from './commands/rollback/command.js';
import { registerSecrets } from './commands/secrets/command.js';
import { registerStatus } from './commands/status/command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { describeFailure, writeFailure } from './failure.js';
import type { Io } from './io.js';
import { version } from './version.js';
import type { World } from './world.js';

const registrations = [
  registerPreflight,
  registerDeploy,
  registerRollback,
  registerStatus,
  registerResume,
  registerAbort,
  registerReach,
  registerLab,
  registerSecrets,
];

/** Runs the command that `argv` (without node and the script) names, and returns the process's exit code. Never rejects. */
export async function runProgram(argv: readonly string[], io: Io, world?: World): Promise<number> {
  let code: number = exitCode.done;
  const context: CommandContext = {
    io,
    world,
    setExitCode: (next) => {
      code = next;
    },
  };
  try {
    await createProgram(context).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && isAnswer(error)) return exitCode.done;
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCode.refused;
    return refuseUsage(io, argv, error instanceof CommanderError ? explainUsage(error) : error);
  }
}

function createProgram(context: CommandContext): Command {
  const { io } = context;
  const program = new Command('directrix')
    .description('Replaces the machines behind a load balancer without anybody noticing.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help')
    // Else `deploy --version 0.149.2` would print our own.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Environment:
  AWS_REGION, AWS_PROFILE, …   as for every AWS tool
  AWS_ENDPOINT_URL             another AWS, such as the lab's (directrix lab up)
  NO_COLOR=1                   no colour; DIRECTRIX_DEBUG=1 shows where an error happened`,
    );
  for (const register of registrations) register(program, context);
  configure(program, io);
  return program;
}

// Every command inherits nothing of this by itself once it was made by .command().
function configure(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => io.stdout.columns,
    getErrHelpWidth: () => io.stderr.columns,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  for (const child of command.commands) configure(child, io);
}

/** Help and version are answers, not errors. Commander calls a bare `directrix` a request for help too, on stderr. */
function isAnswer(error: CommanderError): boolean {
  return error.exitCode === 0;
}

function explainUsage({ message }: CommanderError): DirectrixError {
  const text = message.replace(/^error: /, '');
  return new DirectrixError('USAGE', `${text.charAt(0).toUpperCase()}${text.slice(1)}`, {
    hint: 'directrix help [command]',
  });
}

/** No command was understood, so the document is of none. What follows `--` is another program's. */
function refuseUsage(io: Io, argv: readonly string[], error: unknown): ExitCode {
  writeFailure(io, error);
  const end = argv.indexOf('--');
  if ((end < 0 ? argv : argv.slice(0, end)).includes('--json'))
    io.stdout.write(`${JSON.stringify({ schema: 'directrix.usage/1', error: describeFailure(error) }, null, 2)}\n`);
  return exitCode.refused;
}
