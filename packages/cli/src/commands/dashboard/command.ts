import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import { collect } from '../../option-values.js';
import type { DashboardCommandOptions } from './run.js';

export function registerDashboard(program: Command, context: CommandContext): void {
  program
    .command('dashboard')
    .description('serve a page of groups, the running rollout, history and uptime, to this machine alone')
    .addOption(optionWithDefault('--port <number>', 'on 127.0.0.1', 'any that is free'))
    .addOption(
      optionWithDefault(
        '--watch <directory>',
        'uptime of a place of directrix watch; may be repeated',
        'those of this machine',
        collect,
      ),
    )
    .option('--offline', 'ask nothing of AWS: journals and uptime only')
    .addOption(
      optionWithDefault(
        '--log-group <name>',
        "show the instances' own log from this log group of CloudWatch Logs",
        'as the tags of the images say',
      ),
    )
    .option('--allow-actions', 'let the page approve, reject and abort; without it the page changes nothing')
    .option('--json', 'print the address as a JSON document on stdout')
    .addHelpText('after', notes('\nExamples:\n  directrix dashboard\n  directrix dashboard --port 9730 --offline'))
    .action(async (options: DashboardCommandOptions) => {
      const { runDashboard } = await import('./run.js');
      await runDashboard(context, options);
    });
}
