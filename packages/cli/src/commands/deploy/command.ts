import {
  defaultBakeMs,
  defaultHealthPath,
  defaultMinHealthyTimeMs,
  defaultStartTimeoutMs,
  defaultVersionCheck,
  keepWarmMsMax,
  presetCanaryShare,
  startsToProgressDeadline,
  surgeOfSmallGroup,
  surgeShareOfLargeGroup,
} from '@directrix/rollout';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import { formatDuration, parseDuration, parseOrigin, parseSurge, writeDuration } from '../../option-values.js';
import { addCanaryOptions } from '../../rollout/canary-options.js';
import { addCheckpointOptions } from '../../rollout/checkpoint-options.js';
import { addGateOptions } from '../../rollout/gate-options.js';
import { addPreflightOptions } from '../preflight/command.js';
import { presets } from './presets.js';
import type { DeployOptions } from './run.js';

export function registerDeploy(program: Command, context: CommandContext): void {
  const command = program
    .command('deploy')
    .description('roll a group to a release, instance by instance, and go back by itself when the release is bad')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--image <ami>', 'the image to roll out')
    .option(
      '--version <v>',
      'the version that its instances must report; without --image, it finds the image with the tag Version=<v>',
    )
    .option('--latest-image', 'of several images of the version, take the newest')
    .option('--plan', 'print what would be done, and how long it takes, and change nothing')
    .option('--no-prove', 'do not try an instance outside of the group before users can reach the release')
    .option(
      '--keep-warm <time>',
      `how long the old instances stay in Standby after the end, up to ${writeDuration(keepWarmMsMax)}; directrix finalize ends them`,
      parseKeepWarm,
    )
    .option('--label-secrets', 'label the present versions of its secrets as those of the release');
  addPreflightOptions(addCheckpointOptions(addCanaryOptions(addRolloutOptions(command, defaultBakeMs))))
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix deploy --group web --version 0.149.2
  directrix deploy --group web --image ami-0123456789abcdef0 --surge 25%
  directrix deploy --group web --version 0.149.2 --plan
  directrix deploy --group web --version 0.149.2 --canary-steps 5%:2m,25%:5m
  directrix deploy --group web --version 0.149.2 --json > result.json
  directrix deploy --group web --version 0.149.2 --skip DNS_PRIVATE_DISABLED

It begins with the checks of directrix preflight, and an error among them stops it.

Exit codes: 0 rolled out, 1 bad release: halted and rolled back, 2 refused, 3 needs a human, 130 interrupted (see resume)`),
    )
    .action(async (options: DeployOptions) => {
      const { runDeploy } = await import('./run.js');
      await runDeploy(context, options);
    });
}

function parseKeepWarm(text: string): number {
  const value = text === '0' ? 0 : parseDuration(text);
  if (value > keepWarmMsMax) throw new InvalidArgumentError(`It is longer than ${formatDuration(keepWarmMsMax)}.`);
  return value;
}

/** The options of every command that starts a rollout. */
export function addRolloutOptions(command: Command, bakeMs: number): Command {
  return addReportOptions(
    addGateOptions(command, bakeMs)
      .addOption(
        new Option(
          '--preset <name>',
          `rolling: batches; oneByOne: one at a time; blueGreen: all new ones first, then all old ones leave at once; canary: ${presetCanaryShare * 100} % of users' requests first`,
        ).choices(presets),
      )
      .option(
        '--zone-by-zone',
        'one Availability Zone after the other: a zone ends before old instances leave the next',
      )
      .addOption(
        optionWithDefault(
          '--surge <n|p%>',
          'how many instances to add at a time',
          `all at once, but at most ${surgeOfSmallGroup} or ${surgeShareOfLargeGroup * 100}% of the group, whichever is more`,
          parseSurge,
        ),
      )
      .addOption(
        optionWithDefault(
          '--min-healthy-time <time>',
          'how long a new instance must be healthy, without a dip, before it counts',
          writeDuration(defaultMinHealthyTimeMs),
          parseDuration,
        ),
      )
      .addOption(
        optionWithDefault(
          '--start-timeout <time>',
          'from launch to the first healthy check',
          `the group's grace period, else ${writeDuration(defaultStartTimeoutMs)}`,
          parseDuration,
        ),
      )
      .addOption(
        optionWithDefault(
          '--progress-deadline <time>',
          'how long the rollout may go without verifying another instance',
          `${startsToProgressDeadline} start timeouts and one minimum healthy time`,
          parseDuration,
        ),
      )
      .addOption(
        new Option(
          '--version-check <mode>',
          'whether new instances must name their version (auto: if the present ones do)',
        )
          .choices(['required', 'auto', 'off'])
          .default(defaultVersionCheck),
      )
      .option('--no-version-check', 'the same as --version-check off')
      .option('--accept-broken-baseline', 'go on although no instance is healthy now, because the release is the fix'),
  );
}

/** The options of every command that runs one. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(optionWithDefault('--url <url>', 'where the load balancer answers', 'its listener', parseOrigin))
    .option('--health-path <path>', 'the page that names VERSION and FQDN', defaultHealthPath)
    .addOption(optionWithDefault('--journal <file>', 'where to write the journal', 'below ~/.local/state/directrix'))
    .option('--json', 'print one JSON document on stdout at the end');
}
