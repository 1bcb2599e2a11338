// The names below a path, and the keys of the SecureStrings among them. Nothing is decrypted, and no value is kept for the length of a line.
import type { ParameterSnapshot } from '@directrix/preflight';
import type { AwsClients } from '../clients/aws-clients.js';
import { readParameterHistory, readParametersBelow } from '../parameters/read-parameters.js';
import { readPart } from './read-part.js';

/** More keys than this are not asked for: parameters of one path have one key. */
const askedKeys = 20;

export async function readSecretNames(clients: AwsClients, path: string): Promise<readonly ParameterSnapshot[]> {
  const found = await readParametersBelow(clients.ssm, path, { isDecrypted: false });
  const parameters = found.map(({ name, type }) => ({ name, type }));
  const secure = parameters.filter(({ type }) => type === 'SecureString').slice(0, askedKeys);
  const keys = new Map(
    await Promise.all(secure.map(async ({ name }) => [name, await readKeyId(clients, name)] as const)),
  );
  return parameters.map((parameter) => ({ ...parameter, keyId: keys.get(parameter.name) }));
}

async function readKeyId({ ssm }: AwsClients, Name: string): Promise<string | undefined> {
  const part = await readPart(() => readParameterHistory(ssm, Name));
  return part.kind === 'read' ? part.value[0]?.KeyId : undefined;
}
