// rest operations: which operation a request of S3 asks for, by its method, its path and its query.
//
// The schemas of the SDK's client give each operation's method and path; buckets are the first part of the path ("path-style").
import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceDefinition } from '../control-plane/types.js';
import type { LabHttpRequest } from '../data-plane.js';
import { requiredMemberNames } from './operation-schema.js';

/** A request, its path read. */
export interface RestRequest {
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

interface RestOperation {
  readonly name: string;
  readonly method: string;
  readonly hasBucket: boolean;
  readonly hasKey: boolean;
  /** What the query must have: of `/?list-type=2` the pair. `x-id` only says what it is. */
  readonly literals: readonly (readonly [name: string, value: string])[];
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
}

interface Bindings {
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpLabel?: unknown;
}

const OPERATION = 9;
const tables = new WeakMap<object, readonly RestOperation[]>();

/** Reads `/BUCKET/KEY`. The bucket may also be the first label of the host name. */
export function readRestRequest({ path, query, headers, body }: LabHttpRequest): RestRequest {
  const [, host = ''] = /^([a-z0-9][a-z0-9.-]*)\.s3[.-][a-z0-9.-]*amazonaws\.com/.exec(headers.host ?? '') ?? [];
  const whole = host === '' ? path.replace(/^\/+/, '') : `${host}/${path.replace(/^\//, '')}`;
  const slash = whole.indexOf('/');
  const [bucket, key] = slash === -1 ? [whole, ''] : [whole.slice(0, slash), whole.slice(slash + 1)];
  return {
    labels: { ...(bucket !== '' && { Bucket: decode(bucket) }), ...(key !== '' && { Key: decode(key) }) },
    query: new URLSearchParams(query),
    headers,
    body,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The name of the operation; undefined when AWS has none for this. */
export function findRestOperation(
  service: Pick<ServiceDefinition, 'schemas'>,
  method: string,
  { labels, query, headers }: RestRequest,
): string | undefined {
  const fitting = operationsOf(service).filter(
    (one) =>
      one.method === method &&
      one.hasBucket === (labels.Bucket !== undefined) &&
      one.hasKey === (labels.Key !== undefined) &&
      one.literals.every(([name, value]) => query.has(name) && (value === '' || query.get(name) === value)) &&
      one.requiredQuery.every((name) => query.has(name)) &&
      one.requiredHeaders.every((name) => headers[name] !== undefined),
  );
  const weight = (one: RestOperation) => one.literals.length + one.requiredQuery.length + one.requiredHeaders.length;
  const [best] = fitting.toSorted((a, b) => weight(b) - weight(a));
  const named = fitting.find(({ name }) => name === query.get('x-id'));
  return (named ?? best)?.name;
}

function operationsOf({ schemas }: Pick<ServiceDefinition, 'schemas'>): readonly RestOperation[] {
  let table = tables.get(schemas);
  if (table === undefined) {
    table = Object.values(schemas).flatMap((schema) =>
      Array.isArray(schema) && schema[0] === OPERATION ? operationOf(schema) : [],
    );
    tables.set(schemas, table);
  }
  return table;
}

function operationOf(schema: readonly unknown[]): readonly RestOperation[] {
  const { http } = schema[3] as { readonly http?: readonly [method: string, uri: string, status: number] };
  if (http === undefined) return [];
  const [method, uri] = http;
  const [, query = ''] = uri.split('?');
  const input = NormalizedSchema.of(schema[4] as Parameters<typeof NormalizedSchema.of>[0]);
  const members = input.isUnitSchema() ? new Map() : new Map([...input.structIterator()]);
  const required = (input.isUnitSchema() ? [] : requiredMemberNames(input)).map(
    (name) => members.get(name)?.getMergedTraits() as Bindings,
  );
  return [
    {
      name: String(schema[2]),
      method,
      hasBucket: members.has('Bucket'),
      hasKey: uri.includes('{Key+}'),
      literals: [...new URLSearchParams(query)].filter(([name]) => name !== 'x-id'),
      requiredQuery: required.flatMap(({ httpQuery }) => httpQuery ?? []),
      requiredHeaders: required.flatMap(({ httpHeader }) => httpHeader?.toLowerCase() ?? []),
    },
  ];
}
