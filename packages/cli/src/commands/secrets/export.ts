import { readParametersBelow } from '@directrix/aws';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { writeDotenv, writeShell } from './dotenv-file.js';
import { nameVariables } from './env-names.js';
import type { ExportFormat, RevealOption } from './options.js';
import { normalizePath } from './parameter-limits.js';
import { pathEmpty, performSecrets, refuseTerminal } from './perform-secrets.js';

export interface ExportOptions extends RevealOption {
  readonly format: ExportFormat;
}

export async function runExport(context: CommandContext, given: string, options: ExportOptions): Promise<void> {
  await performSecrets(context, {}, async ({ ssm }) => {
    refuseTerminal(context, options.reveal);
    const path = normalizePath(given);
    const secrets = await readParametersBelow(ssm, path, { isDecrypted: true });
    if (secrets.length === 0) throw pathEmpty(path);
    if (options.format === 'json') {
      const byName = Object.fromEntries(secrets.map(({ name, value }) => [name.slice(path.length), value]));
      context.io.stdout.write(`${JSON.stringify(byName, null, 2)}\n`);
    } else {
      const write = options.format === 'dotenv' ? writeDotenv : writeShell;
      context.io.stdout.write(write(nameVariables(secrets, path)));
    }
    return exitCode.done;
  });
}
