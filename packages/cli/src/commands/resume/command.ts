import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { addReportOptions } from '../deploy/command.js';
import type { ResumeOptions } from './run.js';

export function registerResume(program: Command, context: CommandContext): void {
  const command = program
    .command('resume')
    .description('go on with a rollout that was interrupted, from any machine')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group');
  addReportOptions(command)
    .addHelpText('after', notes('\nExample:\n  directrix resume --group web'))
    .action(async (options: ResumeOptions) => {
      const { runResume } = await import('./run.js');
      await runResume(context, options);
    });
}
