import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { addRolloutOptions, type DeployOptions } from '../deploy/command.js';

export type RollbackOptions = Omit<DeployOptions, 'image' | 'version' | 'latestImage'> & {
  readonly toVersion?: string;
};

export function registerRollback(program: Command, context: CommandContext): void {
  const command = program
    .command('rollback')
    .description('take a group back to its last good release')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--to-version <v>', 'a certain good release (default: the last one before the present)');
  addRolloutOptions(command)
    .addHelpText(
      'after',
      `
An unfinished rollout whose deployer is gone is aborted: the old instances that are still warm come back. Otherwise the last good
release is rolled out as any other, with the same checks.

Examples:
  directrix rollback --group web
  directrix rollback --group web --to-version 0.149.1`,
    )
    .action(async (options: RollbackOptions) => {
      const { runRollback } = await import('./run.js');
      await runRollback(context, options);
    });
}
