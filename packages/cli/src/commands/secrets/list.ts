import { readParametersBelow } from '@directrix/aws';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { JsonOption } from './options.js';
import { formatTable, formatTime } from './output.js';
import { normalizePath } from './parameter-limits.js';
import { pathEmpty, performSecrets, secretsSchema, writeJson } from './perform-secrets.js';

export async function runList(context: CommandContext, given: string, options: JsonOption): Promise<void> {
  await performSecrets(context, options, async ({ ssm }) => {
    const path = normalizePath(given);
    const found = await readParametersBelow(ssm, path, { isDecrypted: false });
    if (found.length === 0) throw pathEmpty(path);
    const secrets = found.map(({ name, type, version, modifiedAt }) => ({
      name,
      type,
      version,
      modifiedAt: formatTime(modifiedAt),
    }));
    if (options.json) writeJson(context, { schema: secretsSchema, path, secrets });
    else {
      const rows = secrets.map(({ name, type, version, modifiedAt }) => [
        name.slice(path.length),
        type,
        String(version),
        modifiedAt,
      ]);
      context.io.stdout.write(formatTable(['name', 'type', 'version', 'modified'], rows));
    }
    return exitCode.done;
  });
}
