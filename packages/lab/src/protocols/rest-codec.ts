// rest codec: S3's protocol. Members travel in the path, the query, the headers, or in a body of XML or bytes.
import { parseXML, XmlNode } from '@aws-sdk/xml-builder';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../control-plane/aws-error.js';
import type { LabHttpResponse } from '../data-plane.js';
import type { RestRequest } from './rest-operations.js';
import { encodeMembers, textElement } from './xml-encoder.js';

interface Bindings {
  readonly httpLabel?: unknown;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: unknown;
  readonly xmlName?: string;
  readonly xmlFlattened?: unknown;
}

const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

function bindingsOf(schema: NormalizedSchema): Bindings {
  return schema.getMergedTraits() as Bindings;
}

/** Throws AwsError for a value or a body that cannot be read. */
export function decodeRestInput(schema: NormalizedSchema, request: RestRequest): object {
  const input: Record<string, unknown> = {};
  if (schema.isUnitSchema()) return input;
  for (const [name, member] of schema.structIterator()) {
    const value = decodeMember(member, bindingsOf(member), name, request);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function decodeMember(member: NormalizedSchema, bindings: Bindings, name: string, request: RestRequest): unknown {
  const { httpQuery, httpHeader, httpPrefixHeaders } = bindings;
  if (bindings.httpLabel !== undefined) return request.labels[name];
  if (httpQuery !== undefined) return decodeText(member, request.query.get(httpQuery) ?? undefined);
  if (httpHeader !== undefined) return decodeText(member, request.headers[httpHeader.toLowerCase()]);
  if (httpPrefixHeaders !== undefined) return decodePrefixed(httpPrefixHeaders.toLowerCase(), request);
  if (bindings.httpPayload === undefined) return undefined;
  if (member.isBlobSchema()) return readBody(request);
  if (member.isStringSchema()) return Buffer.from(readBody(request)).toString('utf8');
  return request.body.byteLength === 0 ? undefined : decodeXml(member, bodyOf(request));
}

function decodePrefixed(prefix: string, { headers }: RestRequest): Readonly<Record<string, string>> | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

function decodeText(schema: NormalizedSchema, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (schema.isBooleanSchema()) return text.toLowerCase() === 'true';
  if (schema.isNumericSchema()) {
    const number = Number(text);
    if (text.trim() === '' || Number.isNaN(number))
      throw new AwsError('InvalidArgument', `Provided value is not a number: ${text.slice(0, 64)}`);
    return number;
  }
  if (schema.isTimestampSchema()) {
    const time = new Date(text);
    return Number.isNaN(time.getTime()) ? undefined : time;
  }
  if (schema.isListSchema()) return text.split(',').map((item) => decodeText(schema.getValueSchema(), item.trim()));
  return text;
}

function bodyOf(request: RestRequest): unknown {
  try {
    const [root] = Object.values(
      parseXML(Buffer.from(readBody(request)).toString('utf8')) as Readonly<Record<string, unknown>>,
    );
    return root;
  } catch {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
}

function decodeXml(schema: NormalizedSchema, node: unknown): unknown {
  if (schema.isStructSchema()) {
    const children = (typeof node === 'object' && node !== null ? node : {}) as Readonly<Record<string, unknown>>;
    const entries = [...schema.structIterator()].map(([name, member]) => {
      const child = children[bindingsOf(member).xmlName ?? name];
      return [name, child === undefined ? undefined : decodeXml(member, child)] as const;
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  if (schema.isListSchema()) {
    const element = schema.getValueSchema();
    const isFlat = bindingsOf(schema).xmlFlattened !== undefined;
    const items = isFlat ? node : (node as Readonly<Record<string, unknown>>)[bindingsOf(element).xmlName ?? 'member'];
    return (items === undefined ? [] : [items].flat()).map((item) => decodeXml(element, item));
  }
  return decodeText(schema, typeof node === 'object' ? '' : String(node));
}

/** The bytes of the body: a streamed one comes in chunks, each with its length in front. */
function readBody({ headers, body }: RestRequest): Uint8Array {
  const isChunked =
    headers['content-encoding']?.includes('aws-chunked') === true ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
  return isChunked ? joinChunks(Buffer.from(body)) : body;
}

// `SIZE[;chunk-signature=…]\r\nBYTES\r\n` until a size of 0; trailers follow.
function joinChunks(body: Buffer): Uint8Array {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = end === -1 ? Number.NaN : Number.parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (!(size >= 0) || end + 2 + size > body.length)
      throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

export function encodeRestOutput(
  operationName: string,
  schema: NormalizedSchema,
  output: object,
  requestId: string,
): LabHttpResponse {
  const headers: Record<string, string> = { 'x-amz-request-id': requestId };
  if (schema.isUnitSchema()) return { statusCode: 200, headers, body: new Uint8Array() };
  const members = output as Readonly<Record<string, unknown>>;
  const rest: Record<string, unknown> = {};
  let payload: readonly [NormalizedSchema, string, unknown] | undefined;
  for (const [name, member] of schema.structIterator()) {
    const value = members[name];
    if (value === undefined || value === null) continue;
    const { httpHeader, httpPrefixHeaders, httpPayload } = bindingsOf(member);
    if (httpHeader !== undefined)
      headers[httpHeader.toLowerCase()] = value instanceof Date ? value.toUTCString() : String(value);
    else if (httpPrefixHeaders !== undefined)
      for (const [key, item] of Object.entries(value)) headers[`${httpPrefixHeaders}${key}`] = String(item);
    else if (httpPayload !== undefined) payload = [member, name, value];
    else rest[name] = value;
  }
  if (payload !== undefined) return encodePayload(payload, headers);
  const hasBody = [...schema.structIterator()].some(([, member]) => {
    const { httpHeader, httpPrefixHeaders, httpPayload } = bindingsOf(member);
    return httpHeader === undefined && httpPrefixHeaders === undefined && httpPayload === undefined;
  });
  if (!hasBody) return { statusCode: 200, headers, body: new Uint8Array() };
  const root = new XmlNode(bindingsOf(schema).xmlName ?? `${operationName}Result`, [...encodeMembers(schema, rest)]);
  return xml(200, root, headers);
}

function encodePayload(
  [member, name, value]: readonly [NormalizedSchema, string, unknown],
  headers: Record<string, string>,
): LabHttpResponse {
  if (member.isStructSchema()) {
    const root = new XmlNode(bindingsOf(member).xmlName ?? name, [...encodeMembers(member, value as object)]);
    return xml(200, root, headers);
  }
  const body = value instanceof Uint8Array ? value : Buffer.from(String(value), 'utf8');
  return { statusCode: 200, headers, body };
}

export function encodeRestError({ code, message, statusCode }: AwsError, requestId: string): LabHttpResponse {
  const root = new XmlNode('Error', [
    textElement('Code', code),
    textElement('Message', message),
    textElement('RequestId', requestId),
  ]);
  return xml(statusCode, root, { 'x-amz-request-id': requestId });
}

function xml(statusCode: number, root: XmlNode, headers: Readonly<Record<string, string>>): LabHttpResponse {
  const isError = statusCode >= 400;
  const text = (isError ? root : root.addAttribute('xmlns', S3_NAMESPACE)).toString();
  return {
    statusCode,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`, 'utf8'),
  };
}
