import { Argument, type Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { type Shell, shells } from './shells.js';

export function registerCompletion(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .description('print a script that makes a shell complete the commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      notes(`
Examples:
  source <(directrix completion bash)     in ~/.bashrc
  source <(directrix completion zsh)      in ~/.zshrc, below compinit
  directrix completion fish | source      in config.fish`),
    )
    .action(async (shell: Shell) => {
      const { runCompletion } = await import('./run.js');
      runCompletion(context, program, shell);
    });
}
