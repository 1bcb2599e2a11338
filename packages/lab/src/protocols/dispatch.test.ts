import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LabHttpRequest } from '../data-plane.js';
import { dispatchRequest } from './dispatch.js';
import { LARGEST_BODY_BYTES } from './request-body.js';
import { WIRES } from './testing/wire.js';

const FORM = 'application/x-www-form-urlencoded';
const JSON_1_1 = 'application/x-amz-json-1.1';

function request(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  method = 'POST',
): LabHttpRequest {
  return { method, path: '/', query: '', headers, body: Buffer.from(body as Uint8Array) };
}

function dispatch(given: LabHttpRequest) {
  return dispatchRequest(Object.values(WIRES), given);
}

describe('which service and operation a request asks for', () => {
  test('a form is dispatched by its Version', () => {
    const body = 'Action=DescribeVpcs&Version=2016-11-15';
    expect(dispatch(request(body, { 'content-type': `${FORM}; charset=utf-8` }))).toMatchObject({
      kind: 'operation',
      service: { name: 'ec2' },
      operationName: 'DescribeVpcs',
    });
  });

  test('a form without a Version is dispatched by the scope of its credential', () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKIA/20181111/us-west-2/autoscaling/aws4_request, SignedHeaders=host, Signature=0';
    expect(
      dispatch(request('Action=DescribeAutoScalingGroups', { 'content-type': FORM, authorization })),
    ).toMatchObject({ kind: 'operation', service: { name: 'autoscaling' } });
  });

  test('a GET carries the same parameters in its query', () => {
    const given = { ...request('', {}, 'GET'), query: 'Action=ListRoles&Version=2010-05-08' };
    expect(dispatch(given)).toMatchObject({ kind: 'operation', service: { name: 'iam' }, operationName: 'ListRoles' });
  });

  test('JSON is dispatched by its target', () => {
    const headers = { 'content-type': JSON_1_1, 'x-amz-target': 'AmazonSSM.GetParameter' };
    expect(dispatch(request('{}', headers))).toMatchObject({
      kind: 'operation',
      service: { name: 'ssm' },
      operationName: 'GetParameter',
    });
  });

  test('a compressed body is read as what it was', () => {
    const headers = { 'content-type': FORM, 'content-encoding': 'gzip' };
    expect(dispatch(request(gzipSync('Action=ListRoles&Version=2010-05-08'), headers))).toMatchObject({
      kind: 'operation',
      operationName: 'ListRoles',
    });
  });
});

describe('what cannot be dispatched is refused by name', () => {
  const tooLarge = 'x'.repeat(LARGEST_BODY_BYTES + 1);
  const cases: readonly [what: string, given: LabHttpRequest, code: string, text: RegExp][] = [
    [
      'another service by target',
      request('{}', { 'content-type': JSON_1_1, 'x-amz-target': 'Logs_20140328.PutLogEvents' }),
      'UnknownOperationException',
      /Logs_20140328\.PutLogEvents is not emulated by the lab/,
    ],
    [
      'another service by version',
      request('Action=ListQueues&Version=2012-11-05', { 'content-type': FORM }),
      'InvalidAction',
      /ListQueues \(version 2012-11-05\) is not emulated by the lab/,
    ],
    [
      'a service that speaks neither protocol',
      {
        ...request(
          '',
          { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20181111/us-west-2/s3/aws4_request, x' },
          'GET',
        ),
      },
      'InvalidAction',
      /The service s3 is not emulated by the lab/,
    ],
    ['no action', request('', { 'content-type': FORM }), 'MissingAction', /Action/],
    [
      'another content type',
      request('{}', { 'content-type': 'application/json', 'x-amz-target': 'AmazonSSM.GetParameter' }),
      'UnsupportedMediaType',
      /application\/x-amz-json-1\.1/,
    ],
    [
      'another encoding',
      request('x', { 'content-type': FORM, 'content-encoding': 'br' }),
      'UnsupportedMediaType',
      /br/,
    ],
    [
      'a broken gzip',
      request('x', { 'content-type': FORM, 'content-encoding': 'gzip' }),
      'SerializationException',
      /gzip/,
    ],
    ['a body that is too large', request(tooLarge, { 'content-type': FORM }), 'RequestEntityTooLarge', /8388608/],
    [
      'a body that is too large when inflated',
      request(gzipSync(tooLarge), { 'content-type': FORM, 'content-encoding': 'gzip' }),
      'RequestEntityTooLarge',
      /8388608/,
    ],
  ];

  test.each(cases)('%s', (_what, given, code, text) => {
    expect(dispatch(given)).toMatchObject({
      kind: 'refused',
      error: { code, message: expect.stringMatching(text) },
    });
  });
});
