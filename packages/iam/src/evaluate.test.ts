import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPolicy } from './document.js';
import { evaluateAccess, evaluatePolicies } from './evaluate.js';
import type { AccessRequest } from './request.js';

type Parts = Readonly<Record<string, unknown>>;
type Kind = 'identity' | 'resource' | 'trust';

const ACCOUNT = '123456789012';
const WEB = `arn:aws:iam::${ACCOUNT}:role/web`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/web/i-1`;
const PARAMETER = `arn:aws:ssm:us-west-2:${ACCOUNT}:parameter/a/b`;

const allow = (parts: Parts = {}): Parts => ({ Effect: 'Allow', Action: '*', Resource: '*', ...parts });
const deny = (parts: Parts = {}): Parts => ({ ...allow(parts), Effect: 'Deny' });
const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } });

const policyOf = (Statement: unknown, kind: Kind = 'identity', Version = '2012-10-17') =>
  readPolicy('p', JSON.stringify({ Version, Statement }), kind);

function decide(statements: readonly Parts[], request: Partial<AccessRequest> = {}, kind: Kind = 'identity'): string {
  const answer = evaluatePolicies(statements.length === 0 ? [] : [policyOf(statements, kind)], {
    action: 'ssm:GetParameter',
    resource: PARAMETER,
    ...request,
  });
  return answer.kind === 'no' ? answer.reason : answer.kind;
}

describe('I1: actions and resources', () => {
  test.each<[what: string, statements: readonly Parts[], answer: string]>([
    ['nothing allows', [], 'implicitDeny'],
    ['everything is allowed', [allow()], 'yes'],
    ['another action', [allow({ Action: 'ssm:PutParameter' })], 'implicitDeny'],
    ['the action in another case', [allow({ Action: 'SSM:getparameter' })], 'yes'],
    ['a pattern in a list', [allow({ Action: ['ec2:*', 'ssm:Get*'] })], 'yes'],
    ['every action but this', [allow({ Action: undefined, NotAction: 'ssm:Get*' })], 'implicitDeny'],
    ['every action but another', [allow({ Action: undefined, NotAction: 'iam:*' })], 'yes'],
    ['the resource itself', [allow({ Resource: PARAMETER })], 'yes'],
    ['the resource in another case', [allow({ Resource: PARAMETER.replace('/a/b', '/A/b') })], 'implicitDeny'],
    ['only what is below', [allow({ Resource: `${PARAMETER}/*` })], 'implicitDeny'],
    ['one character', [allow({ Resource: PARAMETER.replace('/b', '/?') })], 'yes'],
    ['every resource but this', [allow({ Resource: undefined, NotResource: '*/a/*' })], 'implicitDeny'],
    ['every resource but another', [allow({ Resource: undefined, NotResource: '*/c/*' })], 'yes'],
    ['a deny before an allow', [deny({ Action: 'ssm:*' }), allow()], 'explicitDeny'],
    ['a deny after an allow', [allow(), deny({ Action: 'ssm:*' })], 'explicitDeny'],
    ['a deny of all but this', [allow(), deny({ Action: undefined, NotAction: 'ssm:*' })], 'yes'],
    ['a deny of all resources but this', [allow(), deny({ Resource: undefined, NotResource: PARAMETER })], 'yes'],
    ['a deny of another', [allow(), deny({ Resource: '*/c' })], 'yes'],
  ])('%s', (_what, statements, answer) => expect(decide(statements)).toBe(answer));

  test('one statement need not stand in a list', () =>
    expect(evaluatePolicies([policyOf(allow())], { action: 'a:b', resource: '*' }).kind).toBe('yes'));
});

