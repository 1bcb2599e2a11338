import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';

export interface ReachOptions {
  readonly from: string;
  readonly to: string;
  readonly template?: string;
  readonly json?: boolean;
  readonly dot?: boolean;
  readonly mermaid?: boolean;
}

export function registerReach(program: Command, context: CommandContext): void {
  program
    .command('reach')
    .description('say whether an instance reaches a name or an address on a port, and if not, every reason why')
    .requiredOption('--from <source>', 'group:NAME (an instance that it would launch), lt:NAME, i-…, or eni-…')
    .requiredOption(
      '--to <destination>',
      'a service (ssm:443), NAME:PORT, IP:PORT, i-…:PORT or eni-…:PORT; port 443 by default',
    )
    .option(
      '--template <file>',
      'a CloudFormation template (as cdk synth writes it) in place of the account; ids are logical ids',
    )
    .option('--json', 'print one JSON document on stdout')
    .option('--dot', 'print a picture for Graphviz')
    .option('--mermaid', 'print a picture for Mermaid')
    .addHelpText(
      'after',
      `
Examples:
  directrix reach --from group:web --to ssm:443
  directrix reach --from i-0123456789abcdef0 --to db.internal:3306
  directrix reach --from lt:packer-builder --to ssm:443 --mermaid
  directrix reach --from group:WebGroup --to ssm:443 --template cdk.out/Web.template.json
Exit codes: 0 reachable, 2 not (or only now and then, or not known, or it could not be asked)`,
    )
    .action(async (options: ReachOptions) => {
      const { runReach } = await import('./run.js');
      await runReach(context, options);
    });
}
