import { XmlNode } from '@aws-sdk/xml-builder';
import type { NormalizedSchema } from '@smithy/core/schema';

interface XmlTraits {
  readonly xmlName?: string;
  readonly xmlFlattened?: unknown;
}

/** An element with `text`, in which characters that XML 1.0 cannot carry at all are U+FFFD. */
export function textElement(name: string, text: string): XmlNode {
  return XmlNode.of(name, replaceIllegalCharacters(text));
}

/**
 * The members of `value` as elements, in the order of the schema. Members that are undefined are left out; an empty list is an
 * empty element, which is how both the SDK and botocore tell it from no list.
 */
export function encodeMembers(schema: NormalizedSchema, value: object): readonly XmlNode[] {
  if (schema.isUnitSchema()) return [];
  const members = value as Readonly<Record<string, unknown>>;
  const elements: XmlNode[] = [];
  for (const [memberName, member] of schema.structIterator()) {
    const memberValue = members[memberName];
    if (memberValue === undefined || memberValue === null) continue;
    // A member's element takes the name of the member, never that of its target.
    const name = (member.getMemberTraits() as XmlTraits).xmlName ?? memberName;
    elements.push(...encodeValue(member, name, memberValue));
  }
  return elements;
}

function encodeValue(schema: NormalizedSchema, name: string, value: unknown): readonly XmlNode[] {
  if (schema.isListSchema()) return encodeList(schema, name, value as readonly unknown[]);
  if (schema.isMapSchema()) return encodeMap(schema, name, value as Readonly<Record<string, unknown>>);
  if (schema.isStructSchema()) return [new XmlNode(name, [...encodeMembers(schema, value as object)])];
  return [textElement(name, encodeScalar(schema, value))];
}

function encodeList(schema: NormalizedSchema, name: string, items: readonly unknown[]): readonly XmlNode[] {
  const element = schema.getValueSchema();
  const isFlat = Boolean((schema.getMergedTraits() as XmlTraits).xmlFlattened);
  const elementName = isFlat ? name : ((element.getMergedTraits() as XmlTraits).xmlName ?? 'member');
  const elements = items.flatMap((item) => encodeValue(element, elementName, item));
  return isFlat ? elements : [new XmlNode(name, elements)];
}

function encodeMap(
  schema: NormalizedSchema,
  name: string,
  entries: Readonly<Record<string, unknown>>,
): readonly XmlNode[] {
  const keySchema = schema.getKeySchema();
  const valueSchema = schema.getValueSchema();
  const isFlat = Boolean((schema.getMergedTraits() as XmlTraits).xmlFlattened);
  const keyName = (keySchema.getMergedTraits() as XmlTraits).xmlName ?? 'key';
  const valueName = (valueSchema.getMergedTraits() as XmlTraits).xmlName ?? 'value';
  const elements = Object.entries(entries).map(
    ([key, value]) =>
      new XmlNode(isFlat ? name : 'entry', [textElement(keyName, key), ...encodeValue(valueSchema, valueName, value)]),
  );
  return isFlat ? elements : [new XmlNode(name, elements)];
}

function encodeScalar(schema: NormalizedSchema, value: unknown): string {
  if (value instanceof Date) return encodeTimestamp(schema, value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return String(value);
}

const HTTP_DATE = 6;
const EPOCH_SECONDS = 7;

function encodeTimestamp(schema: NormalizedSchema, time: Date): string {
  const format = schema.getSchema();
  if (format === EPOCH_SECONDS) return String(time.getTime() / 1_000);
  if (format === HTTP_DATE) return time.toUTCString();
  return time.toISOString();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 excludes.
const ILLEGAL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function replaceIllegalCharacters(text: string): string {
  return text.replace(ILLEGAL_CHARACTERS, '\ufffd');
}