describe('who is meant', () => {
  const principal = { arns: [WEB, SESSION], accountId: ACCOUNT };
  test.each<[what: string, statements: readonly Parts[], answer: string]>([
    ['everybody', [allow({ Principal: '*' })], 'yes'],
    ['everybody, the long form', [allow({ Principal: { AWS: '*' } })], 'yes'],
    ['every service', [allow({ Principal: { Service: '*' } })], 'implicitDeny'],
    ['the role', [allow({ Principal: { AWS: [WEB] } })], 'yes'],
    ['the session', [allow({ Principal: { AWS: SESSION } })], 'yes'],
    ['the account by its number', [allow({ Principal: { AWS: ACCOUNT } })], 'yes'],
    ['the account by its root', [allow({ Principal: { AWS: ROOT } })], 'yes'],
    ['another role', [allow({ Principal: { AWS: `${WEB}2` } })], 'implicitDeny'],
    ['another account', [allow({ Principal: { AWS: '210987654321' } })], 'implicitDeny'],
    ['a service', [allow({ Principal: { Service: 'ec2.amazonaws.com' } })], 'implicitDeny'],
    ['all but the role and its account', [allow({ NotPrincipal: { AWS: [WEB, ROOT] } })], 'implicitDeny'],
    [
      'a deny for all but the role and its account',
      [allow({ Principal: '*' }), deny({ NotPrincipal: { AWS: [WEB, ACCOUNT] } })],
      'yes',
    ],
    [
      'a deny for all but another role',
      [allow({ Principal: '*' }), deny({ NotPrincipal: { AWS: [`${WEB}2`, ROOT] } })],
      'explicitDeny',
    ],
    ['a deny for all but the role', [allow({ Principal: '*' }), deny({ NotPrincipal: { AWS: WEB } })], 'cannotTell'],
    ['a deny for all but nobody', [allow({ Principal: '*' }), deny({ NotPrincipal: '*' })], 'yes'],
  ])('%s', (_what, statements, answer) => expect(decide(statements, { principal }, 'resource')).toBe(answer));

  test('a caller that is not known leaves it open where principals are named, and only there', () => {
    expect(decide([allow({ Principal: { AWS: WEB } })], {}, 'resource')).toBe('cannotTell');
    expect(decide([allow({ Principal: '*' })], {}, 'resource')).toBe('yes');
  });

  test('NotPrincipal without the account is as strict as the service', () => {
    const statements = [allow({ Principal: '*' }), deny({ NotPrincipal: { AWS: WEB } })];
    const ask = (isAccountChecked: boolean) =>
      decide(statements, { principal: { ...principal, isAccountChecked } }, 'resource');
    expect(ask(false)).toBe('yes');
    expect(ask(true)).toBe('explicitDeny');
  });

  test('a trust policy has no resource, and its service is meant by name', () => {
    const statement = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const request = { action: 'sts:AssumeRole', resource: WEB, principal: { arns: [], service: 'ec2.amazonaws.com' } };
    expect(decide([statement], request, 'trust')).toBe('yes');
    expect(decide([statement], { ...request, principal: { arns: [], service: 'ecs.amazonaws.com' } }, 'trust')).toBe(
      'implicitDeny',
    );
  });
});

describe('I2: a question about more than one thing', () => {
  test.each<[what: string, statements: readonly Parts[], request: Partial<AccessRequest>, answer: string]>([
    ['some action of an allowed service', [allow({ Action: 'ssm:*' })], { action: { like: 'ssm:*' } }, 'yes'],
    ['some action, where one is allowed', [allow({ Action: 'ssm:Get*' })], { action: { like: 'ssm:*' } }, 'cannotTell'],
    ['some action of another', [allow({ Action: 'ec2:*' })], { action: { like: 'ssm:*' } }, 'implicitDeny'],
    ['some action, one denied', [allow(), deny({ Action: 'ssm:Put*' })], { action: { like: 'ssm:*' } }, 'cannotTell'],
    ['some action, all denied', [allow(), deny({ Action: 's*' })], { action: { like: 'ssm:*' } }, 'explicitDeny'],
    ['some resource of all', [allow()], { resource: { like: '*' } }, 'yes'],
    ['some resource', [allow({ Resource: PARAMETER })], { resource: { like: '*' } }, 'cannotTell'],
    [
      'some resource of others',
      [allow({ Resource: 'arn:aws:s3:::b' })],
      { resource: { like: 'arn:aws:ssm:*' } },
      'implicitDeny',
    ],
    ['the actions without resources', [allow({ Resource: PARAMETER })], { resource: '*' }, 'implicitDeny'],
  ])('%s', (_what, statements, request, answer) => expect(decide(statements, request)).toBe(answer));
});

