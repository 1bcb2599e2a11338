import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';

export interface StatusOptions {
  readonly group: string;
  readonly json?: boolean;
}

export function registerStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('show a group: its instances, their releases and health, and who is changing it')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', '\nExamples:\n  directrix status --group web\n  watch -n 5 directrix status --group web')
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('./run.js');
      await runStatus(context, options);
    });
}
