import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { collect } from '../../option-values.js';
import type { DiffOptions } from './diff-run.js';

export function registerDiff(reach: Command, context: CommandContext): void {
  reach
    .command('diff')
    .description('say which paths a planned change of the network breaks, opens and moves')
    .option(
      '--before <file>',
      '`account`, a template, or a plan (default: the state that the plan of --after was made from)',
    )
    .option('--after <file>', 'a template, or a plan by `terraform show -json`')
    .option('--parameter <key=value>', 'a value for a parameter of the templates; may be repeated', collect)
    .option(
      '--questions <file>',
      'JSON or YAML: a list of { from, to } as reach takes them (default: all paths that matter)',
    )
    .option(
      '--fail-on <kinds>',
      'which differences end with exit code 2: breaks, opens, moves, undecided (default: breaks,undecided)',
    )
    .option('--json', 'print one JSON document on stdout')
    .option('--markdown', 'print Markdown, for a pull request')
    .option('--sarif <file>', 'write the differences as SARIF 2.1.0 too, for code review')
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix reach diff --after plan.json
  directrix reach diff --before account --after plan.json --markdown
  directrix reach diff --before main/Web.template.json \\
    --after cdk.out/Web.template.json --sarif reach.sarif

Exit codes: 0 no difference that --fail-on names, 2 at least one, or it could not be asked`),
    )
    .action(async (options: DiffOptions) => {
      const { runDiff } = await import('./diff-run.js');
      await runDiff(context, options);
    });
}
