import { readParameterHistory, readParameters } from '@directrix/aws';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { JsonOption } from './options.js';
import { expectName, standardBytes } from './parameter-limits.js';
import { notFound, performSecrets, secretsSchema, writeJson } from './perform-secrets.js';
import { writeOne } from './write-attempts.js';

export interface RestoreOptions extends JsonOption {
  readonly versionNumber: number;
}

export async function runRestore(context: CommandContext, given: string, options: RestoreOptions): Promise<void> {
  await performSecrets(context, options, async (tools) => {
    const { ssm } = tools;
    const name = expectName(given);
    const asked = `${name}:${options.versionNumber}`;
    const found = await readParameters(ssm, [name, asked], { isDecrypted: true });
    const current = found.get(name);
    const wanted = found.get(asked);
    if (current === undefined || wanted === undefined) throw notFound(asked);
    const isSame = current.value === wanted.value;
    const version = isSame
      ? current.version
      : await writeOne(
          tools,
          {
            name,
            value: wanted.value,
            type: current.type,
            keyId: await keyOf(ssm, name, options.versionNumber),
            isAdvanced: Buffer.byteLength(wanted.value) > standardBytes,
            isOverwriting: true,
          },
          context.io.signal,
        );
    const said = isSame ? 'has the value of' : `is at version ${version}, with the value of`;
    context.io.stderr.write(`${name} ${said} version ${options.versionNumber}\n`);
    if (options.json) writeJson(context, { schema: secretsSchema, name, version, isChanged: !isSame });
    return exitCode.done;
  });
}

/** The KMS key that sealed a version; the account's own where it cannot be told. */
async function keyOf(
  ssm: Parameters<typeof readParameterHistory>[0],
  name: string,
  version: number,
): Promise<string | undefined> {
  return (await readParameterHistory(ssm, name)).find(({ Version }) => Version === version)?.KeyId;
}
