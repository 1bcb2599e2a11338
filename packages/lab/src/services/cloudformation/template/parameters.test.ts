import { expect, test } from 'vitest';
import { resolveParameters } from './parameters.js';

const noStore = () => new Map<string, string>();
const resolve = (declaration: object, given?: string) =>
  resolveParameters(
    { P: declaration },
    given === undefined ? [] : [{ ParameterKey: 'P', ParameterValue: given }],
    [],
    noStore,
  )[0]?.value;

test.each([
  ['its default', { Type: 'String', Default: 'a' }, undefined, 'a'],
  ['what is given', { Type: 'String', Default: 'a' }, 'b', 'b'],
  ['a list', { Type: 'CommaDelimitedList' }, 'a, b', ['a', 'b']],
  ['a list of ids', { Type: 'List<AWS::EC2::Subnet::Id>' }, 'a,b', ['a', 'b']],
])('a parameter is %s', (_what, declaration, given, value) => {
  expect(resolve(declaration, given)).toEqual(value);
});

test.each([
  [{ Type: 'String' }, undefined, 'Parameters: [P] must have values'],
  [{ Type: 'String', AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
  [{ Type: 'String', AllowedPattern: '[a-z]+' }, 'A', "Parameter 'P' must match pattern [a-z]+"],
  [{ Type: 'String', MinLength: 2 }, 'a', "Parameter 'P' must contain at least 2 characters"],
  [{ Type: 'Number', MaxValue: 3 }, '4', "Parameter 'P' must be a number not greater than 3"],
  [{ Type: 'Number' }, 'many', "Parameter 'P' must be a number"],
  [
    { Type: 'String', AllowedValues: ['a'], ConstraintDescription: 'say a' },
    'c',
    'Parameter P failed to satisfy constraint: say a',
  ],
  [
    { Type: 'AWS::SSM::Parameter::Value<String>' },
    '/no',
    'Unable to fetch parameters [/no] from parameter store for this account.',
  ],
])('%j given as %s is refused: %s', (declaration, given, why) => {
  expect(() => resolve(declaration, given)).toThrow(why);
});

test('what the template does not declare is refused', () => {
  const given = [{ ParameterKey: 'Q', ParameterValue: '1' }];
  expect(() => resolveParameters({}, given, [], noStore)).toThrow('Parameters: [Q] do not exist in the template');
});
