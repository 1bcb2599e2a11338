import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { collect } from '../../option-values.js';
import type { ReleaseOptions } from './run.js';

export function registerRelease(program: Command, context: CommandContext): void {
  program
    .command('release')
    .description(
      'make a release of what is committed: the version files, the changelog, one commit and an annotated tag; when a step fails, all of it is undone',
    )
    .argument('[version]', 'patch, minor, major or a version (default: as the commits since the last tag require)')
    .option(
      '--version-file <path>',
      'another file that names the version, besides package.json and pyproject.toml; may be repeated',
      collect,
    )
    .option('--changelog <path>', 'where the section of the release goes (default: CHANGELOG.md)')
    .option('--check <command>', 'a shell command that must succeed first; may be repeated', collect)
    .option(
      '--push [remote]',
      'push the branch and the tag, both or none (default: no push; without a name, to origin)',
    )
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix release patch --check 'npm test'
  directrix release 0.149.2 --version-file hyperbola/__init__.py --push
  directrix release --dry-run

Exit codes: 0 done; 2 refused, or undone: the repository is as it was; 3 some of it could not be undone, or it is not known whether the push arrived; 130 interrupted and undone`),
    )
    .action(async (version: string | undefined, options: Omit<ReleaseOptions, 'version'>) => {
      const { runRelease } = await import('./run.js');
      await runRelease(context, { ...options, version });
    });
}
