import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../control-plane/aws-error.js';
import type { LabHttpResponse } from '../data-plane.js';
import { checkRequest } from './check-request.js';
import { codecOf } from './codec.js';
import { parseQueryParameters } from './query-parameters.js';
import { anyText, arbitraryOf, type WireLimits, xmlText } from './testing/schema-arbitrary.js';
import { operationOf, passThroughWire, WIRES, type WireName } from './testing/wire.js';

const OPERATIONS: Readonly<Record<WireName, readonly string[]>> = {
  ec2: [
    'AuthorizeSecurityGroupIngress',
    'CreateLaunchTemplateVersion',
    'CreateTags',
    'DescribeImages',
    'DescribeInstances',
    'DescribeLaunchTemplateVersions',
    'DescribeVpcAttribute',
    'DescribeVpcEndpoints',
    'GetConsoleOutput',
    'ModifyVpcEndpoint',
    'RegisterImage',
    'RunInstances',
  ],
  autoScaling: [
    'CreateAutoScalingGroup',
    'DescribeAutoScalingGroups',
    'DescribeScalingActivities',
    'EnterStandby',
    'PutScheduledUpdateGroupAction',
    'SuspendProcesses',
    'UpdateAutoScalingGroup',
  ],
  elbv2: ['CreateRule', 'CreateTargetGroup', 'DescribeTags', 'DescribeTargetHealth', 'ModifyLoadBalancerAttributes'],
  iam: ['CreateRole', 'GetInstanceProfile', 'SimulatePrincipalPolicy'],
  ssm: [
    'CreateActivation',
    'DescribeParameters',
    'GetParameterHistory',
    'GetParameters',
    'PutParameter',
    'RegisterTaskWithMaintenanceWindow',
    'SendCommand',
  ],
};

const REQUEST_LIMITS: Readonly<Record<WireName, WireLimits>> = {
  ec2: { hasEmptyStructures: false, hasEmptyLists: false, text: anyText },
  autoScaling: { hasEmptyStructures: false, hasEmptyLists: true, text: anyText },
  elbv2: { hasEmptyStructures: false, hasEmptyLists: true, text: anyText },
  iam: { hasEmptyStructures: false, hasEmptyLists: true, text: anyText },
  ssm: { hasEmptyStructures: true, hasEmptyLists: true, text: anyText },
};
const XML: WireLimits = { hasEmptyStructures: true, hasEmptyLists: true, text: xmlText };
const JSON_LIMITS: WireLimits = { hasEmptyStructures: true, hasEmptyLists: true, text: anyText };

const cases = Object.entries(OPERATIONS).flatMap(([wire, names]) =>
  names.map((name) => [wire as WireName, name] as const),
);

describe('P1: the SDK and the lab read each other', () => {
  test.each(cases)('%s %s', async (wire, name) => {
    const { input, output } = operationOf(wire, name);
    const inputs = arbitraryOf(input, { ...REQUEST_LIMITS[wire] }) ?? fc.constant({});
    const outputs = arbitraryOf(output, wire === 'ssm' ? JSON_LIMITS : XML) ?? fc.constant({});
    await fc.assert(
      fc.asyncProperty(inputs, outputs as fc.Arbitrary<object>, async (given, answered) => {
        const { decodedInput, receivedOutput } = await passThroughWire(wire, name, { input: given, output: answered });
        expect(comparable(decodedInput)).toEqual(comparable(given));
        expect(comparable(receivedOutput)).toEqual(comparable(answered));
      }),
      { numRuns: 40 },
    );
  });
});

