import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { collect } from '../../option-values.js';
import { registerDiff } from './diff-command.js';
import type { ReachOptions } from './run.js';

export function registerReach(program: Command, context: CommandContext): void {
  const command = program
    .command('reach')
    // Else `reach diff --region` would be an option of reach.
    .enablePositionalOptions()
    .description('say whether an instance reaches a name or an address on a port, and if not, every reason why')
    .option('--from <source>', 'group:NAME (an instance that it would launch), lt:NAME, i-…, or eni-…')
    .option(
      '--to <destination>',
      'a service (ssm:443), NAME:PORT, IP:PORT, i-…:PORT or eni-…:PORT; port 443 by default',
    )
    .option(
      '--template <file>',
      'instead of the account: a CloudFormation template (may be repeated), a cdk.out, or what `terraform show -json` writes of a plan',
      collect,
    )
    .option('--parameter <key=value>', 'a value for a parameter of the template; may be repeated', collect)
    .option('--json', 'print one JSON document on stdout')
    .option('--dot', 'print a picture for Graphviz')
    .option('--mermaid', 'print a picture for Mermaid')
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix reach --from group:web --to ssm:443
  directrix reach --from i-0123456789abcdef0 --to db.internal:3306
  directrix reach --from lt:packer-builder --to ssm:443 --mermaid
  directrix reach --from group:WebGroup --to ssm:443 \\
    --template cdk.out/Web.template.json
  directrix reach --from group:web --to ssm:443 --template plan.json

Exit codes: 0 reachable, 2 not reachable, only partly, not known, or it could not be asked`),
    )
    .action(async (options: ReachOptions) => {
      const { runReach } = await import('./run.js');
      await runReach(context, options);
    });
  registerDiff(command, context);
}
