import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import type { CheckOptions } from './run.js';

export function registerConfig(program: Command, context: CommandContext): void {
  const config = program.command('config').description('check the settings of directrix.yaml, or print their schema');
  config
    .command('check')
    .description('read the file, and name every mistake in it with its line and column')
    .argument('[file]', 'the file (default: directrix.yaml of the working directory)')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', notes('\nExample:\n  directrix config check'))
    .action(async (file: string | undefined, options: CheckOptions) => {
      const { runCheck } = await import('./run.js');
      await runCheck(context, program, file, options);
    });
  config
    .command('schema')
    .description('print the JSON schema of the file, for editors')
    .addHelpText('after', notes('\nExample:\n  directrix config schema > directrix.schema.json'))
    .action(async () => {
      const { runSchema } = await import('./run.js');
      await runSchema(context, program);
    });
}
