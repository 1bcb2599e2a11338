import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluatePolicies, matchesWildcards, parsePolicy, type Question } from './policy.js';

type StatementText = Readonly<Record<string, unknown>>;

function decide(statements: readonly StatementText[], question: Partial<Question> = {}): string {
  const policy = parsePolicy('p', JSON.stringify({ Version: '2012-10-17', Statement: statements }))!;
  return evaluatePolicies([policy], {
    action: 'ssm:GetParameter',
    resource: 'arn:aws:ssm:r:1:parameter/a/b',
    ...question,
  }).kind;
}

const allow = (parts: StatementText = {}): StatementText => ({ Effect: 'Allow', Action: '*', Resource: '*', ...parts });
const deny = (parts: StatementText = {}): StatementText => ({ ...allow(parts), Effect: 'Deny' });

describe('A1: what policies say', () => {
  test.each<[what: string, statements: readonly StatementText[], decision: string]>([
    ['nothing allows', [], 'none'],
    ['everything is allowed', [allow()], 'allowed'],
    ['another action', [allow({ Action: 'ssm:PutParameter' })], 'implicitDeny'],
    ['the action in another case', [allow({ Action: 'SSM:getparameter' })], 'allowed'],
    ['an action pattern', [allow({ Action: ['ec2:*', 'ssm:Get*'] })], 'allowed'],
    ['every action but', [allow({ Action: undefined, NotAction: 'ssm:Get*' })], 'implicitDeny'],
    ['the resource itself', [allow({ Resource: 'arn:aws:ssm:r:1:parameter/a/b' })], 'allowed'],
    ['the resource in another case', [allow({ Resource: 'arn:aws:ssm:r:1:parameter/A/B' })], 'implicitDeny'],
    ['what lies below the resource', [allow({ Resource: 'arn:aws:ssm:r:1:parameter/a/b/*' })], 'implicitDeny'],
    ['every resource but', [allow({ Resource: undefined, NotResource: '*/a/*' })], 'implicitDeny'],
    ['deny before allow', [deny({ Action: 'ssm:*' }), allow()], 'explicitDeny'],
    ['deny after allow', [allow(), deny({ Action: 'ssm:*' })], 'explicitDeny'],
    ['a deny of something else', [allow(), deny({ Action: 'ec2:*' })], 'allowed'],
  ])('%s', (_what, statements, decision) => {
    if (statements.length === 0)
      expect(evaluatePolicies([], { action: 'a:b', resource: '*' }).kind).toBe('implicitDeny');
    else expect(decide(statements)).toBe(decision);
  });

  test('a principal must be meant', () => {
    const question = { principals: ['arn:aws:iam::1:role/web'] };
    expect(decide([allow({ Principal: '*' })], question)).toBe('allowed');
    expect(decide([allow({ Principal: { AWS: '*' } })], question)).toBe('allowed');
    expect(decide([allow({ Principal: { AWS: ['arn:aws:iam::1:role/web'] } })], question)).toBe('allowed');
    expect(decide([allow({ Principal: { AWS: 'arn:aws:iam::1:role/db' } })], question)).toBe('implicitDeny');
  });

  test('conditions that the lab knows decide', () => {
    const conditionKeys = { 'aws:sourcevpce': 'vpce-1' };
    const when = (operator: string, value: string) => allow({ Condition: { [operator]: { 'aws:SourceVpce': value } } });
    expect(decide([when('StringEquals', 'vpce-1')], { conditionKeys })).toBe('allowed');
    expect(decide([when('StringEquals', 'vpce-2')], { conditionKeys })).toBe('implicitDeny');
    expect(decide([when('StringLike', 'vpce-*')], { conditionKeys })).toBe('allowed');
    expect(decide([when('StringNotEquals', 'vpce-1')], { conditionKeys })).toBe('implicitDeny');
  });

  test('A2: a condition that the lab cannot judge never helps the caller', () => {
    const Condition = { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } };
    expect(decide([allow({ Condition })])).toBe('implicitDeny');
    expect(decide([allow(), deny({ Condition })])).toBe('explicitDeny');
  });

  test.each([
    '',
    '{',
    '[]',
    '{}',
    '{"Statement":[]}',
    '{"Statement":[{"Effect":"Maybe","Action":"*"}]}',
    '{"Statement":[{"Effect":"Allow"}]}',
  ])('is no policy: %s', (text) => expect(parsePolicy('p', text)).toBeUndefined());
});

describe('wildcards', () => {
  test('match as a regular expression of the same meaning does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/') });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?') });
    fc.assert(
      fc.property(pattern, text, (wild, plain) => {
        const meaning = new RegExp(`^${wild.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
        return matchesWildcards(wild, plain) === meaning.test(plain);
      }),
    );
  });

  test('many stars do not take for ever', () => {
    expect(matchesWildcards(`${'*a'.repeat(200)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});
