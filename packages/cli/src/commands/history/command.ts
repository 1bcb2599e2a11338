import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { parseCount } from '../../option-values.js';
import type { HistoryOptions } from './run.js';

export function registerHistory(program: Command, context: CommandContext): void {
  program
    .command('history')
    .description('show the rollouts of a group, and the releases that you can go back to')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--limit <n>', 'show at most this many rollouts, the newest first', parseCount, 20)
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      notes(`
The rollouts come from the journals on this machine, and from the group's parameters in Parameter Store.

Example:
  directrix history --group web`),
    )
    .action(async (options: HistoryOptions) => {
      const { runHistory } = await import('./run.js');
      await runHistory(context, options);
    });
}
