import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { collect, parseDuration, parseSurge, type Surge } from '../../option-values.js';

export interface PreflightOptions {
  readonly group?: string;
  readonly image?: string;
  readonly version?: string;
  readonly latestImage?: boolean;
  readonly surge?: Surge;
  readonly minHealthyTime?: number;
  readonly startTimeout?: number;
  readonly acceptBrokenBaseline?: boolean;
  readonly skip: readonly string[];
  readonly secretsPath?: string;
  readonly secretsManifest?: string;
  readonly builder: readonly string[];
  readonly template?: string;
  readonly json?: boolean;
  readonly sarif?: string;
}

export function registerPreflight(program: Command, context: CommandContext): void {
  const command = program
    .command('preflight')
    .description('find every reason why a rollout would fail, before anything changes')
    .option('-g, --group <name>', 'the Auto Scaling group; in a template its logical id')
    .option('--image <ami>', 'the image that would be rolled out')
    .option('--version <v>', 'the version; without --image, of the image with the tag Version=<v>')
    .option('--latest-image', 'of several images of the version, take the newest')
    .option('--surge <n|p%>', 'how many instances would be added at a time', parseSurge)
    .option('--min-healthy-time <time>', 'as of deploy', parseDuration)
    .option('--start-timeout <time>', 'as of deploy', parseDuration)
    .option('--accept-broken-baseline', 'nothing is healthy now, and the release is the cure')
    .option('--template <file>', 'a CloudFormation template (as cdk synth writes it) in place of the account')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0 too, for code review')
    .option('--json', 'print one JSON document on stdout');
  addPreflightOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  directrix preflight --group web --version 0.149.2
  directrix preflight --group web --image ami-0123456789abcdef0 --json
  directrix preflight --template cdk.out/Web.template.json --sarif preflight.sarif
Exit codes: 0 no errors (warnings and notes may be there), 2 errors, or it could not be done`,
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
      'do not refuse for this finding; may be repeated, and is journaled (all: for none)',
      collect,
      [],
    )
    .option('--secrets-path <path>', "where the release reads its secrets (default: the image's tag directrix:secrets)")
    .option(
      '--secrets-manifest <file>',
      "the names that the release expects, when they do not fit into the image's tags",
    )
    .option(
      '--builder <name>',
      'who builds images and needs the secrets too: a launch template or an instance; may be repeated (default: tagged directrix:builder, else named builder or packer)',
      collect,
      [],
    );
}
