import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import type { WatchOptions } from './run.js';

export function registerWatch(program: Command, context: CommandContext): void {
  program
    .command('watch')
    .description('watch sites from outside, and send alerts')
    .requiredOption('-c, --checks <file>', 'the checks, places and alerts; docs/watch.md describes it')
    .addOption(optionWithDefault('--place <name>', 'the name of this place', 'as in the file, else the host'))
    .option('--state <directory>', 'where the history and open incidents are kept')
    .option('--check-only', 'only check the file')
    .option('--once', 'make each check once, print the results, and end')
    .option('--json', 'print JSON on stdout: a document, or while it watches an event a line')
    .addHelpText(
      'after',
      notes(
        '\nExamples:\n  directrix watch --checks watch.yaml --check-only\n  directrix watch --checks watch.yaml --once\n  directrix watch --checks watch.yaml --place frankfurt\n\nExit codes: 0 ended when asked to, or all checks passed; 1 with --once, a check failed; 2 refused',
      ),
    )
    .action(async (options: WatchOptions) => {
      const { runWatch } = await import('./run.js');
      await runWatch(context, options);
    });
}
