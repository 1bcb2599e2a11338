// The schema: any Standard Schema. A validator's message may hold the value that it refuses, or what it made of it; so no message of a
// validator is ever passed on. What is said is built from what the schema expected, which is known before any value is.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Problem, refuse } from './secrets-error.js';

export type Schema = StandardSchemaV1<unknown, object>;

export interface KnownKeys {
  readonly keys: readonly string[];
  /** What the schema does with a key that it does not name. */
  readonly others: 'ignored' | 'kept' | 'refused';
}

/** The keys that a schema names, where it can tell: Standard JSON Schema (zod, arktype), or valibot's entries. */
export function knownKeysOf(schema: Schema): KnownKeys | undefined {
  const { properties, additionalProperties } = jsonSchemaOf(schema) ?? {};
  if (isObject(properties)) {
    const others = additionalProperties === undefined ? 'ignored' : additionalProperties === false ? 'refused' : 'kept';
    return { keys: Object.keys(properties), others };
  }
  const { entries, type } = schema as { readonly entries?: unknown; readonly type?: unknown };
  if (!isObject(entries)) return undefined;
  return { keys: Object.keys(entries), others: valibotOthers.get(type) ?? 'kept' };
}

const valibotOthers: ReadonlyMap<unknown, KnownKeys['others']> = new Map([
  ['object', 'ignored'],
  ['strict_object', 'refused'],
]);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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

interface JsonSchema {
  readonly properties?: unknown;
  readonly additionalProperties?: unknown;
}

// What JSON Schema cannot say (a date, a class) must not hide the keys: zod is told to say nothing of it, and arktype does so by itself.
const jsonSchemaOptions = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } };

function jsonSchemaOf(schema: Schema): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as unknown as {
    readonly jsonSchema?: { input(options: typeof jsonSchemaOptions): JsonSchema };
  };
  try {
    return jsonSchema?.input(jsonSchemaOptions);
  } catch {
    // A schema that cannot be told at all: the keys are then unknown, and everything below the path is read.
    return undefined;
  }
}
