import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes } from '../../help.js';
import type { EvidenceOptions } from './run.js';

/** `t3.micro=0.0104`: USD an hour, by instance type. */
function collectPrice(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, type, price] = /^([a-z0-9-]+\.[a-z0-9-]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (type === undefined || price === undefined)
    throw new InvalidArgumentError('Write an instance type and its price in USD an hour, such as t3.micro=0.0104.');
  return { ...before, [type]: Number(price) };
}

export function registerEvidence(program: Command, context: CommandContext): void {
  program
    .command('evidence')
    .description(
      'show what was kept of bad instances: the files on this machine, and the instances that still run in quarantine',
    )
    .argument('[id]', 'a rollout or an instance (default: all)')
    .option('-g, --group <name>', 'only of this Auto Scaling group')
    .option(
      '--hourly-price <type=usd>',
      'what an instance type costs an hour, as t3.micro=0.0104; may be repeated (default: not known)',
      collectPrice,
    )
    .option('--offline', 'ask nothing of AWS: the files of this machine only')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', notes('\nExamples:\n  directrix evidence\n  directrix evidence i-0f7af26ec94de279f'))
    .action(async (id: string | undefined, options: Omit<EvidenceOptions, 'id'>) => {
      const { runEvidence } = await import('./run.js');
      await runEvidence(context, { ...options, id });
    });
}