/** Bytes are compared by content, whatever holds them. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

describe('P2: bad input is refused as AWS refuses it', () => {
  const queryCases: readonly [wire: WireName, body: string, code: string, text: RegExp][] = [
    [
      'autoScaling',
      'Action=SetDesiredCapacity&AutoScalingGroupName=web&DesiredCapacity=many',
      'MalformedInput',
      /'many' for DesiredCapacity/,
    ],
    [
      'autoScaling',
      'Action=SetDesiredCapacity&AutoScalingGroupName=web',
      'ValidationError',
      /Value null at 'desiredCapacity'/,
    ],
    [
      'autoScaling',
      'Action=DescribeAutoScalingGroups&AutoScalingGroupNames.member.x=web',
      'MalformedInput',
      /AutoScalingGroupNames\.x/,
    ],
    [
      'elbv2',
      'Action=RegisterTargets&TargetGroupArn=a&Targets.member.1.Port=80',
      'ValidationError',
      /'targets\.1\.member\.id'/,
    ],
    ['ec2', 'Action=DescribeVpcs&MaxResults=many', 'InvalidParameterValue', /'many' for MaxResults/],
    ['ec2', 'Action=DescribeVpcs&DryRun=perhaps', 'InvalidParameterValue', /'perhaps' for DryRun/],
    [
      'ec2',
      'Action=CreateSecurityGroup&GroupName=web',
      'MissingParameter',
      /must contain the parameter GroupDescription/,
    ],
  ];

  test.each(queryCases)('%s %s', (wire, body, code, text) => {
    const error = refusalOf(wire, body);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(text);
  });

  const jsonCases: readonly [body: string, code: string, text: RegExp][] = [
    ['{"Name":', 'SerializationException', /not valid JSON/],
    ['[]', 'SerializationException', /Start of structure/],
    ['{"Name":3,"Value":"x"}', 'SerializationException', /NUMBER_VALUE can not be converted to a String/],
    [
      '{"Name":"/a","Value":"x","Overwrite":"yes"}',
      'SerializationException',
      /STRING_VALUE can not be converted to a Boolean/,
    ],
    ['{"Value":"x"}', 'ValidationException', /1 validation error detected: Value null at 'name'/],
    ['{}', 'ValidationException', /2 validation errors detected: Value null at 'name' .*; Value null at 'value'/],
  ];

  test.each(jsonCases)('ssm PutParameter %s', (body, code, text) => {
    const operation = operationOf('ssm', 'PutParameter');
    const decode = () =>
      checkRequest(
        WIRES.ssm,
        operation,
        codecOf(WIRES.ssm).decode(operation, { kind: 'body', body: Buffer.from(body) }),
      );
    expect(decode).toThrow(expect.objectContaining({ code, message: expect.stringMatching(text) }));
  });

  test('what the schema does not know is ignored', () => {
    const operation = operationOf('autoScaling', 'DescribeAutoScalingGroups');
    const parameters = parseQueryParameters(
      'Action=DescribeAutoScalingGroups&Colour=red&AutoScalingGroupNames.member.1=web',
    );
    expect(codecOf(WIRES.autoScaling).decode(operation, { kind: 'parameters', parameters })).toEqual({
      AutoScalingGroupNames: ['web'],
    });
  });
});

describe('responses on the wire', () => {
  test('an empty list is an empty element, and a list that is not there is none', () => {
    const operation = operationOf('autoScaling', 'DescribeAutoScalingGroups');
    const write = (output: object) =>
      textOf(codecOf(WIRES.autoScaling).encode(WIRES.autoScaling, operation, output, 'r-1'));
    expect(write({ AutoScalingGroups: [] })).toContain('<DescribeAutoScalingGroupsResult><AutoScalingGroups/></');
    expect(write({})).toContain('<DescribeAutoScalingGroupsResult/>');
  });

  test('characters that XML cannot carry do not break the document', () => {
    const operation = operationOf('iam', 'GetRolePolicy');
    const output = { RoleName: 'a<b>&"\u0007', PolicyName: 'p', PolicyDocument: '\r\n\ud800' };
    const text = textOf(codecOf(WIRES.iam).encode(WIRES.iam, operation, output, 'r-1'));
    expect(text).toContain('<RoleName>a&lt;b&gt;&amp;&quot;\ufffd</RoleName>');
    expect(text).toContain('<PolicyDocument>&#x0D;&#x0A;\ufffd</PolicyDocument>');
  });

  test('awsQuery errors carry the code and status of the modelled error', () => {
    const response = codecOf(WIRES.iam).encodeError(
      WIRES.iam,
      new AwsError('NoSuchEntityException', 'No role.'),
      'r-1',
    );
    expect(response.statusCode).toBe(404);
    expect(textOf(response)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>No role.</Message></Error><RequestId>r-1</RequestId></ErrorResponse>',
    );
  });

  test('ec2Query errors are a list of one', () => {
    const response = codecOf(WIRES.ec2).encodeError(WIRES.ec2, new AwsError('InvalidVpcID.NotFound', 'No.'), 'r-1');
    expect(textOf(response)).toContain(
      '<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>No.</Message></Error></Errors><RequestID>r-1</RequestID></Response>',
    );
  });

  test('json errors name their type in the body and in a header', () => {
    const response = codecOf(WIRES.ssm).encodeError(WIRES.ssm, new AwsError('ParameterNotFound', ''), 'r-1');
    expect(response).toMatchObject({ statusCode: 400, headers: { 'x-amzn-errortype': 'ParameterNotFound' } });
    expect(JSON.parse(textOf(response))).toEqual({ __type: 'ParameterNotFound', message: '' });
  });
});

function textOf(response: LabHttpResponse): string {
  return Buffer.from(response.body).toString('utf8');
}

function refusalOf(wire: WireName, body: string): AwsError {
  const parameters = parseQueryParameters(body);
  const operation = operationOf(wire, parameters.children.get('Action')!.value!);
  try {
    checkRequest(WIRES[wire], operation, codecOf(WIRES[wire]).decode(operation, { kind: 'parameters', parameters }));
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}
