import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import { collect } from '../../option-values.js';
import type { PostmortemOptions } from './run.js';

export function registerPostmortem(program: Command, context: CommandContext): void {
  program
    .command('postmortem')
    .description('write down what happened: the timeline, the harm, the causes and what to do')
    .argument('[rollout]', 'the id of a rollout; the postmortem covers its time')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--since <time>', 'begin here: an ISO 8601 time, or how long ago (2h)')
    .addOption(optionWithDefault('--until <time>', 'end here', 'now, or 10 min after the rollout'))
    .addOption(
      optionWithDefault(
        '--requests <file>',
        `users' requests, one line for each second: {"at","succeeded","failed","failures"}`,
        "what the rollout's prober or --watch heard",
      ),
    )
    .option('--findings <file>', 'what preflight said: the output of directrix preflight --json; - is stdin')
    .option(
      '--findings-before <file>',
      'what preflight said before it happened; a finding that is in both files counts once',
    )
    .addOption(
      optionWithDefault(
        '--journal <file>',
        'a journal of a rollout; may be repeated',
        'those of this machine',
        collect,
      ),
    )
    .option('--watch <directory>', "what directrix watch saw: a place's directory; may be repeated", collect)
    .addOption(
      optionWithDefault(
        '--secrets <path>',
        'list which parameters below this path were written (names only); may be repeated',
        'where preflight saw that the release reads',
        collect,
      ),
    )
    .addOption(
      optionWithDefault(
        '--alarm <name>',
        'list the changes of this CloudWatch alarm; may be repeated',
        'those of the rollout',
        collect,
      ),
    )
    .addOption(
      optionWithDefault(
        '--log-group <name>',
        'tell what the instances logged of trouble, from this log group of CloudWatch Logs',
        'as the tags of the images say',
      ),
    )
    .option('--witness <file>', 'what others saw, one sighting a line (docs/postmortem.md); may be repeated', collect)
    .option('-o, --output <file>', 'write Markdown here; in an existing file, what people wrote is kept')
    .option('--html <file>', 'write the page as HTML too')
    .option('--rewrite <section>', 'replace a section although somebody changed it; may be repeated', collect)
    .option('--offline', 'ask nothing of AWS: journals and files only')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      notes(
        '\nExamples:\n  directrix postmortem 20181111-001600-1f9c2a3b --group web --output night.md\n  directrix postmortem --group web --since 2018-11-11T00:00:00Z \\\n    --until 2018-11-11T01:30:00Z',
      ),
    )
    .action(async (rollout: string | undefined, options: Omit<PostmortemOptions, 'rollout'>) => {
      const { runPostmortem } = await import('./run.js');
      await runPostmortem(context, { ...options, rollout });
    });
}
