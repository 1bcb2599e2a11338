import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { addReportOptions } from '../deploy/command.js';
import type { ResumeOptions } from '../resume/run.js';

export function registerAbort(program: Command, context: CommandContext): void {
  const command = program
    .command('abort')
    .description('take a group back to what it was before an unfinished rollout')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group');
  addReportOptions(command)
    .addHelpText(
      'after',
      notes(`
The old instances come back first; new ones leave only after that. Ends with exit code 1: the release was not rolled out.

Example:
  directrix abort --group web`),
    )
    .action(async (options: ResumeOptions) => {
      const { runAbort } = await import('./run.js');
      await runAbort(context, options);
    });
}
