import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { collect } from '../../option-values.js';
import type { InitOptions } from './run.js';

export function registerInit(program: Command, context: CommandContext): void {
  program
    .command('init')
    .description('write directrix.yaml from what the account shows: its groups and their addresses')
    .option('-g, --group <name>', 'only this Auto Scaling group; may be repeated', collect)
    .option('-o, --output <file>', 'the file to write; - is stdout', 'directrix.yaml')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', notes('\nExamples:\n  directrix init\n  directrix init --group web --output -'))
    .action(async (options: InitOptions) => {
      const { runInit } = await import('./run.js');
      await runInit(context, options);
    });
}
