import { type Command, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import { collect, parseDuration, parseSurge } from '../../option-values.js';
import { addCanaryOptions } from '../../rollout/canary-options.js';
import { presets } from '../deploy/presets.js';
import type { PreflightOptions } from './run.js';

export function registerPreflight(program: Command, context: CommandContext): void {
  const command = program
    .command('preflight')
    .description(
      'find every reason why a rollout would fail, before anything changes; without a release, whether a new instance would come up now',
    )
    .option('-g, --group <name>', 'the Auto Scaling group; in a template its logical id, in a plan its address or name')
    .option('--image <ami>', 'the image that would be rolled out')
    .option('--version <v>', 'the version; without --image, it finds the image with the tag Version=<v>')
    .option('--latest-image', 'of several images of the version, take the newest')
    .option('--surge <n|p%>', 'how many instances would be added at a time', parseSurge)
    .option('--min-healthy-time <time>', 'as of deploy', parseDuration)
    .option('--start-timeout <time>', 'as of deploy', parseDuration)
    .option('--accept-broken-baseline', 'go on although no instance is healthy now, because the release is the fix')
    .option(
      '--template <file>',
      'instead of the account: a CloudFormation template, JSON or YAML (may be repeated), a cdk.out, or a plan by `terraform show -json`',
      collect,
    )
    .option('--parameter <key=value>', 'a value for a parameter of the template; may be repeated', collect)
    .option('--allow-undecided', 'end with 0 also when a path could not be decided')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0 too, for code review')
    .option('--json', 'print one JSON document on stdout');
  addPreflightOptions(addCanaryOptions(command))
    .addOption(new Option('--preset <name>', 'as of deploy').choices(presets))
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix preflight --group web --version 0.149.2
  directrix preflight --group web
  directrix preflight --group web --image ami-0123456789abcdef0 --json
  directrix preflight --template cdk.out/Web.template.json --sarif found.sarif

Exit codes: 0 no errors (there may be warnings and notes); 2 errors, a path that could not be decided, or preflight itself failed`),
    )
    .action(async (options: PreflightOptions) => {
      const { runPreflightCommand } = await import('./run.js');
      await runPreflightCommand(context, options);
    });
}

/** The options of every command that runs the checks. */
export function addPreflightOptions(command: Command): Command {
  return command
    .option(
      '--skip <code>',
      'go on in spite of this finding; may be repeated, and is journaled (all: of every finding)',
      collect,
    )
    .addOption(
      optionWithDefault(
        '--secrets-path <path>',
        'where the release reads its secrets',
        "the image's tag directrix:secrets",
      ),
    )
    .option(
      '--secrets-manifest <file>',
      "a file of the names that the release expects, when they do not fit into the image's tags",
    )
    .addOption(
      optionWithDefault(
        '--builder <name>',
        'who builds images and needs the secrets too: a launch template or an instance; may be repeated',
        'tagged directrix:builder, else named builder or packer',
        collect,
      ),
    );
}
