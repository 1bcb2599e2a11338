import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import type { ServiceDefinition } from '../../control-plane/types.js';
import type { LabHttpRequest } from '../../data-plane.js';
import { findOperationSchema, requiredMemberNames } from '../operation-schema.js';
import { type QueryFlavour, queryMemberName } from '../query-decoder.js';

const DEEPEST = 5;

type Protocol = ServiceDefinition['protocol'];

/** A parameter of a query, or a member of a JSON body; the latter has no name and one value for all. */
export type WireMember = readonly [name: string, value: unknown];

const NASTY_TEXT = [
  '',
  ' ',
  '-1',
  '0',
  '1',
  '99999999999999999999',
  '1e400',
  'NaN',
  'true',
  '__proto__',
  'constructor',
  '$Latest',
  'a\r\nb: c',
  '\u0000',
  '\ud800',
  '€'.repeat(300),
  '(a+)+$',
  '*a*a*a*a*a*a*a*a*b',
  '{',
  '[[[[',
  '%',
  '0.0.0.0/0',
  '999.1.1.1/99',
  '::/0',
  '9999-99-99T99:99:99Z',
  '2018-11-11T08:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '* * * * *',
  'arn:aws:',
  'cron(',
  'name,value,,',
] as const;

/** Good values for a member of this name, so that a call gets beyond "not found". */
type Suggest = (memberName: string) => readonly string[];

function texts(suggested: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    ...(suggested.length === 0 ? [] : [{ weight: 12, arbitrary: fc.constantFrom(...suggested) }]),
    { weight: 2, arbitrary: fc.constantFrom(...NASTY_TEXT) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );
}

const NUMBERS = [0, 1, 2, -1, 3, 80, 443, 65536, 0.5, 1e9, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308] as const;

/** The members of a call, chosen from the operation's schema, with values of every kind of trouble. */
export function hostileMembers(
  schema: NormalizedSchema,
  protocol: Protocol,
  suggest: Suggest,
): fc.Arbitrary<readonly WireMember[]> {
  if (schema.isUnitSchema()) return fc.constant([]);
  if (protocol === 'awsJson1_1') return jsonStructure(schema, suggest, 0).map((body) => [['', body]]);
  return queryStructure(schema, { protocol: protocol === 'restXml' ? 'awsQuery' : protocol, suggest }, '', 0);
}

interface QueryWriting {
  readonly protocol: QueryFlavour;
  readonly suggest: Suggest;
}

const MOST_MEMBERS = 5;

/** Nearly always what is required, and a few of the others. */
function chosenMembers(schema: NormalizedSchema): fc.Arbitrary<readonly [string, NormalizedSchema][]> {
  const members = [...schema.structIterator()];
  const required = new Set(requiredMemberNames(schema));
  const always = members.filter(([name]) => required.has(name));
  const others = members.filter(([name]) => !required.has(name) && name !== 'DryRun');
  const some = fc.subarray(others, { maxLength: Math.min(others.length, MOST_MEMBERS) });
  return fc.oneof(
    { weight: 9, arbitrary: some.map((chosen) => [...always, ...chosen]) },
    { weight: 1, arbitrary: some },
  );
}

function queryStructure(
  schema: NormalizedSchema,
  writing: QueryWriting,
  path: string,
  depth: number,
): fc.Arbitrary<readonly WireMember[]> {
  return chosenMembers(schema).chain((chosen) =>
    fc
      .tuple(
        ...chosen.map(([name, member]) => {
          const wireName = queryMemberName(name, member, writing.protocol);
          return queryValue(member, writing, name, path === '' ? wireName : `${path}.${wireName}`, depth);
        }),
      )
      .map((parts) => parts.flat()),
  );
}

function queryValue(
  schema: NormalizedSchema,
  writing: QueryWriting,
  memberName: string,
  path: string,
  depth: number,
): fc.Arbitrary<readonly WireMember[]> {
  if (depth > DEEPEST) return fc.constant([]);
  if (schema.isStructSchema()) return queryStructure(schema, writing, path, depth + 1);
  if (!schema.isListSchema()) {
    return scalars(schema, writing.suggest(memberName)).map((value) => [[path, String(value)]]);
  }
  const prefix = writing.protocol === 'awsQuery' ? `${path}.member` : path;
  const element = (index: number) =>
    queryValue(schema.getValueSchema(), writing, memberName, `${prefix}.${index}`, depth + 1);
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<readonly WireMember[]>([[path, '']]) },
    { weight: 6, arbitrary: element(1) },
    { weight: 2, arbitrary: fc.tuple(element(1), element(3)).map((parts) => parts.flat()) },
  );
}

