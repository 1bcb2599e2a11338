import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readParameters, readParametersBelow } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { readManifest } from './manifest.js';
import type { JsonOption } from './options.js';
import { countOf } from './output.js';
import { normalizePath } from './parameter-limits.js';
import { performSecrets, type SecretsWork, secretsSchema, writeJson } from './perform-secrets.js';

export interface CheckOptions extends JsonOption {
  readonly schema: string;
  readonly path?: string;
}

interface Finding {
  readonly code: string;
  readonly name?: string;
  readonly message: string;
}

/** Exit code 1 when something is missing or malformed. */
export async function runCheck(context: CommandContext, options: CheckOptions): Promise<void> {
  await performSecrets(context, options, async (tools) => {
    const absolute = resolve(context.io.cwd, options.schema);
    const check = options.schema.endsWith('.json') ? checkManifest : checkSchema;
    const { path, count, findings } = await check(tools, absolute, options);
    for (const { code, message } of findings) context.io.stdout.write(options.json ? '' : `${code}: ${message}\n`);
    if (options.json) writeJson(context, { schema: secretsSchema, path, findings });
    const verdict = findings.length === 0 ? 'all is there' : countOf(findings.length, 'problem');
    context.io.stderr.write(`${countOf(count, 'name')} below ${path} looked at: ${verdict}\n`);
    return findings.length === 0 ? exitCode.done : exitCode.failed;
  });
}

interface Checked {
  readonly path: string;
  readonly count: number;
  readonly findings: readonly Finding[];
}

/** By name only: no value is read. */
async function checkManifest({ ssm }: SecretsWork, absolute: string, options: CheckOptions): Promise<Checked> {
  const manifest = await readManifest(absolute, options.schema);
  const path = options.path === undefined ? manifest.path : normalizePath(options.path);
  const names = manifest.names.map((name) => `${path}${name}`);
  const found = await readParameters(ssm, names, { isDecrypted: false });
  const findings = names
    .filter((name) => !found.has(name))
    .map((name) => ({ code: 'SECRET_MISSING', name, message: `${name} is missing` }));
  return { path, count: names.length, findings };
}

/** By name and by type: what the application's own schema says. */
async function checkSchema({ ssm }: SecretsWork, absolute: string, options: CheckOptions): Promise<Checked> {
  if (options.path === undefined) {
    throw new DirectrixError('USAGE', 'A schema does not say where the secrets are.', {
      source: 'directrix secrets check',
      hint: 'add --path /app/production/',
    });
  }
  const path = normalizePath(options.path);
  const { fromEnv } = await import('@directrix/secrets');
  const schema = await importSchema(absolute, options.schema);
  const stored = await readParametersBelow(ssm, path, { isDecrypted: true });
  const texts = Object.fromEntries(stored.map(({ name, value }) => [name.slice(path.length), value]));
  const findings = await fromEnv(schema as Parameters<typeof fromEnv>[0], texts).then(
    () => [],
    (error: { readonly name?: string; readonly problems?: readonly Finding[] }) => {
      if (error.name !== 'SecretsError' || error.problems === undefined) throw error;
      return error.problems;
    },
  );
  return { path, count: stored.length, findings };
}

async function importSchema(absolute: string, file: string): Promise<unknown> {
  const module = (await import(pathToFileURL(absolute).href).catch((cause: unknown) => {
    throw new DirectrixError('SCHEMA_INVALID', `${file} cannot be imported.`, { source: file, cause });
  })) as { readonly default?: unknown; readonly schema?: unknown };
  const schema = module.default ?? module.schema;
  if (typeof (schema as { '~standard'?: unknown } | undefined)?.['~standard'] === 'object') return schema;
  throw new DirectrixError('SCHEMA_INVALID', `${file} exports no Standard Schema.`, {
    source: file,
    hint: 'export a schema of zod, valibot or arktype by default, or as `schema`',
  });
}
