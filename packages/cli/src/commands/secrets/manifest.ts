// The manifest of a release: which secrets it expects, by name. `secrets.json`, written by the build and baked beside the application.
import { readFile } from 'node:fs/promises';
import { DirectrixError } from '@directrix/rollout';
import * as z from 'zod';
import { refuseName } from './parameter-limits.js';

interface SecretsManifest {
  /** Ends with a slash. */
  readonly path: string;
  /** Below the path. */
  readonly names: readonly string[];
}

const schema = 'directrix.secrets-manifest/1';
const manifestSchema = z.object({
  schema: z.literal(schema),
  path: z.string().regex(/^(\/[\w.-]+)+\/$/),
  names: z.array(z.string()).min(1),
});

/** Throws MANIFEST_INVALID, naming the field, or FILE_UNREADABLE. */
export async function readManifest(absolute: string, file: string): Promise<SecretsManifest> {
  const text = await readFile(absolute, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new DirectrixError('FILE_UNREADABLE', `${file} cannot be read: ${code}.`, { source: file });
  });
  return parseManifest(text, file);
}

function parseManifest(text: string, file: string): SecretsManifest {
  const parsed = manifestSchema.safeParse(parseJson(text, file));
  if (!parsed.success) throw invalid(file, describeIssue(parsed.error.issues[0]));
  const { path, names } = parsed.data;
  // By its place and not by its text: somebody may have put a value there.
  const wrong = names.findIndex((name) => refuseName(`${path}${name}`) !== undefined);
  if (wrong >= 0) throw invalid(file, `names[${wrong}] is no name of a parameter`);
  return { path, names: [...new Set(names)] };
}

/** The field and what it should be; never what it is. */
function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const field = issue?.path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('') ?? '';
  return field === ''
    ? 'it is no JSON object'
    : `${field} is ${expectations[issue?.path[0] as keyof typeof expectations]}`;
}

const expectations = {
  schema: `not ${JSON.stringify(schema)}`,
  path: 'not such as /app/production/',
  names: 'not a list of at least one name',
};

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own text quotes what it could not read.
    throw invalid(file, 'it is no JSON object');
  }
}

function invalid(file: string, why: string): DirectrixError {
  return new DirectrixError('MANIFEST_INVALID', `${file} is no manifest of secrets: ${why}.`, {
    source: file,
    hint: `{ "schema": "${schema}", "path": "/app/production/", "names": ["DATABASE_URL"] }`,
  });
}
