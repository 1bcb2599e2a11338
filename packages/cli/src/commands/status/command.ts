import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import type { StatusOptions } from './run.js';

export function registerStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('show a group (its instances, their releases and health, who is changing it), or all groups')
    .addOption(optionWithDefault('-g, --group <name>', 'the Auto Scaling group', 'all of the region, a line for each'))
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      notes(
        '\nExamples:\n  directrix status\n  directrix status --group web\n  watch -n 5 directrix status --group web',
      ),
    )
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('./run.js');
      await runStatus(context, options);
    });
}
