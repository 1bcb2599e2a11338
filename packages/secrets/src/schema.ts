// The schema: any Standard Schema. A validator's message may hold the value that it refuses, or what it made of it; so no message of a
// validator is ever passed on. What is said is built from what the schema expected, which is known before any value is.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Problem, refuse } from './secrets-error.js';

export type Schema = StandardSchemaV1<unknown, object>;

/** The keys that a schema names, where it can tell: Standard JSON Schema (zod, arktype), or valibot's entries. */
export function keysOf(schema: Schema): readonly string[] | undefined {
  const properties = jsonProperties(schema) ?? (schema as { entries?: unknown }).entries;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : undefined;
}

/**
 * Validates everything at once.
 *
 * @throws SecretsError SCHEMA_FAILED when the validator itself throws.
 */
export async function validate<Output extends object>(
  schema: StandardSchemaV1<unknown, Output>,
  values: ReadonlyMap<string, string>,
  nameOf: (key: string) => string,
): Promise<{ readonly output: Output } | { readonly problems: readonly Problem[] }> {
  const input: Record<string, string> = Object.fromEntries(values);
  const result = await callValidator(schema, input);
  if (!result.issues) return { output: result.value };
  return { problems: result.issues.map((issue) => problemOf(issue, values, nameOf)) };
}

async function callValidator<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  input: Record<string, string>,
): Promise<StandardSchemaV1.Result<Output>> {
  try {
    return await schema['~standard'].validate(input);
  } catch {
    // The error is not passed on: it may hold a value.
    throw refuse('values', 'SCHEMA_FAILED', `the schema (${schema['~standard'].vendor}) threw while it validated`);
  }
}

function problemOf(
  issue: StandardSchemaV1.Issue,
  values: ReadonlyMap<string, string>,
  nameOf: (key: string) => string,
): Problem {
  const [first] = issue.path ?? [];
  const key = first === undefined ? undefined : String(typeof first === 'object' ? first.key : first);
  const expected = expectationOf(issue, values);
  if (key === undefined) {
    return { code: 'SECRET_MALFORMED', message: `the values together are refused by the schema${expected}` };
  }
  const name = nameOf(key);
  if (!values.has(key)) return { code: 'SECRET_MISSING', name, message: `${name} is missing` };
  return { code: 'SECRET_MALFORMED', name, message: `${name} is malformed${expected}` };
}

/** What each library says of the schema, not of the value. */
const expectationKeys = ['format', 'expected', 'type', 'code'] as const;

function expectationOf(issue: StandardSchemaV1.Issue, values: ReadonlyMap<string, string>): string {
  const facts = issue as unknown as Readonly<Record<string, unknown>>;
  for (const key of expectationKeys) {
    const fact = facts[key];
    if (typeof fact !== 'string' || fact === '' || repeatsValue(fact, values)) continue;
    return ` (expected: ${fact}${boundsOf(facts)})`;
  }
  return '';
}

function boundsOf({ minimum, maximum }: Readonly<Record<string, unknown>>): string {
  const least = typeof minimum === 'number' ? `, at least ${minimum}` : '';
  const most = typeof maximum === 'number' ? `, at most ${maximum}` : '';
  return `${least}${most}`;
}

/** A second line of defence, for a schema that writes a value into its own expectation. */
function repeatsValue(text: string, values: ReadonlyMap<string, string>): boolean {
  const lower = text.toLowerCase();
  return [...values.values()].some((value) => piecesOf(value).some((piece) => lower.includes(piece)));
}

function piecesOf(value: string): string[] {
  return [value, ...value.split(/[\s,;:/@"']+/)]
    .filter((piece) => piece.length >= 4 || piece === value)
    .flatMap((piece) => [piece, JSON.stringify(piece).slice(1, -1)])
    .filter((piece) => piece.length > 0)
    .map((piece) => piece.toLowerCase());
}

function jsonProperties(schema: Schema): unknown {
  const { jsonSchema } = schema['~standard'] as unknown as {
    readonly jsonSchema?: { input(options: { target: string }): Record<string, unknown> };
  };
  try {
    return jsonSchema?.input({ target: 'draft-2020-12' }).properties;
  } catch {
    // A schema with transformations that JSON Schema cannot say: the keys are then unknown, and everything below the path is read.
    return undefined;
  }
}
