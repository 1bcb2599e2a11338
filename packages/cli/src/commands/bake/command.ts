import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { collect, parseDuration } from '../../option-values.js';
import type { BakeOptions } from './options.js';

export function registerBake(program: Command, context: CommandContext): void {
  program
    .command('bake')
    .description(
      'bake an image with your own Packer and template: check first what would fail, name the cause of a failure, leave nothing behind, tag the image',
    )
    .argument('[template]', 'a template of Packer (JSON or HCL2), or the directory of one', '.')
    .option('--version <v>', 'the version that the image holds (default: the tag of git at HEAD)')
    .option('--packer <path>', 'which packer', 'packer')
    .option('--var <key=value>', 'a variable of the template; may be repeated', collect)
    .option('--var-file <file>', 'variables of the template; may be repeated', collect)
    .option('--only <builds>', 'as of packer build')
    .option('--secrets-path <path>', 'where the release reads its secrets; the builder must reach Parameter Store')
    .option('--secrets-manifest <file>', 'the names that the release expects: tagged on the image')
    .option(
      '--reaches <host:port>',
      'what else the builder must reach, such as a package mirror; may be repeated',
      collect,
    )
    .option('--no-preflight', 'do not check first whether it can succeed')
    .option('--timeout <time>', 'how long it may take (default: 2h)', parseDuration)
    .option('--clean', 'only remove what is left of bakes that were killed or took too long')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix bake packer/ --version 0.149.2 --secrets-manifest secrets.json
  directrix bake template.json --var base=ami-0123456789abcdef0 \\
    --reaches deb.debian.org:443
  directrix bake --clean

Exit codes: 0 baked; 1 the bake failed, and nothing is left of it; 2 refused before anything was launched; 3 something is left that could not be removed; 130 interrupted, and nothing is left`),
    )
    .action(async (template: string, options: Omit<BakeOptions, 'template'>) => {
      const { runBake } = await import('./run.js');
      await runBake(context, { ...options, template });
    });
}
