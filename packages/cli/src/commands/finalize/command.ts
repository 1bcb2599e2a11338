import {
  defaultGoodReleases,
  defaultRollbackWindowMs,
  defaultWindowMs,
  defaultYoungestMs,
} from '@directrix/images/defaults';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import { collect, parseDuration } from '../../option-values.js';
import type { FinalizeOptions } from './run.js';

export function registerFinalize(program: Command, context: CommandContext): void {
  program
    .command('finalize')
    .description(
      'clean up: images, their snapshots, launch template versions of Directrix that nothing uses any more, and quarantined and warm instances whose time is over',
    )
    .option('--dry-run', 'only say what would be done (the default on a terminal)')
    .option('--apply', 'do it (the default where there is no terminal)')
    .addOption(
      optionWithDefault(
        '--window <time>',
        'from disabled to deregistered, and from there to deleted',
        days(defaultWindowMs),
        parseDuration,
      ),
    )
    .addOption(
      optionWithDefault('--keep-newer-than <time>', 'keep what is younger', days(defaultYoungestMs), parseDuration),
    )
    .addOption(
      optionWithDefault(
        '--rollback-window <time>',
        'keep releases that served within this time',
        days(defaultRollbackWindowMs),
        parseDuration,
      ),
    )
    .addOption(
      optionWithDefault(
        '--keep-good-releases <n>',
        'keep this many good releases of each group, the newest',
        String(defaultGoodReleases),
        parseCount,
      ),
    )
    .option(
      '--keep-if-named-in <glob>',
      'keep what these files name, by id or by name; may be repeated; refused when no file matches',
      collect,
    )
    .option('--every-version', 'keep the images of all versions of launch templates, also of those that nothing uses')
    .option('--only-tagged <key[=value]>', 'judge only images with this tag; may be repeated', collect)
    .option(
      '--without <part>',
      'go on although this part of the account could not be read, because you know that it names no image; may be repeated',
      collect,
    )
    .option('--restore <ami>', 'undo what was done to this image, as far as possible; may be repeated', collect)
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      notes(`
An image is disabled first, deregistered after the window, and its snapshots are deleted after the window again: three runs at least. Until the last one, --restore undoes it.

Examples:
  directrix finalize
  directrix finalize --apply --keep-if-named-in '*.tf' \\
    --keep-if-named-in 'infra/**/*.yaml'
  directrix finalize --restore ami-0123456789abcdef0

Exit codes: 0 done, or a dry run; 2 refused; 3 a step failed, or a part of the account could not be read, so that its images stay; 130 interrupted between two steps`),
    )
    .action(async (options: FinalizeOptions) => {
      const { runFinalize } = await import('./run.js');
      await runFinalize(context, options);
    });
}

function days(milliseconds: number): string {
  return `${milliseconds / (24 * 3600 * 1000)}d`;
}

function parseCount(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('Write a number from 0 to 999.');
  return Number(text);
}
