import { deleteSecrets, readParameters } from '@directrix/aws';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { JsonOption } from './options.js';
import { countOf } from './output.js';
import { expectName } from './parameter-limits.js';
import { notFound, performSecrets, secretsSchema, writeJson } from './perform-secrets.js';

export interface UnsetOptions extends JsonOption {
  readonly yes?: boolean;
}

export async function runUnset(
  context: CommandContext,
  given: readonly string[],
  options: UnsetOptions,
): Promise<void> {
  await performSecrets(context, options, async ({ ssm }) => {
    const names = [...new Set(given.map(expectName))];
    const found = await readParameters(ssm, names, { isDecrypted: false });
    const missing = names.filter((name) => !found.has(name));
    if (missing.length > 0) throw notFound(missing.join(', '));
    const deleted = options.yes ? await deleteSecrets(ssm, names) : [];
    for (const [name, { version }] of found) {
      context.io.stderr.write(
        `${name} (${countOf(version, 'version')}) ${options.yes ? 'is deleted' : 'would be deleted'}\n`,
      );
    }
    if (!options.yes) context.io.stderr.write('nothing was changed; --yes does it\n');
    if (options.json) writeJson(context, { schema: secretsSchema, isApplied: options.yes === true, deleted });
    return exitCode.done;
  });
}
