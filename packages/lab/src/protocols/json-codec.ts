import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../control-plane/aws-error.js';

/** Reads a JSON body as the SDK's input object. Throws SerializationException, with AWS's texts, when a type does not fit. */
export function decodeJsonInput(schema: NormalizedSchema, body: Uint8Array): object {
  const text = Buffer.from(body).toString('utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  if (!isObject(parsed))
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  return schema.isUnitSchema() ? {} : decodeStructure(schema, parsed);
}

function decodeStructure(schema: NormalizedSchema, value: Readonly<Record<string, unknown>>): object {
  const decoded: Record<string, unknown> = {};
  for (const [memberName, member] of schema.structIterator()) {
    const memberValue = Object.hasOwn(value, memberName) ? value[memberName] : undefined;
    if (memberValue === undefined || memberValue === null) continue;
    decoded[memberName] = decodeValue(member, memberValue);
  }
  return decoded;
}

function decodeValue(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isStructSchema()) return decodeStructure(schema, expectObject(value));
  if (schema.isListSchema()) {
    const element = schema.getValueSchema();
    return expectArray(value).map((item) => (item === null ? null : decodeValue(element, item)));
  }
  if (schema.isMapSchema()) {
    const element = schema.getValueSchema();
    return Object.fromEntries(
      Object.entries(expectObject(value)).map(([key, item]) => [key, decodeValue(element, item)]),
    );
  }
  return decodeScalar(schema, value);
}

function decodeScalar(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isStringSchema()) return typeof value === 'string' ? value : refuse(value, 'a String');
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? value : refuse(value, 'a Boolean');
  if (schema.isNumericSchema()) return typeof value === 'number' ? value : refuse(value, 'an Integer');
  if (schema.isTimestampSchema()) return decodeTimestamp(value);
  if (schema.isBlobSchema()) {
    return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : refuse(value, 'a Blob');
  }
  return value;
}

function decodeTimestamp(value: unknown): Date {
  const time =
    typeof value === 'number'
      ? new Date(Math.round(value * 1_000))
      : new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(time.getTime()) ? refuse(value, 'a Timestamp') : time;
}

function expectObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : refuse(value, 'a Structure or Map');
}

function expectArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(value, 'a List');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(value: unknown, expected: string): never {
  throw new AwsError('SerializationException', `${tokenName(value)} can not be converted to ${expected}`);
}

function tokenName(value: unknown): string {
  if (Array.isArray(value)) return 'Start of list';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'string') return 'STRING_VALUE';
  return typeof value === 'number' ? 'NUMBER_VALUE' : 'Start of structure or map';
}

/** The output object as AWS's JSON: what the schema does not know is left out, times are seconds of the epoch. */
export function encodeJsonOutput(schema: NormalizedSchema, output: object): string {
  return JSON.stringify(schema.isUnitSchema() ? {} : encodeValue(schema, output));
}

function encodeValue(schema: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (schema.isStructSchema()) return encodeStructure(schema, value as Readonly<Record<string, unknown>>);
  if (schema.isListSchema()) {
    const element = schema.getValueSchema();
    return (value as readonly unknown[]).map((item) => encodeValue(element, item));
  }
  if (schema.isMapSchema()) {
    const element = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, encodeValue(element, item)]));
  }
  if (value instanceof Date) return value.getTime() / 1_000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}

function encodeStructure(schema: NormalizedSchema, value: Readonly<Record<string, unknown>>): object {
  const encoded: Record<string, unknown> = {};
  for (const [memberName, member] of schema.structIterator()) {
    if (value[memberName] !== undefined) encoded[memberName] = encodeValue(member, value[memberName]);
  }
  return encoded;
}