describe('conditions', () => {
  const values = {
    'aws:SourceVpce': ['vpce-1'],
    'aws:SourceIp': ['203.0.113.9'],
    'aws:SecureTransport': ['true'],
    'aws:CurrentTime': ['2026-11-26T12:00:00Z'],
    's3:max-keys': ['10'],
    'aws:PrincipalArn': [WEB],
    'aws:TagKeys': ['team', 'cost'],
    'aws:PrincipalTag/team': ['web'],
    'aws:MultiFactorAuthPresent': [],
    'ec2:Ipv6': ['2001:db8::9'],
  };
  const tells = (operator: string, key: string, value: unknown, isComplete = false) =>
    decide([allow(when(operator, key, value))], { context: { values, isComplete } });

  test.each<[operator: string, key: string, value: unknown, answer: string]>([
    ['StringEquals', 'AWS:sourcevpce', 'vpce-1', 'yes'],
    ['StringEquals', 'aws:SourceVpce', ['vpce-2', 'vpce-1'], 'yes'],
    ['StringEquals', 'aws:SourceVpce', 'vpce-*', 'implicitDeny'],
    ['StringNotEquals', 'aws:SourceVpce', ['vpce-2', 'vpce-1'], 'implicitDeny'],
    ['StringNotEquals', 'aws:SourceVpce', 'vpce-2', 'yes'],
    ['StringEqualsIgnoreCase', 'aws:SourceVpce', 'VPCE-1', 'yes'],
    ['StringNotEqualsIgnoreCase', 'aws:SourceVpce', 'VPCE-1', 'implicitDeny'],
    ['StringLike', 'aws:SourceVpce', 'vpce-*', 'yes'],
    ['StringNotLike', 'aws:SourceVpce', 'vpce-?', 'implicitDeny'],
    ['stringlike', 'aws:SourceVpce', 'vpce-?', 'yes'],
    ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/*', 'yes'],
    ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:*', 'yes'],
    ['ArnLike', 'aws:PrincipalArn', 'arn:*:role/web', 'implicitDeny'],
    ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/db', 'yes'],
    ['IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.0/24'], 'yes'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.9', 'yes'],
    ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', 'implicitDeny'],
    ['IpAddress', 'ec2:Ipv6', '2001:db8::/32', 'yes'],
    ['IpAddress', 'ec2:Ipv6', '0.0.0.0/0', 'implicitDeny'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/33', 'cannotTell'],
    ['Bool', 'aws:SecureTransport', true, 'yes'],
    ['Bool', 'aws:SecureTransport', 'false', 'implicitDeny'],
    ['NumericLessThanEquals', 's3:max-keys', 10, 'yes'],
    ['NumericGreaterThan', 's3:max-keys', '10', 'implicitDeny'],
    ['NumericNotEquals', 's3:max-keys', ['10', '11'], 'implicitDeny'],
    ['NumericEquals', 's3:max-keys', 'ten', 'cannotTell'],
    ['DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z', 'yes'],
    ['DateGreaterThan', 'aws:CurrentTime', '1893456000', 'implicitDeny'],
    ['DateEquals', 'aws:CurrentTime', '2026-11-26T13:00:00+01:00', 'yes'],
    ['BinaryEquals', 'aws:SourceVpce', 'vpce-1', 'yes'],
    ['Null', 'aws:MultiFactorAuthPresent', 'true', 'yes'],
    ['Null', 'aws:SourceVpce', 'true', 'implicitDeny'],
    ['Null', 'aws:SourceVpce', false, 'yes'],
    ['Bool', 'aws:MultiFactorAuthPresent', 'true', 'implicitDeny'],
    ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'true', 'yes'],
    ['BoolIfExists', 'aws:SecureTransport', 'false', 'implicitDeny'],
    ['StringNotEquals', 'aws:MultiFactorAuthPresent', 'x', 'yes'],
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['team', 'cost', 'stage'], 'yes'],
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['team'], 'implicitDeny'],
    ['ForAllValues:StringEquals', 'aws:MultiFactorAuthPresent', ['x'], 'yes'],
    ['ForAnyValue:StringEquals', 'aws:TagKeys', ['team'], 'yes'],
    ['ForAnyValue:StringLike', 'aws:TagKeys', ['x*'], 'implicitDeny'],
    ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['team'], 'yes'],
    ['ForAllValues:StringNotEquals', 'aws:TagKeys', ['team'], 'implicitDeny'],
    ['ForAnyValue:StringNotEquals', 'aws:MultiFactorAuthPresent', ['x'], 'implicitDeny'],
    ['StringEquals', 'aws:TagKeys', 'team', 'yes'],
    ['StringNotEquals', 'aws:TagKeys', 'team', 'implicitDeny'],
    ['StringMatches', 'aws:SourceVpce', 'vpce-1', 'cannotTell'],
    ['StringEquals', 'aws:RequestTag/team', 'web', 'cannotTell'],
    ['StringEquals', 'aws:SourceVpce', `\${aws:RequestTag/vpce}`, 'cannotTell'],
    ['StringEquals', 'aws:PrincipalTag/team', `\${aws:MultiFactorAuthPresent, 'web'}`, 'yes'],
    ['StringEquals', 'aws:PrincipalTag/team', `\${aws:MultiFactorAuthPresent}`, 'implicitDeny'],
  ])('%s %s %j: %s', (operator, key, value, answer) => expect(tells(operator, key, value)).toBe(answer));

  test('a key that a complete request does not have is absent', () => {
    expect(tells('StringEquals', 'aws:RequestTag/team', 'web', true)).toBe('implicitDeny');
    expect(tells('StringEqualsIfExists', 'aws:RequestTag/team', 'web', true)).toBe('yes');
  });

  test('every condition must be met, and one that is not decides although another is open', () => {
    const Condition = { StringEquals: { 'aws:SourceVpce': 'vpce-2', 'aws:RequestTag/team': 'web' } };
    expect(decide([allow({ Condition })], { context: { values } })).toBe('implicitDeny');
  });

  test('a deny that is open leaves it open, and what it hangs on is said', () => {
    const policy = policyOf([allow(), deny({ Sid: 'Corp', ...when('NotIpAddress', 'aws:SourceIp', '10.0.0.0/8') })]);
    expect(evaluatePolicies([policy], { action: 'a:b', resource: '*' })).toEqual({
      kind: 'cannotTell',
      because: [{ code: 'conditionKey', statement: 'p (Corp)', key: 'aws:sourceip' }],
    });
  });

  test('a variable fills a resource, its stars are no wildcards, and only the new version has variables', () => {
    const statement = allow({ Resource: `arn:aws:s3:::\${aws:PrincipalTag/team}/*` });
    const ask = (team: string, resource: string, version?: string) =>
      evaluatePolicies([policyOf(statement, 'identity', version)], {
        action: 's3:GetObject',
        resource,
        context: { values: { 'aws:PrincipalTag/team': [team] } },
      }).kind;
    expect(ask('web', 'arn:aws:s3:::web/a')).toBe('yes');
    expect(ask('*', 'arn:aws:s3:::web/a')).toBe('no');
    expect(ask('*', 'arn:aws:s3:::*/a')).toBe('yes');
    expect(ask('web', 'arn:aws:s3:::web/a', '2008-10-17')).toBe('no');
    expect(decide([allow({ Resource: `a\${*}b` })], { resource: 'axb' })).toBe('implicitDeny');
    expect(decide([allow({ Resource: `a\${*}b` })], { resource: 'a*b' })).toBe('yes');
  });
});

