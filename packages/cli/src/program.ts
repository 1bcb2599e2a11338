// program: argv to an exit code. Every command registers itself; what it needs of AWS is loaded when it runs, not before.
import { DirectrixError } from '@directrix/rollout';
import { Command, CommanderError } from 'commander';
import { addAccountOptions } from './account-options.js';
import type { CommandContext } from './command-context.js';
import { registerAbort } from './commands/abort/command.js';
import { registerAgent } from './commands/agent/command.js';
import { registerApprove, registerReject } from './commands/approve/command.js';
import { registerBake } from './commands/bake/command.js';
import { registerCompletion } from './commands/completion/command.js';
import { registerConfig } from './commands/config/command.js';
import { registerDashboard } from './commands/dashboard/command.js';
import { registerDeploy } from './commands/deploy/command.js';
import { registerEvidence } from './commands/evidence/command.js';
import { registerFinalize } from './commands/finalize/command.js';
import { registerHistory } from './commands/history/command.js';
import { registerIamPolicy } from './commands/iam-policy/command.js';
import { registerInit } from './commands/init/command.js';
import { registerLab } from './commands/lab/command.js';
import { registerLogs } from './commands/logs/command.js';
import { registerPostmortem } from './commands/postmortem/command.js';
import { registerPreflight } from './commands/preflight/command.js';
import { registerReach } from './commands/reach/command.js';
import { registerRelease } from './commands/release/command.js';
import { registerRepair } from './commands/repair/command.js';
import { registerResume } from './commands/resume/command.js';
import { registerRollback } from './commands/rollback/command.js';
import { registerSecrets } from './commands/secrets/command.js';
import { registerShip } from './commands/ship/command.js';
import { registerStatus } from './commands/status/command.js';
import { registerWatch } from './commands/watch/command.js';
import { addConfiguration } from './configuration/apply.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { describeFailure, writeFailure } from './failure.js';
import { describeOption, type ToldOption, tellOption } from './help.js';
import type { Io, Output } from './io.js';
import type { SaidAccount } from './text/repeat-account.js';
import { version } from './version.js';
import type { AccountChoice, World } from './world.js';

const registrations = [
  registerPreflight,
  registerDeploy,
  registerRollback,
  registerStatus,
  registerHistory,
  registerLogs,
  registerEvidence,
  registerWatch,
  registerDashboard,
  registerPostmortem,
  registerResume,
  registerAbort,
  registerRepair,
  registerApprove,
  registerReject,
  registerReach,
  registerRelease,
  registerBake,
  registerShip,
  registerFinalize,
  registerInit,
  registerConfig,
  registerCompletion,
  registerIamPolicy,
  registerAgent,
  registerLab,
  registerSecrets,
];

/** Runs the command that `argv` (without node and the script) names, and returns the process's exit code. Never rejects. */
export async function runProgram(argv: readonly string[], terminal: Io, world?: World): Promise<number> {
  let code: number = exitCode.done;
  let account: AccountChoice | undefined;
  let said: SaidAccount = {};
  const io = withAccount(terminal, () => said);
  const context: CommandContext = {
    io,
    argv,
    get account() {
      return account;
    },
    world,
    run: (words, ownWorld) => runProgram(words, io, ownWorld),
    setExitCode: (next) => {
      code = next;
    },
  };
  const program = createProgram(context);
  try {
    // First: the file may name the account.
    addConfiguration(program, io);
    addAccountOptions(program, (choice, onCommandLine) => {
      account = choice;
      said = onCommandLine;
    });
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && isAnswer(error)) return exitCode.done;
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCode.refused;
    return refuseUsage(io, argv, error instanceof CommanderError ? explainUsage(error, helpOf(program, argv)) : error);
  }
}

/** The outputs know what the command line said of the account, as soon as it was read. */
function withAccount(io: Io, said: () => SaidAccount): Io {
  const tell = (output: Output): Output => ({
    write: (text) => output.write(text),
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
    get isClosed() {
      return output.isClosed;
    },
    get account() {
      return said();
    },
  });
  return { ...io, stdout: tell(io.stdout), stderr: tell(io.stderr) };
}

/** The options of a command, as docs/cli.md lists them. */
export function listOptions(name: string): readonly ToldOption[] {
  const io: Io = {
    stdout: { write: () => undefined, isTTY: false, columns: 80 },
    stderr: { write: () => undefined, isTTY: false, columns: 80 },
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  };
  const program = createProgram({ io, argv: [], setExitCode: () => undefined });
  return (program.commands.find((command) => command.name() === name)?.options ?? []).map(tellOption);
}

/** Every command with its options. */
export function createProgram(context: CommandContext): Command {
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
  AWS_REGION, AWS_PROFILE, …  as for every AWS tool; --region and --profile win
  AWS_ENDPOINT_URL            another AWS, such as the lab's (directrix lab up)
  NO_COLOR=1                  no colour
  DIRECTRIX_DEBUG=1           where an error happened`,
    );
  for (const register of registrations) register(program, context);
  configure(program, io);
  return program;
}

// Every command inherits nothing of this by itself once it was made by .command().
function configure(command: Command, io: Io): void {
  command
    .exitOverride()
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
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

/** How to ask for the help of the command that was typed, as far as there is one. */
function helpOf(program: Command, argv: readonly string[]): string {
  const words = ['directrix'];
  let command: Command | undefined = program;
  for (const word of argv) {
    command = command.commands.find((child) => child.name() === word);
    if (command === undefined) break;
    words.push(word);
  }
  return `${words.join(' ')} --help`;
}

function explainUsage({ code, message }: CommanderError, hint: string): DirectrixError {
  const said = message.replace(/^error: /, '');
  // Of --option=value only the option is repeated: the value may be a secret.
  const text = code === 'commander.unknownOption' ? said.replace(/=.*'/s, "'") : said;
  return new DirectrixError('USAGE', `${text.charAt(0).toUpperCase()}${text.slice(1)}`, { hint });
}

/** No command was understood, so the document is of none. What follows `--` is another program's. */
function refuseUsage(io: Io, argv: readonly string[], error: unknown): ExitCode {
  writeFailure(io, error);
  const end = argv.indexOf('--');
  if ((end < 0 ? argv : argv.slice(0, end)).includes('--json'))
    io.stdout.write(`${JSON.stringify({ schema: 'directrix.usage/1', error: describeFailure(error) }, null, 2)}\n`);
  return exitCode.refused;
}
