// fit input: a template's values as an operation takes them.
//
// Templates are JSON in which everything may be a text: '80' is the number 80, 'true' is true, and a number may stand where a text is wanted.
import type { NormalizedSchema } from '@smithy/core/schema';
import { validationError } from '../refusals.js';

/** Throws ValidationError, in the words of CloudFormation's property validation, for what does not fit. */
export function fitInput(schema: NormalizedSchema, value: unknown, path = '#'): unknown {
  if (value === undefined || value === null) return value;
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (schema.isStructSchema()) return fitStructure(schema, value, path);
  if (schema.isListSchema()) {
    const element = schema.getValueSchema();
    return [value].flat().map((item, index) => fitInput(element, item, `${path}/${index}`));
  }
  if (schema.isMapSchema()) {
    const element = schema.getValueSchema();
    return Object.fromEntries(
      entriesOf(value, path).map(([name, item]) => [name, fitInput(element, item, `${path}/${name}`)]),
    );
  }
  return fitScalar(schema, value, path);
}

function fitStructure(schema: NormalizedSchema, value: unknown, path: string): object {
  const members = new Map([...schema.structIterator()]);
  return Object.fromEntries(
    entriesOf(value, path).map(([name, item]) => {
      const member = members.get(name);
      if (member === undefined) throw validationError(`${path}: extraneous key [${name}] is not permitted`);
      return [name, fitInput(member, item, `${path}/${name}`)];
    }),
  );
}

function entriesOf(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfitting(path, 'JSONObject', value);
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function fitScalar(schema: NormalizedSchema, value: unknown, path: string): unknown {
  if (typeof value === 'object') throw unfitting(path, schema.isNumericSchema() ? 'Number' : 'String', value);
  if (schema.isBooleanSchema()) {
    const text = String(value).toLowerCase();
    if (text === 'true' || text === 'false') return text === 'true';
    throw unfitting(path, 'Boolean', value);
  }
  if (schema.isNumericSchema()) {
    const number = typeof value === 'number' ? value : Number(String(value).trim() || Number.NaN);
    if (Number.isNaN(number)) throw unfitting(path, 'Number', value);
    return number;
  }
  if (schema.isTimestampSchema()) {
    const time = new Date(String(value));
    if (Number.isNaN(time.getTime())) throw unfitting(path, 'Timestamp', value);
    return time;
  }
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(String(value), 'utf8'));
  return String(value);
}

function unfitting(path: string, expected: string, value: unknown): Error {
  const found = Array.isArray(value) ? 'JSONArray' : typeof value === 'object' ? 'JSONObject' : capital(typeof value);
  return validationError(`${path}: expected type: ${expected}, found: ${found}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
