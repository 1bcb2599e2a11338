import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../control-plane/aws-error.js';
import type { ServiceName } from '../control-plane/types.js';
import { SERVICES } from '../services/index.js';
import { awsModelOf } from './aws-model.js';
import { checkRequest } from './check-request.js';
import { findOperationSchema } from './operation-schema.js';

function refusalOf(serviceName: ServiceName, operationName: string, input: object): AwsError | undefined {
  const service = SERVICES.find(({ name }) => name === serviceName)!;
  try {
    checkRequest(service, findOperationSchema(service, operationName)!, input);
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

const one = (rest: string) => `1 validation error detected: ${rest}`;
const constraint = 'failed to satisfy constraint: Member must';

describe('a request that AWS does not allow is refused with the code and the text of its service', () => {
  test.each<[ServiceName, string, object, string, string]>([
    // Required.
    ['ssm', 'GetParameters', {}, 'ValidationException', one(`Value null at 'names' ${constraint} not be null`)],
    [
      'logs',
      'CreateLogGroup',
      {},
      'InvalidParameterException',
      one(`Value null at 'logGroupName' ${constraint} not be null`),
    ],
    [
      'autoscaling',
      'CreateAutoScalingGroup',
      { AutoScalingGroupName: 'web', MinSize: 1 },
      'ValidationError',
      one(`Value null at 'maxSize' ${constraint} not be null`),
    ],
    [
      'elasticloadbalancing',
      'CreateRule',
      { ListenerArn: 'a', Conditions: [], Actions: [{}], Priority: 1 },
      'ValidationError',
      one(`Value null at 'actions.1.member.type' ${constraint} not be null`),
    ],
    ['ec2', 'CreateSubnet', {}, 'MissingParameter', 'The request must contain the parameter VpcId'],
    // Enumerations.
    [
      'ssm',
      'PutParameter',
      { Name: 'a', Value: 'x', Tier: 'Free' },
      'ValidationException',
      one(`Value 'Free' at 'tier' ${constraint} satisfy enum value set: [Standard, Advanced, Intelligent-Tiering]`),
    ],
    [
      'logs',
      'CreateLogGroup',
      { logGroupName: 'a', logGroupClass: 'COLD' },
      'InvalidParameterException',
      one(
        `Value 'COLD' at 'logGroupClass' ${constraint} satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY]`,
      ),
    ],
    [
      'elasticloadbalancing',
      'CreateTargetGroup',
      { Name: 'a', TargetType: 'cow' },
      'ValidationError',
      one(`Value 'cow' at 'targetType' ${constraint} satisfy enum value set: [instance, ip, lambda, alb]`),
    ],
    [
      'ec2',
      'CreateVpc',
      { InstanceTenancy: 'cheap' },
      'InvalidParameterValue',
      'Value (cheap) for parameter instanceTenancy is invalid. Valid values: default, dedicated, host.',
    ],
    // Lengths, of texts and of lists.
    [
      'autoscaling',
      'DeleteAutoScalingGroup',
      { AutoScalingGroupName: '' },
      'ValidationError',
      one(`Value '' at 'autoScalingGroupName' ${constraint} have length greater than or equal to 1`),
    ],
    [
      'ssm',
      'GetParameters',
      { Names: [...'abcdefghijk'] },
      'ValidationException',
      one(`Value '[a, b, c, d, e, f, g, h, i, j, k]' at 'names' ${constraint} have length less than or equal to 10`),
    ],
    [
      'logs',
      'PutLogEvents',
      { logGroupName: 'a', logStreamName: 'b', logEvents: [] },
      'InvalidParameterException',
      one(`Value '[]' at 'logEvents' ${constraint} have length greater than or equal to 1`),
    ],
    [
      'sts',
      'AssumeRole',
      { RoleArn: 'arn:aws:iam::123456789012:role/deploy', RoleSessionName: 'x' },
      'ValidationError',
      one(`Value 'x' at 'roleSessionName' ${constraint} have length greater than or equal to 2`),
    ],
    [
      'iam',
      'CreateRole',
      { RoleName: 'r'.repeat(65), AssumeRolePolicyDocument: '{}' },
      'ValidationError',
      one(`Value '${'r'.repeat(65)}' at 'roleName' ${constraint} have length less than or equal to 64`),
    ],
    // Ranges.
    [
      'elasticloadbalancing',
      'CreateListener',
      { LoadBalancerArn: 'a', Port: 65_536, DefaultActions: [] },
      'ValidationError',
      one(`Value '65536' at 'port' ${constraint} have value less than or equal to 65535`),
    ],
    [
      'autoscaling',
      'StartInstanceRefresh',
      { AutoScalingGroupName: 'web', Preferences: { MinHealthyPercentage: 101 } },
      'ValidationError',
      one(`Value '101' at 'preferences.minHealthyPercentage' ${constraint} have value less than or equal to 100`),
    ],
    [
      'ec2',
      'DescribeVpcs',
      { MaxResults: 4 },
      'InvalidParameterValue',
      'Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than or equal to 5.',
    ],
    [
      'logs',
      'DescribeLogGroups',
      { limit: 51 },
      'InvalidParameterException',
      one(`Value '51' at 'limit' ${constraint} have value less than or equal to 50`),
    ],
    // Patterns.
    [
      'logs',
      'CreateLogGroup',
      { logGroupName: 'a b' },
      'InvalidParameterException',
      one(`Value 'a b' at 'logGroupName' ${constraint} satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`),
    ],
    [
      'sts',
      'AssumeRole',
      { RoleArn: 'arn:aws:iam::123456789012:role/deploy', RoleSessionName: 'a b' },
      'ValidationError',
      one(`Value 'a b' at 'roleSessionName' ${constraint} satisfy regular expression pattern: [\\w+=,.@-]*`),
    ],
    [
      'elasticloadbalancing',
      'AddTags',
      { ResourceArns: ['a'], Tags: [{ Key: '<' }] },
      'ValidationError',
      one(
        `Value '<' at 'tags.1.member.key' ${constraint} satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$`,
      ),
    ],
    [
      'ec2',
      'DeleteLaunchTemplate',
      { LaunchTemplateName: 'a*b' },
      'InvalidParameterValue',
      'Value (a*b) for parameter launchTemplateName is invalid. It must match [a-zA-Z0-9\\(\\)\\.\\-/_]+.',
    ],
    // More than one, each in its sentence.
    [
      'ssm',
      'PutParameter',
      { Name: '', Type: 'Text' },
      'ValidationException',
      `3 validation errors detected: Value null at 'value' ${constraint} not be null; Value '' at 'name' ${constraint} have length greater than or equal to 1; Value 'Text' at 'type' ${constraint} satisfy enum value set: [String, StringList, SecureString]`,
    ],
  ])('%s %s %j', (service, operation, input, code, message) => {
    expect(refusalOf(service, operation, input)).toMatchObject({ code, message, statusCode: 400 });
  });
});

test.each<[ServiceName, string, object]>([
  ['ssm', 'PutParameter', { Name: '/a', Value: 'x', Type: 'SecureString', Tags: [{ Key: 'Größe', Value: '' }] }],
  ['autoscaling', 'CreateAutoScalingGroup', { AutoScalingGroupName: 'web 😀', MinSize: 0, MaxSize: 0 }],
  ['logs', 'PutLogEvents', { logGroupName: 'a', logStreamName: 'b', logEvents: [{ timestamp: 1, message: 'x' }] }],
  [
    'elasticloadbalancing',
    'CreateListener',
    { LoadBalancerArn: 'a', Port: 65_535, DefaultActions: [{ Type: 'forward' }] },
  ],
  ['ec2', 'RunInstances', { MinCount: 1, MaxCount: 1, InstanceType: 'x1.tomorrow' }],
  ['sts', 'GetCallerIdentity', {}],
])('%s %s %j is allowed', (service, operation, input) => {
  expect(refusalOf(service, operation, input)).toBeUndefined();
});

test('what the model calls sensitive is not shown, nor is a list of structures', () => {
  const message = 'x'.repeat(8_193);
  const input = { Targets: [], Parameters: { command: [message] }, DocumentName: 'd', Comment: 'c'.repeat(101) };
  expect(refusalOf('ssm', 'SendCommand', input)?.message).toContain("at 'comment'");
  const events = Array.from({ length: 10_001 }, () => ({ timestamp: 1, message: 'password' }));
  const refusal = refusalOf('logs', 'PutLogEvents', { logGroupName: 'a', logStreamName: 'b', logEvents: events });
  expect(refusal?.message).toBe(one(`Value at 'logEvents' ${constraint} have length less than or equal to 10000`));
});

test('a request with thousands of faults is answered with twenty', () => {
  const Tags = Array.from({ length: 5_000 }, () => ({ Key: '', Value: '' }));
  const message = refusalOf('autoscaling', 'CreateOrUpdateTags', { Tags })?.message;
  expect(message).toMatch(/^20 validation errors detected: /);
});

describe('the tables of packages/lab/model', () => {
  const directory = new URL('../../model/', import.meta.url);
  const names = readdirSync(directory)
    .filter((file) => !['ec2-instance-types.json', 'cloudformation-types.json'].includes(file))
    .map((file) => file.replace(/\.json$/, '') as ServiceName);

  test('are one for each service, and name their source, its version and licence, and the script that writes them', () => {
    expect(names.sort()).toEqual(SERVICES.map(({ name }) => name).sort());
    for (const name of names) {
      const { source } = awsModelOf(name);
      expect(source).toMatchObject({ package: 'botocore', licence: 'Apache-2.0' });
      expect(source.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(source.file).toContain(SERVICES.find((service) => service.name === name)!.apiVersion);
      expect(existsSync(new URL(`../../../../${source.generator}`, import.meta.url))).toBe(true);
    }
  });

  test('hold what the script writes and nothing else: one line for each entry, every shape known and used, every pattern readable', () => {
    const known = new Set([
      'members',
      'list',
      'key',
      'value',
      'length',
      'range',
      'enum',
      'pattern',
      'javaScript',
      'sensitive',
    ]);
    for (const name of names) {
      const model = awsModelOf(name);
      const text = readFileSync(new URL(`${name}.json`, directory), 'utf8');
      const entries = Object.keys(model.operations).length + Object.keys(model.shapes).length;
      const filters = model.filters === undefined ? 0 : Object.keys(model.filters).length + 2;
      expect(text.split('\n')).toHaveLength(entries + filters + 8);
      const used = new Set(Object.values(model.operations));
      for (const shape of Object.values(model.shapes)) {
        expect(Object.keys(shape).filter((key) => !known.has(key))).toEqual([]);
        for (const inner of [...Object.values(shape.members ?? {}), shape.list, shape.key, shape.value])
          if (inner) used.add(inner);
        const { pattern, javaScript = pattern } = shape;
        if (javaScript !== undefined) new RegExp(`^(?:${javaScript})$`, javaScript.includes('\\p{') ? 'u' : '');
      }
      expect([...used].sort(), name).toEqual(Object.keys(model.shapes).sort());
    }
  });

  test('know the operations of the SDK by the same names', () => {
    for (const service of SERVICES) {
      const strangers = Object.keys(awsModelOf(service.name).operations).filter(
        (name) => findOperationSchema(service, name) === undefined,
      );
      // The models are a little newer than the SDK clients.
      expect(strangers.filter((name) => Object.hasOwn(service.operations, name))).toEqual([]);
    }
  });
});
