// The manifest of a release: which secrets it expects, by name. `secrets.json`, written by the build and baked beside the application.
import { readFile } from 'node:fs/promises';
import { DirectrixError } from '@directrix/rollout';
import { refuseName } from './parameter-limits.js';

export interface SecretsManifest {
  /** Ends with a slash. */
  readonly path: string;
  /** Below the path. */
  readonly names: readonly string[];
}

const schema = 'directrix.secrets-manifest/1';

/** Throws MANIFEST_INVALID, naming the field, or FILE_UNREADABLE. */
export async function readManifest(absolute: string, file: string): Promise<SecretsManifest> {
  const text = await readFile(absolute, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new DirectrixError('FILE_UNREADABLE', `${file} cannot be read: ${code}.`, { source: file });
  });
  return parseManifest(text, file);
}

export function parseManifest(text: string, file: string): SecretsManifest {
  const document = parseJson(text, file);
  if (document.schema !== schema) throw invalid(file, `schema is not ${JSON.stringify(schema)}`);
  const { path, names } = document;
  if (typeof path !== 'string' || !/^(\/[\w.-]+)+\/$/.test(path))
    throw invalid(file, 'path is not such as /app/production/');
  if (!Array.isArray(names) || names.length === 0) throw invalid(file, 'names is no list with at least one name');
  for (const name of names) {
    if (typeof name !== 'string' || refuseName(`${path}${name}`) !== undefined) {
      throw invalid(file, `names has ${JSON.stringify(name)}, which is no name of a parameter`);
    }
  }
  return { path, names: [...new Set(names as string[])] };
}

function parseJson(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw invalid(file, 'it is no JSON object');
}

function invalid(file: string, why: string): DirectrixError {
  return new DirectrixError('MANIFEST_INVALID', `${file} is no manifest of secrets: ${why}.`, {
    source: file,
    hint: `{ "schema": "${schema}", "path": "/app/production/", "names": ["DATABASE_URL"] }`,
  });
}