function jsonStructure(schema: NormalizedSchema, suggest: Suggest, depth: number): fc.Arbitrary<object> {
  return chosenMembers(schema).chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map(([name, member]) => [name, jsonValue(member, suggest, name, depth)]))),
  );
}

function jsonValue(schema: NormalizedSchema, suggest: Suggest, name: string, depth: number): fc.Arbitrary<unknown> {
  if (depth > DEEPEST) return fc.constant(null);
  if (schema.isStructSchema()) return jsonStructure(schema, suggest, depth + 1);
  if (!schema.isListSchema()) return scalars(schema, suggest(name));
  return fc.array(jsonValue(schema.getValueSchema(), suggest, name, depth + 1), { maxLength: 3 });
}

/** Mostly of the right type; now and then of another. */
function scalars(schema: NormalizedSchema, suggested: readonly string[]): fc.Arbitrary<unknown> {
  const right = schema.isBooleanSchema()
    ? fc.boolean()
    : schema.isNumericSchema()
      ? fc.constantFrom<unknown>(...NUMBERS)
      : texts(suggested);
  return fc.oneof(
    { weight: 12, arbitrary: right as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: texts(suggested) },
  );
}

function authorizationFor({ name }: ServiceDefinition): string {
  const scope = `AKIATEST/20181111/us-west-2/${name}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
}

/** The request as it would come off the wire. */
export function writeCall(service: ServiceDefinition, name: string, members: readonly WireMember[]): LabHttpRequest {
  const request = { method: 'POST', path: '/', query: '' };
  const authorization = authorizationFor(service);
  if (service.protocol === 'awsJson1_1') {
    const headers = {
      authorization,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${service.targetPrefix}.${name}`,
    };
    return { ...request, headers, body: Buffer.from(JSON.stringify(members[0]?.[1] ?? {})) };
  }
  if (service.protocol === 'restXml') return writeRestCall(service, name, authorization, members);
  const form = new URLSearchParams([
    ['Action', name],
    ['Version', service.apiVersion],
  ]);
  for (const [parameter, value] of members) form.append(parameter, String(value));
  return {
    ...request,
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  };
}

interface RestBindings {
  readonly httpLabel?: unknown;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
}

function writeRestCall(
  service: ServiceDefinition,
  name: string,
  authorization: string,
  members: readonly WireMember[],
): LabHttpRequest {
  const schema = service.schemas[`${name}$`] as readonly [
    unknown,
    unknown,
    unknown,
    { readonly http: readonly [method: string, uri: string] },
  ];
  const [method, uri] = schema[3].http;
  const query = new URLSearchParams(uri.split('?')[1]);
  const headers: Record<string, string> = { authorization };
  const labels = new Map<string, string>();
  const input = findOperationSchema(service, name)!.input;
  for (const [member, memberSchema] of input.isUnitSchema() ? [] : input.structIterator()) {
    const value = members.find(([path]) => path === member)?.[1];
    if (value === undefined) continue;
    const { httpLabel, httpQuery, httpHeader } = memberSchema.getMergedTraits() as RestBindings;
    if (httpLabel !== undefined) labels.set(member, encodeURIComponent(String(value).replace(/\p{Surrogate}/gu, '?')));
    else if (httpQuery !== undefined) query.set(httpQuery, String(value));
    else if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = String(value);
  }
  const path = `/${labels.get('Bucket') ?? ''}${uri.includes('{Key+}') ? `/${labels.get('Key') ?? ''}` : ''}`;
  const nested = members.find(([member]) => member.includes('.'))?.[1];
  return {
    method,
    path,
    query: query.toString(),
    headers,
    body: Buffer.from(nested === undefined ? '' : `<A>${String(nested)}</A>`),
  };
}
