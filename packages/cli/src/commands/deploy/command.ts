import { type Command, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { parseDuration, parseOrigin, parseSurge, type Surge } from '../../option-values.js';
import { addPreflightOptions } from '../preflight/command.js';

export interface DeployOptions {
  readonly group: string;
  readonly image?: string;
  readonly version?: string;
  readonly latestImage?: boolean;
  readonly surge?: Surge;
  readonly minHealthyTime?: number;
  readonly startTimeout?: number;
  readonly progressDeadline?: number;
  readonly url?: string;
  readonly healthPath: string;
  readonly versionCheck: boolean;
  readonly acceptBrokenBaseline?: boolean;
  readonly journal?: string;
  readonly json?: boolean;
  readonly skip: readonly string[];
  readonly secretsPath?: string;
  readonly secretsManifest?: string;
  readonly labelSecrets?: boolean;
  readonly builder: readonly string[];
}

export function registerDeploy(program: Command, context: CommandContext): void {
  const command = program
    .command('deploy')
    .description('roll a group to a release, instance by instance, and go back by itself when the release is bad')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--image <ami>', 'the image to roll out')
    .option(
      '--version <v>',
      'the version that its instances must report; without --image, of the image with the tag Version=<v>',
    )
    .option('--latest-image', 'of several images of the version, take the newest')
    .option('--label-secrets', 'label the versions of its secrets that are in force now as those of the release');
  addPreflightOptions(addRolloutOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  directrix deploy --group web --version 0.149.2
  directrix deploy --group web --image ami-0123456789abcdef0 --surge 25%
  directrix deploy --group web --version 0.149.2 --json > result.json
  directrix deploy --group web --version 0.149.2 --skip DNS_PRIVATE_DISABLED
It begins with the checks of directrix preflight; an error among them refuses it.

Exit codes: 0 rolled out, 1 bad release: halted and back, 2 refused, 3 needs a human, 130 interrupted (see resume)`,
    )
    .action(async (options: DeployOptions) => {
      const { runDeploy } = await import('./run.js');
      await runDeploy(context, options);
    });
}

/** The options of every command that starts a rollout. */
export function addRolloutOptions(command: Command): Command {
  return addReportOptions(
    command
      .option(
        '--surge <n|p%>',
        'how many instances to add at a time (default: what MaxSize leaves room for)',
        parseSurge,
      )
      .option(
        '--min-healthy-time <time>',
        'how long a new instance must be healthy, without a dip (default: 30s)',
        parseDuration,
      )
      .option(
        '--start-timeout <time>',
        'from launch to the first healthy check (default: the grace period)',
        parseDuration,
      )
      .option(
        '--progress-deadline <time>',
        'how long no new instance may be verified (default: two starts)',
        parseDuration,
      )
      .option('--no-version-check', 'do not ask new instances for their version')
      .option('--accept-broken-baseline', 'go on although no instance is healthy now: the release is the cure'),
  );
}

/** The options of every command that runs one. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'where the load balancer answers (default: its listener)').argParser(parseOrigin),
    )
    .option('--health-path <path>', 'the page that names VERSION and FQDN', '/healthz')
    .option('--journal <file>', 'where to write the journal (default: below ~/.local/state/directrix)')
    .option('--json', 'print one JSON document on stdout at the end');
}