describe('several policies', () => {
  const request = { action: 'ssm:GetParameter', resource: PARAMETER, principal: { arns: [WEB] } };
  const grant = policyOf([allow()]);
  const nothing = policyOf([allow({ Action: 'ec2:*' })]);
  const open = policyOf([allow(when('StringEquals', 'aws:SourceIp', 'x'))]);
  const forWeb = policyOf([allow({ Principal: { AWS: WEB } })], 'resource');
  const denyAll = policyOf([deny({ Principal: '*' })], 'resource');

  test.each<[what: string, access: Parameters<typeof evaluateAccess>[0], answer: string]>([
    ['a grant', { identity: [grant] }, 'yes'],
    ['a boundary that has it too', { identity: [grant], limits: [[grant]] }, 'yes'],
    ['a boundary without it', { identity: [grant], limits: [[nothing]] }, 'no'],
    ['a boundary alone', { identity: [], limits: [[grant]] }, 'no'],
    ['a boundary that is open', { identity: [grant], limits: [[open]] }, 'cannotTell'],
    ['no grant, whatever the boundary', { identity: [nothing], limits: [[open]] }, 'no'],
    ['an endpoint that lets it pass', { identity: [grant], endpoint: forWeb }, 'yes'],
    ['an endpoint that grants nothing', { identity: [nothing], endpoint: forWeb }, 'no'],
    ['an endpoint that denies', { identity: [grant], endpoint: denyAll }, 'no'],
    ['a resource that grants', { identity: [], resource: forWeb }, 'yes'],
    ['a resource that denies', { identity: [grant], resource: denyAll }, 'no'],
    ['a grant that is open beside a resource that grants', { identity: [open], resource: forWeb }, 'cannotTell'],
  ])('%s', (_what, access, answer) => expect(evaluateAccess(access, request).kind).toBe(answer));

  test('I3: a policy that cannot be read leaves open what it could decide', () => {
    const unread = readPolicy('broken', '{');
    expect(evaluatePolicies([grant, unread], request)).toEqual({
      kind: 'cannotTell',
      because: [{ code: 'document', statement: 'broken', fault: 'notJson' }],
    });
    expect(evaluatePolicies([policyOf([deny()]), unread], request).kind).toBe('no');
  });
});

