import type { Command } from 'commander';

interface ActingCommand {
  /** `deploy`, `lab up`. */
  readonly name: string;
  readonly command: Command;
}

/** The commands that do something, in the order of the help: `secrets list` and not `secrets`; `reach` and `reach diff`. */
export function listActingCommands(command: Command, path: readonly string[] = []): readonly ActingCommand[] {
  const isActing = command.commands.length === 0 || (path.length > 0 && command.options.length > 0);
  return [
    ...(isActing ? [{ command, name: path.join(' ') }] : []),
    ...command.commands.flatMap((child) => listActingCommands(child, [...path, child.name()])),
  ];
}
