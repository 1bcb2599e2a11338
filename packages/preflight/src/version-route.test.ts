import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { type RoutedListener, routeThrough } from './version-route.js';

const web = 'targetgroup/web';
const toWeb: Action[] = [{ Type: 'forward', TargetGroupArn: web }];
const toOther: Action[] = [{ Type: 'forward', TargetGroupArn: 'targetgroup/other' }];
const notFound: Action[] = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }];

const weighted = (...weights: readonly (readonly [arn: string, weight: number])[]): Action[] => [
  {
    Type: 'forward',
    ForwardConfig: { TargetGroups: weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  },
];
const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', Values });
const rule = (Priority: string, Conditions: RuleCondition[], Actions: Action[]): Rule => ({
  RuleArn: `rule-${Priority}`,
  Priority,
  Conditions,
  Actions,
});
const listener = (DefaultActions: Action[], rules: Rule[] = [], more: object = {}): RoutedListener => ({
  listener: { ListenerArn: 'listener', Protocol: 'HTTP', DefaultActions, ...more },
  rules,
});

test.each<[what: string, given: RoutedListener, expected: object]>([
  ['the default rule', listener(toWeb), { kind: 'route' }],
  ['another target group', listener(toOther), { kind: 'none', obstacles: [] }],
  ['a rule by host', listener(notFound, [rule('1', [host('a.example')], toWeb)]), { kind: 'route', host: 'a.example' }],
  [
    'a rule by several hosts takes the first that is a name',
    listener(notFound, [rule('1', [host('*.example', 'a.example')], toWeb)]),
    { kind: 'route', host: 'a.example' },
  ],
  [
    'a rule by wildcard host',
    listener(notFound, [rule('1', [host('*.example')], toWeb)]),
    { obstacles: [{ code: 'wildcardHost', rule: 'rule-1', host: '*.example' }] },
  ],
  [
    'a rule by another path',
    listener(notFound, [rule('1', [path('/api/*')], toWeb)]),
    { obstacles: [{ code: 'condition', field: 'path-pattern' }] },
  ],
  ['a rule by a path that the page has', listener(notFound, [rule('1', [path('/health*')], toWeb)]), { kind: 'route' }],
  [
    'a rule by header',
    listener(notFound, [rule('1', [{ Field: 'http-header' }], toWeb)]),
    { obstacles: [{ code: 'condition', field: 'http-header' }] },
  ],
  ['weight 0', listener(weighted([web, 0], ['targetgroup/other', 100])), { obstacles: [{ code: 'weightZero' }] }],
  ['a share', listener(weighted([web, 1], ['targetgroup/other', 9])), { kind: 'route' }],
  ['weight 0 of one alone', listener(weighted([web, 0])), { kind: 'route' }],
  [
    'an earlier rule that takes the page',
    listener(toWeb, [rule('5', [path('/healthz')], notFound)]),
    { obstacles: [{ code: 'earlierRule', by: 'rule-5' }] },
  ],
  [
    'a later rule that would take it',
    listener(notFound, [rule('9', [path('/*')], toOther), rule('2', [], toWeb)]),
    { kind: 'route' },
  ],
  ['a login first', listener([{ Type: 'authenticate-oidc' }, ...toWeb]), { obstacles: [{ code: 'authentication' }] }],
  ['a listener without HTTP', listener(toWeb, [], { Protocol: 'TCP' }), { obstacles: [{ code: 'protocol' }] }],
  [
    'one whose tag says where it answers',
    { ...listener(toWeb, [], { Protocol: 'TCP' }), url: 'http://lb' },
    { kind: 'route' },
  ],
  [
    'AWS lists the default rule too',
    listener(toWeb, [{ RuleArn: 'rule-default', Priority: 'default', IsDefault: true, Actions: toWeb }]),
    { kind: 'route' },
  ],
])('%s', (_what, given, expected) => expect(routeThrough(given, web, '/healthz')).toMatchObject(expected));