describe('what is no policy', () => {
  test.each<[text: string, fault: string]>([
    ['', 'notJson'],
    ['[]', 'notAnObject'],
    ['{}', 'noStatement'],
    ['{"Statement":["x"]}', 'noStatement'],
    ['{"Statement":{"Effect":"Maybe","Action":"*","Resource":"*"}}', 'effect'],
    ['{"Statement":{"Effect":"Allow","Resource":"*"}}', 'action'],
    ['{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}', 'action'],
    ['{"Statement":{"Effect":"Allow","Action":"*"}}', 'resource'],
    ['{"Statement":{"Effect":"Allow","Action":"*","Resource":[1]}}', 'resource'],
    ['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}', 'principal'],
    ['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":"x"}}}', 'condition'],
  ])('%s', (text, fault) => expect(readPolicy('p', text)).toMatchObject({ kind: 'malformed', fault }));

  test('a list without statements says nothing', () => {
    expect(evaluatePolicies([policyOf([])], { action: 'a:b', resource: '*' })).toEqual({
      kind: 'no',
      reason: 'implicitDeny',
    });
  });

  test('a policy of a resource says whose requests it is about', () => {
    expect(policyOf(allow(), 'resource')).toMatchObject({ kind: 'malformed', fault: 'principal' });
  });
});

describe('laws', () => {
  const pattern = fc.constantFrom('*', 'ssm:*', 'ssm:Get*', 'ssm:GetParameter', 'ec2:*');
  const condition = fc.constantFrom(undefined, when('StringEquals', 'k', 'v'), when('StringNotEquals', 'k', 'v'));
  const statement = fc.record({ isAllow: fc.boolean(), pattern, isNot: fc.boolean(), condition }).map(
    ({ isAllow, pattern: text, isNot, condition: extra }): Parts => ({
      ...allow({ Effect: isAllow ? 'Allow' : 'Deny' }),
      Action: isNot ? undefined : text,
      NotAction: isNot ? text : undefined,
      ...extra,
    }),
  );
  const statements = fc.array(statement, { minLength: 1, maxLength: 4 });

  test('what is told without a key stays so whatever the key is', () => {
    fc.assert(
      fc.property(statements, fc.constantFrom([], ['v'], ['w']), (list, k) => {
        const ask = (values: Readonly<Record<string, readonly string[]>>) => decide(list, { context: { values } });
        const [without, told] = [ask({}), ask({ k })];
        if (without === 'yes') expect(told).toBe('yes');
        if (/Deny$/.test(without)) expect(told).toMatch(/Deny$/);
        expect(told).not.toBe('cannotTell');
      }),
    );
  });

  test('what is told of some action holds for each of them', () => {
    fc.assert(
      fc.property(statements, fc.constantFrom('ssm:GetParameter', 'ssm:PutParameter'), (list, action) => {
        const context = { values: { k: ['v'] } };
        const told = decide(list, { action: { like: 'ssm:*' }, context });
        if (told === 'yes') expect(decide(list, { action, context })).toBe('yes');
        if (told === 'explicitDeny' || told === 'implicitDeny')
          expect(decide(list, { action, context })).toMatch(/Deny$/);
      }),
    );
  });

  test('a deny more never turns a no into anything else', () => {
    fc.assert(
      fc.property(statements, statement, (list, one) => {
        const before = decide(list);
        if (/Deny$/.test(before)) expect(decide([...list, { ...one, Effect: 'Deny' }])).toMatch(/Deny$/);
      }),
    );
  });
});
