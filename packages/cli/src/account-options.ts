// account-options: `--profile` and `--region`, of every command that talks to AWS.
import { type Command, InvalidArgumentError } from 'commander';
import { listActingCommands } from './acting-commands.js';
import { optionWithDefault } from './help.js';
import type { SaidAccount } from './text/repeat-account.js';
import type { AccountChoice } from './world.js';

/** A lab is on this machine, and has an account of its own; what is printed of this program alone is of none; the agent has its own options. */
const localCommands: ReadonlySet<string> = new Set(['lab', 'config', 'iam-policy', 'completion', 'agent']);

/** Adds them to all commands of the program. `choose` is told what was chosen, and what of it the command line said, before the command runs. */
export function addAccountOptions(
  program: Command,
  choose: (choice: AccountChoice, onCommandLine: SaidAccount) => void,
): void {
  for (const { command, name } of listActingCommands(program)) {
    if (localCommands.has(name.split(' ')[0] ?? '')) continue;
    command
      .addOption(
        optionWithDefault('--profile <name>', 'a profile of the AWS configuration', 'AWS_PROFILE', parseProfile),
      )
      .addOption(
        optionWithDefault('--region <region>', 'the AWS region', "AWS_REGION, else the profile's", parseRegion),
      );
  }
  program.hook('preAction', (_, command) => {
    const { profile, region } = command.opts<AccountChoice>();
    const isSaid = (name: string) => command.getOptionValueSource(name) === 'cli';
    const onCommandLine = {
      ...(isSaid('profile') ? { profile } : {}),
      ...(isSaid('region') ? { region } : {}),
    };
    choose({ profile, region }, onCommandLine);
  });
}

function parseProfile(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write the name of a profile.');
  return text;
}

export function parseRegion(text: string): string {
  if (!/^[a-z]+(-[a-z0-9]+)+$/.test(text)) throw new InvalidArgumentError('Write a region, such as eu-west-1.');
  return text;
}
