import { readParameters } from '@directrix/aws';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { RevealOption } from './options.js';
import { expectName } from './parameter-limits.js';
import { notFound, performSecrets, refuseTerminal } from './perform-secrets.js';

export interface GetOptions extends RevealOption {
  readonly versionNumber?: number;
}

export async function runGet(context: CommandContext, given: string, options: GetOptions): Promise<void> {
  await performSecrets(context, {}, async ({ ssm }) => {
    refuseTerminal(context, options.reveal);
    const name = expectName(given);
    const asked = options.versionNumber === undefined ? name : `${name}:${options.versionNumber}`;
    const found = (await readParameters(ssm, [asked], { isDecrypted: true })).get(asked);
    if (found === undefined) throw notFound(asked);
    // Exactly the value for a program; a line for a person.
    context.io.stdout.write(context.io.stdout.isTTY ? `${found.value}\n` : found.value);
    return exitCode.done;
  });
}
