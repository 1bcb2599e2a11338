// query decoder: the parameters of an awsQuery or ec2Query request as the SDK's input object.
//
// The two protocols differ in names and lists only: awsQuery numbers a list below `member` unless it is flattened, ec2Query
// always flattens and has its own names (`ec2QueryName`, or the XML name with a capital). Parameters that the schema does not know are
// ignored, as AWS ignores them.
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../control-plane/aws-error.js';
import { numberedChildren, type ParameterNode } from './query-parameters.js';

export type QueryFlavour = 'awsQuery' | 'ec2Query';

interface NameTraits {
  readonly xmlName?: string;
  readonly ec2QueryName?: string;
  readonly xmlFlattened?: unknown;
}

/** Throws MalformedInput (awsQuery) or InvalidParameterValue (ec2Query) for a value that its type does not allow. */
export function decodeQueryInput(schema: NormalizedSchema, root: ParameterNode, flavour: QueryFlavour): object {
  if (schema.isUnitSchema()) return {};
  return decodeStructure(schema, root, '', flavour);
}

/** The name by which a structure's member goes in the query. */
export function queryMemberName(memberName: string, member: NormalizedSchema, flavour: QueryFlavour): string {
  const { xmlName, ec2QueryName } = member.getMergedTraits() as NameTraits;
  if (flavour === 'awsQuery') return xmlName ?? memberName;
  if (ec2QueryName !== undefined) return ec2QueryName;
  const name = xmlName ?? memberName;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function decodeStructure(schema: NormalizedSchema, node: ParameterNode, path: string, flavour: QueryFlavour): object {
  const decoded: Record<string, unknown> = {};
  for (const [memberName, member] of schema.structIterator()) {
    const name = queryMemberName(memberName, member, flavour);
    const child = node.children.get(name);
    if (child === undefined) continue;
    const value = decodeValue(member, child, path === '' ? name : `${path}.${name}`, flavour);
    if (value !== undefined) decoded[memberName] = value;
  }
  return decoded;
}

function decodeValue(schema: NormalizedSchema, node: ParameterNode, path: string, flavour: QueryFlavour): unknown {
  if (schema.isStructSchema()) return decodeStructure(schema, node, path, flavour);
  if (schema.isListSchema()) return decodeList(schema, node, path, flavour);
  if (schema.isMapSchema()) return decodeMap(schema, node, path, flavour);
  return node.value === undefined ? undefined : decodeScalar(schema, node.value, path, flavour);
}

function decodeList(
  schema: NormalizedSchema,
  node: ParameterNode,
  path: string,
  flavour: QueryFlavour,
): readonly unknown[] | undefined {
  const element = schema.getValueSchema();
  const isFlat = flavour === 'ec2Query' || Boolean((schema.getMergedTraits() as NameTraits).xmlFlattened);
  const wrapperName = (element.getMergedTraits() as NameTraits).xmlName ?? 'member';
  const list = isFlat ? node : node.children.get(wrapperName);
  if (list === undefined || list.children.size === 0) return node.value === '' ? [] : undefined;
  return numberedChildren(list, path).map((child, index) =>
    decodeElement(element, child, `${path}.${index + 1}`, flavour),
  );
}

function decodeElement(schema: NormalizedSchema, node: ParameterNode, path: string, flavour: QueryFlavour): unknown {
  const value = decodeValue(schema, node, path, flavour);
  if (value === undefined) throw malformed(`${path} has parts where a single value is expected.`, flavour);
  return value;
}

function decodeMap(schema: NormalizedSchema, node: ParameterNode, path: string, flavour: QueryFlavour): object {
  const keySchema = schema.getKeySchema();
  const valueSchema = schema.getValueSchema();
  const isFlat = Boolean((schema.getMergedTraits() as NameTraits).xmlFlattened);
  const entries = isFlat ? node : node.children.get('entry');
  const keyName = (keySchema.getMergedTraits() as NameTraits).xmlName ?? 'key';
  const valueName = (valueSchema.getMergedTraits() as NameTraits).xmlName ?? 'value';
  const decoded: [string, unknown][] = [];
  for (const entry of entries === undefined ? [] : numberedChildren(entries, path)) {
    const key = entry.children.get(keyName)?.value;
    const value = entry.children.get(valueName);
    if (key === undefined || value === undefined)
      throw malformed(`${path} has an entry without a key or a value.`, flavour);
    decoded.push([key, decodeElement(valueSchema, value, `${path}.${key}`, flavour)]);
  }
  return Object.fromEntries(decoded);
}

function decodeScalar(schema: NormalizedSchema, text: string, path: string, flavour: QueryFlavour): unknown {
  if (schema.isBooleanSchema()) return decodeBoolean(text, path, flavour);
  if (schema.isNumericSchema()) return decodeNumber(text, path, flavour);
  if (schema.isTimestampSchema()) return decodeTimestamp(text, path, flavour);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

function decodeBoolean(text: string, path: string, flavour: QueryFlavour): boolean {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  throw invalidValue(text, path, 'a boolean', flavour);
}

function decodeNumber(text: string, path: string, flavour: QueryFlavour): number {
  const value = Number(text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) || !Number.isFinite(value)) {
    throw invalidValue(text, path, 'a number', flavour);
  }
  return value;
}

// The SDK writes ISO 8601; AWS takes seconds of the epoch as well.
function decodeTimestamp(text: string, path: string, flavour: QueryFlavour): Date {
  const time = /^\d+(\.\d+)?$/.test(text) ? new Date(Math.round(Number(text) * 1_000)) : new Date(text);
  if (Number.isNaN(time.getTime())) throw invalidValue(text, path, 'a timestamp', flavour);
  return time;
}

function invalidValue(text: string, path: string, expected: string, flavour: QueryFlavour): AwsError {
  const shown = text.length > 64 ? `${text.slice(0, 64)}…` : text;
  return flavour === 'ec2Query'
    ? new AwsError('InvalidParameterValue', `Invalid value '${shown}' for ${path}. Must be ${expected}.`)
    : new AwsError('MalformedInput', `Invalid value '${shown}' for ${path}: it must be ${expected}.`);
}

function malformed(message: string, flavour: QueryFlavour): AwsError {
  return new AwsError(flavour === 'ec2Query' ? 'InvalidParameterValue' : 'MalformedInput', message);
}
