import { awsCodeOf, readParameterHistory } from '@directrix/aws';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { JsonOption } from './options.js';
import { formatTable, formatTime } from './output.js';
import { expectName } from './parameter-limits.js';
import { notFound, performSecrets, secretsSchema, writeJson } from './perform-secrets.js';

export async function runHistory(context: CommandContext, given: string, options: JsonOption): Promise<void> {
  await performSecrets(context, options, async ({ ssm }) => {
    const name = expectName(given);
    const history = await readParameterHistory(ssm, name).catch((error: unknown) => {
      throw awsCodeOf(error) === 'ParameterNotFound' ? notFound(name) : error;
    });
    const versions = history.map(({ Version, LastModifiedDate, LastModifiedUser, Labels }) => ({
      version: Version ?? 0,
      modifiedAt: formatTime(LastModifiedDate?.getTime() ?? 0),
      by: LastModifiedUser ?? '',
      labels: Labels ?? [],
    }));
    if (options.json) writeJson(context, { schema: secretsSchema, name, versions });
    else {
      const rows = versions.map(({ version, modifiedAt, by, labels }) => [
        String(version),
        modifiedAt,
        by,
        labels.join(', '),
      ]);
      context.io.stdout.write(formatTable(['version', 'modified', 'by', 'labels'], rows));
    }
    return exitCode.done;
  });
}
