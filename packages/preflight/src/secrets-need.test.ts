import { expect, test } from 'vitest';
import { allow, networkWith, path, roleWith } from './healthy-snapshot.fixture.js';
import { findSecretsNeed, pathArn, type SecretsNeed, type SecretsWitnesses } from './secrets-need.js';

const tagged = (Value: string) => ({ Tags: [{ Key: 'directrix:secrets', Value }] });
const byPath = roleWith(allow('ssm:GetParametersByPath', `${path}/*`));

test.each<[string, SecretsWitnesses, SecretsNeed]>([
  ['the option wins', { option: '/a/', image: tagged('/b/') }, { kind: 'path', path: '/a/', saidBy: 'option' }],
  ['then the tag', { image: tagged('/b/'), role: byPath }, { kind: 'path', path: '/b/', saidBy: 'image' }],
  ['a tag may say none', { image: tagged('none'), role: byPath, network: networkWith() }, { kind: 'none' }],
  ['then the role', { role: byPath }, { kind: 'path', path: '/app/production', saidBy: 'role' }],
  ['a role that reads by name', { role: roleWith(allow('ssm:GetParameter', `${path}/KEY`)) }, { kind: 'names' }],
  ['a role that may read everything says nothing', { role: roleWith(allow('ssm:*', '*')) }, { kind: 'unknown' }],
  ['then an endpoint', { network: networkWith() }, { kind: 'endpoint' }],
  ['nobody', {}, { kind: 'unknown' }],
])('%s', (_what, witnesses, expected) => {
  expect(findSecretsNeed(witnesses)).toEqual(expected);
});

test.each([
  ['us-west-2', 'arn:aws:ssm:us-west-2:123456789012:parameter/app/'],
  ['cn-north-1', 'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/app/'],
  ['us-gov-west-1', 'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/app/'],
])('the ARN of a path is of the partition of its Region: %s', (region, arn) => {
  expect(pathArn(region, '123456789012', '/app/')).toBe(arn);
});
