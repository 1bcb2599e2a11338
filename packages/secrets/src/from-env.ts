import type { StandardSchemaV1 } from '@standard-schema/spec';
import { knownKeysOf, validate } from './schema.js';
import { brand } from './secret.js';
import type { Secrets } from './secrets.js';
import { healthOf } from './secrets.js';
import { type Problem, refuse, SecretsError } from './secrets-error.js';

/**
 * Secrets from environment variables, for tests and local work: the same shape, the same validation, no network. Only the keys that
 * the schema names are looked at.
 *
 * @throws SecretsError when the schema refuses them.
 */
export async function fromEnv<Output extends object>(
  schema: StandardSchemaV1<unknown, Output>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Secrets<Output>> {
  const keys = knownKeysOf(schema)?.keys;
  if (keys === undefined) {
    throw refuse(
      'configuration',
      'SECRETS_OPTIONS_CONFLICT',
      "the schema does not tell its keys, and the whole environment is nobody's secrets",
    );
  }
  const texts = new Map(keys.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]] as const])));
  const result = await validate(schema, texts, (key) => key);
  if ('problems' in result) throw new SecretsError('values', result.problems as [Problem, ...Problem[]]);
  const values = brand(result.output);
  return {
    values,
    get: (name) => values[name],
    versions: {},
    source: { kind: 'environment' },
    health: () => healthOf(undefined),
    refresh: async () => ({ names: [] }),
    withFreshRetry: (attempt) => attempt(values),
    onChange: () => () => {},
    onError: () => () => {},
    close: () => {},
  };
}
