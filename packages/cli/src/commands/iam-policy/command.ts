import { type Command, InvalidArgumentError } from 'commander';
import { parseRegion } from '../../account-options.js';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import { collect } from '../../option-values.js';
import type { IamPolicyOptions } from './run.js';

export function registerIamPolicy(program: Command, context: CommandContext): void {
  program
    .command('iam-policy')
    .description('print the least IAM policy that a deployer needs; asks nothing of AWS')
    .option('-g, --group <name>', 'only this Auto Scaling group may be changed; may be repeated', collect)
    .option('--secrets-path <path>', 'let preflight see whether the secrets below the path exist')
    .option('--log-group <name>', 'let it read what the instances ship to this log group')
    .option('--label-secrets', 'for deploy --label-secrets; with --secrets-path')
    .option('--alarms', 'for deploy --alarm')
    .option('--canary', 'for deploy --canary')
    .option('--no-prove', 'for deploy --no-prove alone')
    .option('--read-only', 'for status, preflight and reach alone')
    .option('--region <region>', 'of this region only', parseRegion)
    .option('--account <id>', 'of this account only', parseAccount)
    .addHelpText(
      'after',
      notes(`
Examples:
  directrix iam-policy --group web --secrets-path /app/production/
  directrix iam-policy --read-only > read-only.json

Without --group every group may be changed. Without --secrets-path, preflight notes that it did not look at the secrets.`),
    )
    .action(async (options: IamPolicyOptions) => {
      const { runIamPolicy } = await import('./run.js');
      runIamPolicy(context, options);
    });
}

function parseAccount(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('Write the 12 digits of an account.');
  return text;
}
