import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { collect } from '../../option-values.js';
import type { ShipOptions } from './run.js';

export function registerShip(program: Command, context: CommandContext): void {
  program
    .command('ship')
    .description('go from the commit to the machines: release, bake and deploy, skipping what is done already')
    .argument('[version]', 'patch, minor, major or a version, as of release; ignored when HEAD is a release already')
    .argument('[args...]', 'after --: options of deploy')
    .requiredOption('-g, --group <name>', 'the Auto Scaling group')
    .option('--template <path>', "Packer's template, or its directory", 'packer')
    .option('--check <command>', 'as of release; may be repeated', collect)
    .option('--version-file <path>', 'as of release; may be repeated', collect)
    .option('--push [remote]', 'as of release')
    .option('--var <key=value>', 'as of bake; may be repeated', collect)
    .option('--var-file <file>', 'as of bake; may be repeated', collect)
    .option('--packer <path>', 'as of bake', 'packer')
    .option('--secrets-path <path>', 'as of bake and deploy')
    .option('--secrets-manifest <file>', 'as of bake and deploy')
    .addHelpText(
      'after',
      notes(`
Run it again, and it goes on where it stopped: a HEAD with the tag of a version is released, an image of that version and commit is baked, an unfinished rollout is resumed.

Examples:
  directrix ship patch --group web --check 'npm test'
  directrix ship minor --group web --template packer/ --push -- --bake 10m

Exit codes: that of the last step`),
    )
    .action(async (version: string | undefined, deployOptions: readonly string[], options: ShipChoice) => {
      const { runShip } = await import('./run.js');
      await runShip(context, { ...options, version, deployOptions });
    });
}

type ShipChoice = Omit<ShipOptions, 'version' | 'deployOptions'>;
