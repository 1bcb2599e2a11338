import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import { parseDuration, writeDuration } from '../../option-values.js';
import { defaultSinceMs } from './default-since.js';
import type { GroupLogsOptions } from './run-group.js';

type LogsOptions = Omit<GroupLogsOptions, 'group'> & { readonly group?: string };

export function registerLogs(program: Command, context: CommandContext): void {
  program
    .command('logs')
    .description(
      'show what instances shipped to CloudWatch Logs between the events of rollouts; of one rollout: what it did',
    )
    .argument('[rollout]', 'its id; directrix history lists them')
    .addOption(optionWithDefault('-g, --group <name>', 'the Auto Scaling group', 'of a rollout: the one that has it'))
    .option('--instance <id>', 'only of this instance')
    .option('--release <version>', 'only of instances of this release')
    .addOption(optionWithDefault('--since <time>', 'how far back', writeDuration(defaultSinceMs), parseDuration))
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .addOption(
      optionWithDefault(
        '--log-group <name>',
        'the log group',
        "what the tag directrix:logs of the group's images names",
      ),
    )
    .option('--json', 'of a rollout: one JSON document on stdout; of a group: one JSON object a line')
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix logs --group web --since 1h
  directrix logs --group web --instance i-0f7af26ec94de279f --follow
  directrix logs 20181111-001600-1f9c2a3b

Of a rollout: from its journal, else from its record. Without a rollout a group must be named.`),
    )
    .action(async (rollout: string | undefined, options: LogsOptions) => {
      if (rollout === undefined) return (await import('./run-group.js')).runGroupLogs(context, options);
      return (await import('./run.js')).runLogs(context, { ...options, rollout });
    });
}
