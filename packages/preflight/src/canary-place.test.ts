import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { describeCanaryObstacle, findCanaryPlace, findTrialPlace } from './canary-place.js';
import type { RoutedListener } from './version-route.js';

const web = 'targetgroup/web';
const toWeb: Action[] = [{ Type: 'forward', TargetGroupArn: web }];
const weighted = (...weights: readonly (readonly [arn: string, weight: number])[]): Action[] => [
  {
    Type: 'forward',
    ForwardConfig: { TargetGroups: weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  },
];
const rule = (Priority: string, path: string, Actions: Action[]): Rule => ({
  RuleArn: `rule-${Priority}`,
  Priority,
  Conditions: [{ Field: 'path-pattern', Values: [path] }],
  Actions,
});
const listener = (DefaultActions: Action[], rules: Rule[] = [], more: object = {}): RoutedListener => ({
  listener: { ListenerArn: 'listener', Protocol: 'HTTP', Port: 80, DefaultActions, ...more },
  rules,
});
const login: Action[] = [
  { Type: 'authenticate-oidc', Order: 1 },
  { ...toWeb[0]!, Order: 2 },
];

describe('where a share can be led to a canary', () => {
  test.each<[what: string, given: RoutedListener, expected: object]>([
    ['the listener itself', listener(toWeb), { kind: 'place', place: { listenerArn: 'listener' } }],
    [
      'the rule that takes what users ask for, before the one of the health page',
      listener(toWeb, [rule('5', '/', weighted([web, 7])), rule('6', '/healthz', toWeb)]),
      { kind: 'place', place: { listenerArn: 'listener', ruleArn: 'rule-5' }, weight: 7 },
    ],
    [
      'the rule of the health page, where no other leads there',
      listener([{ Type: 'redirect' }], [rule('6', '/healthz', toWeb)]),
      { kind: 'place', place: { listenerArn: 'listener', ruleArn: 'rule-6' } },
    ],
    [
      'no action that divides requests already',
      listener(weighted([web, 1], ['targetgroup/other', 0])),
      { kind: 'none', obstacle: { code: 'SEVERAL_TARGET_GROUPS', count: 2 } },
    ],
    [
      'no action that nobody reaches',
      listener([{ Type: 'redirect' }]),
      { kind: 'none', obstacle: { code: 'NO_LISTENER' } },
    ],
  ])('%s', (_what, given, expected) =>
    expect(findCanaryPlace({ listener: given, targetGroupArn: web }, ['/', '/healthz'])).toMatchObject(expected),
  );

  test('no action that does more than forward', () => {
    // Not the rule of the health page in its place: users would not be led by it.
    for (const [given, place] of [
      [listener(login, [rule('6', '/healthz', toWeb)]), { listenerArn: 'listener' }],
      [listener(toWeb, [rule('5', '/', login)]), { listenerArn: 'listener', ruleArn: 'rule-5' }],
    ] as const)
      expect(findCanaryPlace({ listener: given, targetGroupArn: web }, ['/', '/healthz'])).toEqual({
        kind: 'none',
        obstacle: { code: 'NOT_A_PLAIN_FORWARD', place, types: ['a login', 'forward'] },
      });
  });
});

describe('of several listeners', () => {
  const plain = listener(toWeb);
  const secure = listener(toWeb, [], { ListenerArn: 'secure', Protocol: 'HTTPS', Port: 443 });
  const of = (...listeners: readonly RoutedListener[]) => [{ targetGroupArn: web, listeners }];

  test.each<[string | undefined, string]>([
    [undefined, 'listener'],
    ['https://site.example', 'secure'],
    ['https://site.example:443/', 'secure'],
    ['http://site.example', 'listener'],
    ['https://[::1]:8443', 'listener'],
  ])('%s means %s', (url, arn) => {
    const found = findTrialPlace(of(plain, secure), '/healthz', url);
    expect(typeof found === 'string' ? found : found.listener.listener.ListenerArn).toBe(arn);
  });

  test('a Network Load Balancer is none, and is named', () => {
    expect(findTrialPlace(of(listener(toWeb, [], { Protocol: 'TCP' })), '/')).toBe('NETWORK_LOAD_BALANCER');
    expect(findTrialPlace(of(listener([{ Type: 'fixed-response' }])), '/')).toBe('NO_LISTENER');
  });
});

test.each([
  { code: 'NO_LISTENER' },
  { code: 'NETWORK_LOAD_BALANCER' },
  { code: 'SEVERAL_TARGET_GROUPS', place: { listenerArn: 'l' }, count: 2 },
  { code: 'NOT_A_PLAIN_FORWARD', place: { listenerArn: 'l', ruleArn: 'r' }, types: ['authenticate-oidc', 'forward'] },
] as const)('$code says what to do', (obstacle) => {
  const { message, fix } = describeCanaryObstacle('web', obstacle);
  expect(message).toMatch(/web.*\.$/);
  expect(fix).toContain('deploy without a canary');
});
