import { readParameters } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { JsonOption, WriteOptions } from './options.js';
import { expectName, refuseValue } from './parameter-limits.js';
import { performSecrets, secretsSchema, writeJson } from './perform-secrets.js';
import { writeOne } from './write-attempts.js';

export interface SetOptions extends WriteOptions, JsonOption {
  readonly keepNewline?: boolean;
}

export async function runSet(context: CommandContext, given: string, options: SetOptions): Promise<void> {
  await performSecrets(context, options, async (tools) => {
    const { ssm } = tools;
    const name = expectName(given);
    const value = await readValue(context, name, options);
    const refusal = refuseValue(value, options.advanced === true);
    if (refusal !== undefined)
      throw new DirectrixError('SECRET_SIZE', `${name} was not written: ${refusal}.`, { source: 'stdin' });
    const current = (await readParameters(ssm, [name], { isDecrypted: true })).get(name);
    if (current && options.type !== undefined && options.type !== current.type) {
      throw new DirectrixError(
        'SECRET_TYPE_CONFLICT',
        `${name} is a ${current.type}, and a parameter keeps its type.`,
        {
          source: '--type',
          hint: 'leave --type out, or write it under another name',
        },
      );
    }
    const isSame = current?.value === value;
    const version = isSame
      ? current.version
      : await writeOne(
          tools,
          {
            name,
            value,
            type: current?.type ?? options.type ?? 'SecureString',
            keyId: options.keyId,
            isAdvanced: options.advanced === true,
            isOverwriting: current !== undefined,
          },
          context.io.signal,
        );
    context.io.stderr.write(isSame ? `${name} has that value already\n` : `${name} is at version ${version}\n`);
    if (options.json) writeJson(context, { schema: secretsSchema, name, version, isChanged: !isSame });
    return exitCode.done;
  });
}

async function readValue({ io }: CommandContext, name: string, options: SetOptions): Promise<string> {
  if (io.stdin === undefined) throw new DirectrixError('USAGE', 'There is no stdin to read the value from.');
  if (io.stdin.isTTY) {
    return io.stdin.readHidden(`value of ${name} (not shown): `).catch(() => {
      throw new DirectrixError('INTERRUPTED', `${name} was not written: the prompt was closed.`, { source: 'stdin' });
    });
  }
  const text = await io.stdin.readAll();
  // `echo` and every editor end what they write with one.
  return options.keepNewline ? text : text.replace(/\r?\n$/, '');
}
