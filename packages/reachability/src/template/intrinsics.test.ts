// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub spells its variables so.
import { expect, test } from 'vitest';
import { evaluate, isUnresolved, type Scope } from './intrinsics.js';

const scope = (): Scope => ({
  template: {
    Parameters: {
      Env: { Type: 'String', Default: 'prod' },
      Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
      Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' },
      Free: { Type: 'String' },
    },
    Mappings: { Sizes: { prod: { cidr: '10.1.0.0/16' } } },
    Conditions: {
      IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] },
      Loop: { Condition: 'Loop' },
      Free: { 'Fn::Equals': [{ Ref: 'Free' }, 'x'] },
    },
    Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } } },
  },
  parameters: {},
  region: 'us-west-2',
  unresolved: new Set(),
  prefix: '',
  exported: () => undefined,
  nested: () => undefined,
  depth: 0,
});

test.each<[string, unknown, unknown]>([
  ['a plain value', { a: [1, 'x'] }, { a: [1, 'x'] }],
  ['Ref to a parameter', { Ref: 'Env' }, 'prod'],
  ['Ref to a list', { Ref: 'Zones' }, ['a', 'b']],
  ['Ref to a resource', { Ref: 'Vpc' }, 'Vpc'],
  ['Ref to the region', { Ref: 'AWS::Region' }, 'us-west-2'],
  ['AWS::NoValue leaves the property out', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['GetAtt of an id', { 'Fn::GetAtt': ['Vpc', 'VpcId'] }, 'Vpc'],
  ['GetAtt of a property', { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, '10.0.0.0/16'],
  ['GetAtt of the default group', { 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }, 'Vpc.DefaultSecurityGroup'],
  ['Join', { 'Fn::Join': ['.', ['com', { Ref: 'Env' }]] }, 'com.prod'],
  ['Sub', { 'Fn::Sub': 'x.${AWS::Region}.${Env}.${Vpc.VpcId}.${!Literal}' }, 'x.us-west-2.prod.Vpc.${Literal}'],
  ['Sub with variables', { 'Fn::Sub': ['${A}-${Env}', { A: { Ref: 'Vpc' } }] }, 'Vpc-prod'],
  ['Select', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'b'],
  ['Split', { 'Fn::Split': [',', 'a,b'] }, ['a', 'b']],
  ['GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': { Ref: 'AWS::Region' } }] }, 'us-west-2a'],
  ['Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, ['10.0.0.0/24', '10.0.1.0/24']],
  ['If', { 'Fn::If': ['IsProd', 1, 2] }, 1],
  ['If whose branches are equal', { 'Fn::If': ['Free', 1, 1] }, 1],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Env' }, 'cidr'] }, '10.1.0.0/16'],
  ['FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'x', 'cidr', { DefaultValue: 'none' }] }, 'none'],
  [
    'Not, And, Or',
    {
      'Fn::And': [
        { Condition: 'IsProd' },
        { 'Fn::Or': [{ 'Fn::Not': [{ Condition: 'IsProd' }] }, { Condition: 'IsProd' }] },
      ],
    },
    true,
  ],
])('%s', (_, value, result) => {
  expect(evaluate(scope(), value)).toEqual(result);
});

test.each<[string, unknown]>([
  ['a parameter of Parameter Store', { Ref: 'Image' }],
  ['a parameter without a value', { Ref: 'Free' }],
  ['an import', { 'Fn::ImportValue': 'x' }],
  ['a transform', { 'Fn::Transform': { Name: 'x' } }],
  ['an account id', { Ref: 'AWS::AccountId' }],
  ['something that is not in the template', { Ref: 'Nothing' }],
  ['an attribute that only AWS knows', { 'Fn::GetAtt': ['Vpc', 'Arn'] }],
  ['whatever contains one', { 'Fn::Join': ['', ['a', { 'Fn::ImportValue': 'x' }]] }],
  ['a choice that cannot be made', { 'Fn::If': ['Free', 1, 2] }],
  ['an index beyond the list', { 'Fn::Select': [9, ['a']] }],
])('%s is unresolved, and says why', (_, value) => {
  const own = scope();
  expect(isUnresolved(evaluate(own, value))).toBe(true);
  expect(own.unresolved.size).toBeGreaterThan(0);
});

test('a condition that refers to itself ends', () => {
  expect(evaluate(scope(), { 'Fn::If': ['Loop', 1, 2] })).toMatch(/^unresolved:/);
});
