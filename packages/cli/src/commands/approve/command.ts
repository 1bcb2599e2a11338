import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import type { ApproveOptions } from './run.js';

export function registerApprove(program: Command, context: CommandContext): void {
  register(program, context, {
    name: 'approve',
    isApproved: true,
    description: 'let a rollout that waits for an approval go on',
  });
}

export function registerReject(program: Command, context: CommandContext): void {
  register(program, context, {
    name: 'reject',
    isApproved: false,
    description: 'refuse a rollout that waits for an approval: it goes back',
  });
}

interface Answering {
  readonly name: string;
  readonly isApproved: boolean;
  readonly description: string;
}

function register(program: Command, context: CommandContext, { name, isApproved, description }: Answering): void {
  program
    .command(name)
    .description(description)
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--before <phase>', 'a phase that comes later (default: the one that waits)')
    .option('--reason <text>', 'why; the journal keeps it')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      notes(`
It is for a deploy with --approve-before. The first answer counts; it is kept beside the record, so a deployer that was killed finds it when it is resumed.

Example:
  directrix ${name} --group web`),
    )
    .action(async (options: Omit<ApproveOptions, 'isApproved'>) => {
      const { runApprove } = await import('./run.js');
      await runApprove(context, { ...options, isApproved });
    });
}
