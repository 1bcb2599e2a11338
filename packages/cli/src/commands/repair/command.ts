import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { addReportOptions } from '../deploy/command.js';
import type { ResumeOptions } from '../resume/run.js';

export function registerRepair(program: Command, context: CommandContext): void {
  const command = program
    .command('repair')
    .description('undo every temporary change that a rollout of a group has left, from any machine')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group');
  addReportOptions(command)
    .addHelpText(
      'after',
      notes(`
An unfinished rollout goes back first, as abort does; one that only had temporary changes to undo goes on. Then what was made outside of the group is found by its tags and removed, also where there is no record any more. A second run finds nothing to do.

Exit codes: 0 nothing temporary is left, 2 refused, 3 needs a human

Example:
  directrix repair --group web`),
    )
    .action(async (options: ResumeOptions) => {
      const { runRepair } = await import('./run.js');
      await runRepair(context, options);
    });
}
