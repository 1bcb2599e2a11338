import { defaultRollbackBakeMs } from '@directrix/rollout';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import { addRolloutOptions } from '../deploy/command.js';
import type { RollbackOptions } from './run.js';

export function registerRollback(program: Command, context: CommandContext): void {
  const command = program
    .command('rollback')
    .description('take a group back to its last good release')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .addOption(optionWithDefault('--to-version <v>', 'which good release', 'the last one before the present one'));
  addRolloutOptions(command, defaultRollbackBakeMs)
    .addHelpText(
      'after',
      notes(`
An unfinished rollout whose deployer is gone is aborted: the old instances that are still warm come back. Otherwise the last good release is rolled out like any other, with the same checks; instances of it that deploy --keep-warm left in Standby serve again, and nothing is launched in their place.

Examples:
  directrix rollback --group web
  directrix rollback --group web --to-version 0.149.1`),
    )
    .action(async (options: RollbackOptions) => {
      const { runRollback } = await import('./run.js');
      await runRollback(context, options);
    });
}
