// The schema: any Standard Schema. Its validator's words may hold the value that it refuses, so they are looked at before they are
// passed on.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Problem } from './secrets-error.js';

export type Schema = StandardSchemaV1<unknown, object>;

/** The keys that a schema names, where it can tell: Standard JSON Schema (zod, arktype), or valibot's entries. */
export function keysOf(schema: Schema): readonly string[] | undefined {
  const properties = jsonProperties(schema) ?? (schema as { entries?: unknown }).entries;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : undefined;
}

/** Validates everything at once. */
export async function validate<Output extends object>(
  schema: StandardSchemaV1<unknown, Output>,
  values: ReadonlyMap<string, string>,
  nameOf: (key: string) => string,
): Promise<{ readonly output: Output } | { readonly problems: readonly Problem[] }> {
  const input: Record<string, string> = Object.fromEntries(values);
  const result = await schema['~standard'].validate(input);
  if (!result.issues) return { output: result.value };
  return { problems: result.issues.map((issue) => problemOf(issue, values, nameOf)) };
}

function problemOf(
  issue: StandardSchemaV1.Issue,
  values: ReadonlyMap<string, string>,
  nameOf: (key: string) => string,
): Problem {
  const [first] = issue.path ?? [];
  const key = first === undefined ? undefined : String(typeof first === 'object' ? first.key : first);
  if (key === undefined) return { code: 'SECRET_MALFORMED', message: safeWords(issue.message, values) };
  const name = nameOf(key);
  if (!values.has(key)) return { code: 'SECRET_MISSING', name, message: `${name} is missing` };
  return { code: 'SECRET_MALFORMED', name, message: `${name} is malformed: ${safeWords(issue.message, values)}` };
}

/** A validator's message, unless it repeats something of a value: then nothing of it. */
function safeWords(message: string, values: ReadonlyMap<string, string>): string {
  const lower = message.toLowerCase();
  for (const value of values.values()) {
    if (piecesOf(value).some((piece) => lower.includes(piece))) return 'the schema refuses its value';
  }
  return message;
}

/** What of a value must not stand in a message: the whole, its trimmed form, its words, and both as JSON writes them. */
function piecesOf(value: string): string[] {
  const words = value.split(/\s+/).filter((word) => word.length >= 4);
  return [value, value.trim(), ...words]
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
