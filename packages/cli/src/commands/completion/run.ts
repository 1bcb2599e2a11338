import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { bashScript } from './bash.js';
import { readTable } from './completion-table.js';
import { fishScript } from './fish.js';
import type { Shell } from './shells.js';
import { zshScript } from './zsh.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export function runCompletion({ io, setExitCode }: CommandContext, program: Command, shell: Shell): void {
  io.stdout.write(scripts[shell](readTable(program)));
  setExitCode(exitCode.done);
}
