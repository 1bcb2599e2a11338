import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import type { CheckOptions } from './check.js';
import type { ExecOptions } from './exec.js';
import type { ExportOptions } from './export.js';
import type { GetOptions } from './get.js';
import type { ImportOptions } from './import.js';
import { exportFormats, type JsonOption, parameterTypes } from './options.js';
import type { RestoreOptions } from './restore.js';
import type { SetOptions } from './set.js';
import type { UnsetOptions } from './unset.js';

/** PutParameter's default quota is 3 a second for an account and region; half of it is left to others. */
const defaultRate = 1.5;

export function registerSecrets(program: Command, context: CommandContext): void {
  const secrets = program
    .command('secrets')
    // What follows `exec` is another program's.
    .enablePositionalOptions()
    .description("keep an application's secrets in Parameter Store; no value is shown unless you ask");
  registerReading(secrets, context);
  registerWriting(secrets, context);
  registerHistory(secrets, context);
  registerUsing(secrets, context);
}

function registerReading(secrets: Command, context: CommandContext): void {
  secrets
    .command('list <path>')
    .description('the names below a path, with type, version and date')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', notes('\nExample:\n  directrix secrets list /app/production/'))
    .action(async (path: string, options: JsonOption) => (await import('./list.js')).runList(context, path, options));
  secrets
    .command('get <name>')
    .description('print one value; refuses a terminal without --reveal')
    .addOption(new Option('--version-number <n>', 'that version of it').argParser(parseVersion))
    .option('--reveal', 'print it on a terminal too')
    .addHelpText('after', notes('\nExample:\n  directrix secrets get /app/production/DATABASE_URL | psql-wrapper'))
    .action(async (name: string, options: GetOptions) => (await import('./get.js')).runGet(context, name, options));
  secrets
    .command('diff <pathA> <pathB>')
    .description('compare two paths by name; values by digests that are salted per run. Exit code 1 when they differ')
    .option('--json', 'print one JSON document on stdout')
    .action(async (pathA: string, pathB: string, options: JsonOption) =>
      (await import('./diff.js')).runDiff(context, pathA, pathB, options),
    );
  secrets
    .command('export <path>')
    .description('print all names and values; refuses a terminal without --reveal')
    .addOption(new Option('--format <format>', 'of what is printed').choices(exportFormats).default('dotenv'))
    .option('--reveal', 'print them on a terminal too')
    .action(async (path: string, options: ExportOptions) =>
      (await import('./export.js')).runExport(context, path, options),
    );
}

function registerWriting(secrets: Command, context: CommandContext): void {
  addWriteOptions(
    secrets
      .command('set <name>')
      .description('write one value from stdin, or from a prompt that does not show it')
      .option('--keep-newline', 'keep the newline at the end of stdin'),
  )
    .addHelpText(
      'after',
      notes('\nExample:\n  openssl rand -base64 32 | directrix secrets set /app/production/SECRET_KEY'),
    )
    .action(async (name: string, options: SetOptions) => (await import('./set.js')).runSet(context, name, options));
  secrets
    .command('unset <names...>')
    .description('delete parameters, with all their versions')
    .option('--yes', 'do it; without it, only say what would be deleted')
    .option('--json', 'print one JSON document on stdout')
    .action(async (names: string[], options: UnsetOptions) =>
      (await import('./unset.js')).runUnset(context, names, options),
    );
  addWriteOptions(
    secrets
      .command('import <file>')
      .description('write what is in a .env file; without --apply, only say what would change')
      .requiredOption('--to <path>', 'the path below which to write')
      .option('--apply', 'write')
      .option('--overwrite', 'change parameters that have another value')
      .addOption(
        new Option(
          '--accept <name>',
          'take a value as it was read, although the file may mean another; repeatable',
        ).argParser((name: string, before: readonly string[] | undefined) => [...(before ?? []), name]),
      )
      .addOption(
        new Option('--rate <n>', "writes a second; the quota is the whole account's")
          .default(defaultRate)
          .argParser(parseRate),
      ),
  )
    .addHelpText('after', notes('\nExample:\n  directrix secrets import .env --to /app/production/ --apply'))
    .action(async (file: string, options: ImportOptions) =>
      (await import('./import.js')).runImport(context, file, options),
    );
}

function registerHistory(secrets: Command, context: CommandContext): void {
  secrets
    .command('history <name>')
    .description('the versions of a parameter: when, by whom, and their labels')
    .option('--json', 'print one JSON document on stdout')
    .action(async (name: string, options: JsonOption) =>
      (await import('./history.js')).runHistory(context, name, options),
    );
  secrets
    .command('restore <name>')
    .description('write the value of an earlier version again, as the newest')
    .addOption(
      new Option('--version-number <n>', 'the version to restore').argParser(parseVersion).makeOptionMandatory(),
    )
    .option('--json', 'print one JSON document on stdout')
    .action(async (name: string, options: RestoreOptions) =>
      (await import('./restore.js')).runRestore(context, name, options),
    );
}

function registerUsing(secrets: Command, context: CommandContext): void {
  secrets
    .command('exec <command...>')
    .description('run a command with the secrets in its environment; signals and the exit code are passed through')
    .requiredOption('--path <path>', 'where the secrets are')
    .option('--pristine', 'inherit nothing of this environment')
    .passThroughOptions()
    .addHelpText('after', notes('\nExample:\n  directrix secrets exec --path /app/production/ -- node server.js'))
    .action(async (command: string[], options: ExecOptions) =>
      (await import('./exec.js')).runExec(context, command, options),
    );
  secrets
    .command('check')
    .description('compare the store with what a release expects: a manifest of names, or a schema with its types')
    .requiredOption('--schema <file>', 'secrets.json, or a module whose default export is a Standard Schema')
    .addOption(optionWithDefault('--path <path>', 'where the secrets are', "the manifest's"))
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', notes('\nExample:\n  directrix secrets check --schema dist/secrets.json'))
    .action(async (options: CheckOptions) => (await import('./check.js')).runCheck(context, options));
}

function addWriteOptions(command: Command): Command {
  return command
    .addOption(optionWithDefault('--type <type>', 'of new parameters', 'SecureString').choices(parameterTypes))
    .addOption(optionWithDefault('--key-id <key>', 'the KMS key', "the account's own"))
    .option('--advanced', 'allow values of 4 to 8 KB: they cost money, and the parameter stays an advanced one')
    .option('--json', 'print one JSON document on stdout');
}

function parseVersion(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It is no version: write a number from 1.');
  return Number(text);
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate <= 100)) throw new InvalidArgumentError('It is no rate: write writes a second, such as 2.5.');
  return rate;
}
