// The names below a path, and the keys of the SecureStrings among them. Nothing is decrypted, and no value is kept for the length of a line.
import { GetParameterHistoryCommand, GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import type { ParameterSnapshot } from '@directrix/preflight';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { readPart } from './read-part.js';

/** More keys than this are not asked for: parameters of one path have one key. */
const askedKeys = 20;

export async function readSecretNames(clients: AwsClients, path: string): Promise<readonly ParameterSnapshot[]> {
  const parameters = await collectPages(async (NextToken) => {
    const page = await clients.ssm.send(
      new GetParametersByPathCommand({ Path: path, Recursive: true, WithDecryption: false, MaxResults: 10, NextToken }),
    );
    const items = (page.Parameters ?? []).map(({ Name = '', Type = '' }) => ({ name: Name, type: Type as string }));
    return { items, next: page.NextToken };
  });
  const secure = parameters.filter(({ type }) => type === 'SecureString').slice(0, askedKeys);
  const keys = new Map(
    await Promise.all(secure.map(async ({ name }) => [name, await readKeyId(clients, name)] as const)),
  );
  return parameters.map((parameter) => ({ ...parameter, keyId: keys.get(parameter.name) }));
}

async function readKeyId({ ssm }: AwsClients, Name: string): Promise<string | undefined> {
  const part = await readPart(() =>
    collectPages(async (NextToken) => {
      const page = await ssm.send(new GetParameterHistoryCommand({ Name, WithDecryption: false, NextToken }));
      return { items: (page.Parameters ?? []).map(({ KeyId }) => KeyId), next: page.NextToken };
    }),
  );
  return part.kind === 'read' ? part.value.at(-1) : undefined;
}
