import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ElbV2State } from '../services/elbv2/state.js';
import { createTurn, type RoutedRequest, route, targetKey } from './routing.js';
import {
  buildElbV2State,
  forwardTo,
  listenerArn,
  setTargets,
  type TargetSetting,
  targetGroupArn,
} from './testing/elbv2-state.js';

const request: RoutedRequest = {
  method: 'GET',
  host: 'example.com',
  path: '/',
  query: '',
  headers: {},
  sourceIp: '203.0.113.9',
};
const healthy = (id: string): TargetSetting => ({ id, state: 'healthy' });

/** The ids of the targets of `count` requests, or why there was none. */
function routeMany(state: ElbV2State, count: number, turn = createTurn()): readonly string[] {
  return Array.from({ length: count }, () => {
    const decision = route(state, listenerArn, request, turn);
    return decision.kind === 'forward' ? decision.targetId : decision.kind;
  });
}

describe('which target', () => {
  test('healthy targets take turns', () => {
    const state = buildElbV2State({ targetGroups: { web: [healthy('i-1'), healthy('i-2'), healthy('i-3')] } });
    expect(routeMany(state, 6)).toEqual(['i-1', 'i-2', 'i-3', 'i-1', 'i-2', 'i-3']);
  });

  test('an unhealthy, initial, draining or unused target gets nothing while another is healthy', () => {
    const state = buildElbV2State({
      targetGroups: {
        web: [
          { id: 'i-unhealthy', state: 'unhealthy' },
          { id: 'i-initial', state: 'initial' },
          { id: 'i-draining', state: 'draining' },
          { id: 'i-unused', state: 'unused' },
          healthy('i-1'),
        ],
      },
    });
    expect(new Set(routeMany(state, 10))).toEqual(new Set(['i-1']));
  });

  test('a group without a healthy target fails open to its unhealthy and initial ones, not to draining or unused ones', () => {
    const state = buildElbV2State({
      targetGroups: {
        web: [
          { id: 'i-unhealthy', state: 'unhealthy' },
          { id: 'i-initial', state: 'initial' },
          { id: 'i-draining', state: 'draining' },
          { id: 'i-unused', state: 'unused' },
        ],
      },
    });
    expect(routeMany(state, 4)).toEqual(['i-unhealthy', 'i-initial', 'i-unhealthy', 'i-initial']);
  });

  test.each([
    ['count', '2', ['i-1', 'i-2']],
    ['percentage', '75', ['i-1', 'i-2']],
    ['percentage', '50', ['i-1', 'i-1']],
    ['percentage', 'off', ['i-1', 'i-1']],
  ])('a group fails open below its minimum of healthy targets (%s %s)', (name, value, expected) => {
    const state = buildElbV2State({
      targetGroups: { web: [healthy('i-1'), { id: 'i-2', state: 'unhealthy' }] },
      targetGroupAttributes: { [`target_group_health.unhealthy_state_routing.minimum_healthy_targets.${name}`]: value },
    });
    expect(routeMany(state, 2)).toEqual(expected);
  });

  test.each([
    ['no target', []],
    ['only unused targets', [{ id: 'i-1', state: 'unused' as const }]],
    ['only draining targets', [{ id: 'i-1', state: 'draining' as const }]],
  ])('a group with %s answers 503', (_, targets) => {
    const state = buildElbV2State({ targetGroups: { web: targets } });
    expect(route(state, listenerArn, request, createTurn())).toEqual({
      kind: 'unavailable',
      statusCode: 503,
      because: 'noTargets',
      targetGroupArn: targetGroupArn('web'),
    });
  });

  test('a listener or a target group that is gone answers 503', () => {
    const state = buildElbV2State({ targetGroups: { web: [healthy('i-1')] } });
    state.targetGroups.clear();
    expect(route(state, listenerArn, request, createTurn())).toMatchObject({
      because: 'noTargetGroup',
      statusCode: 503,
    });
    state.listeners.clear();
    expect(route(state, listenerArn, request, createTurn())).toMatchObject({ because: 'noListener', statusCode: 503 });
  });

  test("a target without a port of its own gets its group's", () => {
    const state = buildElbV2State({ targetGroups: { web: [{ id: 'i-1', state: 'healthy', port: 8888 }] } });
    expect(route(state, listenerArn, request, createTurn())).toMatchObject({ port: 8888 });
    const record = [...(state.targetGroups.get(targetGroupArn('web'))?.targets.values() ?? [])][0]!;
    state.targetGroups.get(targetGroupArn('web'))?.targets.set('i-1', { ...record, target: { Id: 'i-1' } });
    state.targetGroups.get(targetGroupArn('web'))?.targets.delete('i-1:8888');
    expect(route(state, listenerArn, request, createTurn())).toMatchObject({ targetId: 'i-1', port: 80 });
  });

  test('least outstanding requests chooses the target with the fewest requests in flight', () => {
    const state = buildElbV2State({
      targetGroups: { web: [healthy('i-1'), healthy('i-2'), healthy('i-3')] },
      targetGroupAttributes: { 'load_balancing.algorithm.type': 'least_outstanding_requests' },
    });
    const turn = createTurn();
    turn.outstanding.set(targetKey(targetGroupArn('web'), 'i-1', 80), 4);
    turn.outstanding.set(targetKey(targetGroupArn('web'), 'i-2', 80), 1);
    turn.outstanding.set(targetKey(targetGroupArn('web'), 'i-3', 80), 2);
    expect(routeMany(state, 3, turn)).toEqual(['i-2', 'i-2', 'i-2']);
    turn.outstanding.clear();
    expect(new Set(routeMany(state, 3, turn))).toEqual(new Set(['i-1', 'i-2', 'i-3']));
  });
});

describe('weights', () => {
  test('share requests exactly and evenly spread', () => {
    const state = buildElbV2State({
      defaultAction: forwardTo(['old', 3], ['new', 1]),
      targetGroups: { old: [healthy('i-old')], new: [healthy('i-new')] },
    });
    expect(routeMany(state, 8)).toEqual(['i-old', 'i-old', 'i-new', 'i-old', 'i-old', 'i-old', 'i-new', 'i-old']);
  });

  test('an empty group keeps its share: the load balancer does not fail over between groups', () => {
    const state = buildElbV2State({
      defaultAction: forwardTo(['old', 1], ['new', 1]),
      targetGroups: { old: [healthy('i-old')], new: [] },
    });
    expect(routeMany(state, 4)).toEqual(['i-old', 'unavailable', 'i-old', 'unavailable']);
  });

  test('weights of zero everywhere answer 503', () => {
    const state = buildElbV2State({
      defaultAction: forwardTo(['old', 0], ['new', 0]),
      targetGroups: { old: [healthy('i-old')], new: [healthy('i-new')] },
    });
    expect(routeMany(state, 1)).toEqual(['unavailable']);
  });

  test('changed weights hold from the next request on', () => {
    const settings = { old: [healthy('i-old')], new: [healthy('i-new')] };
    const turn = createTurn();
    routeMany(buildElbV2State({ defaultAction: forwardTo(['old', 999], ['new', 1]), targetGroups: settings }), 7, turn);
    const after = buildElbV2State({ defaultAction: forwardTo(['old', 0], ['new', 1]), targetGroups: settings });
    expect(new Set(routeMany(after, 20, turn))).toEqual(new Set(['i-new']));
  });
});

describe('which rule', () => {
  const ruled = (...rules: readonly (readonly [priority: number, body: string, ...conditions: RuleCondition[]])[]) =>
    buildElbV2State({
      rules: rules.map(([priority, body, ...conditions]) => ({
        priority,
        conditions,
        action: { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: body } },
      })),
      targetGroups: { web: [healthy('i-1')] },
    });
  const answer = (state: ElbV2State, changed: Partial<RoutedRequest>) => {
    const decision = route(state, listenerArn, { ...request, ...changed }, createTurn());
    return decision.kind === 'fixedResponse' ? decision.body : decision.kind;
  };
  const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } });

  test('the lowest priority that matches wins, as numbers and whatever the order of creation', () => {
    const state = ruled([100, 'hundred', path('/a*')], [20, 'twenty', path('/a*')], [3, 'three', path('/b')]);
    expect(answer(state, { path: '/ab' })).toBe('twenty');
    expect(answer(state, { path: '/b' })).toBe('three');
    expect(answer(state, { path: '/c' })).toBe('forward');
  });

  test('all conditions of a rule must hold, any value of a condition suffices', () => {
    const state = ruled([
      1,
      'yes',
      path('/a', '/b'),
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } },
    ]);
    expect(answer(state, { path: '/b', method: 'POST' })).toBe('yes');
    expect(answer(state, { path: '/b', method: 'post' })).toBe('forward');
    expect(answer(state, { path: '/c', method: 'POST' })).toBe('forward');
  });

  const conditions: readonly (readonly [string, RuleCondition, Partial<RoutedRequest>, boolean])[] = [
    [
      'host, any case, port ignored',
      { Field: 'host-header', HostHeaderConfig: { Values: ['*.Example.com'] } },
      { host: 'WWW.example.com:8080' },
      true,
    ],
    ['host, old form', { Field: 'host-header', Values: ['a.example.com'] }, { host: 'a.example.com' }, true],
    ['another host', { Field: 'host-header', Values: ['a.example.com'] }, { host: 'b.example.com' }, false],
    ['path, same case only', path('/A'), { path: '/a' }, false],
    ['path, not the query', path('/a'), { path: '/a', query: 'x=1' }, true],
    [
      'header, any case',
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Proof', Values: ['T?k*'] } },
      { headers: { 'x-proof': 'tok-9' } },
      true,
    ],
    [
      'any of a header sent twice',
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X', Values: ['b'] } },
      { headers: { x: ['a', 'b'] } },
      true,
    ],
    ['header absent', { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X', Values: ['*'] } }, {}, false],
    [
      'query by key',
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'V', Value: 'new*' }] } },
      { query: 'a=b&v=New2' },
      true,
    ],
    [
      'query, other key',
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }] } },
      { query: 'w=1' },
      false,
    ],
    [
      'query, any key',
      { Field: 'query-string', QueryStringConfig: { Values: [{ Value: '1' }] } },
      { query: 'w=1' },
      true,
    ],
    ['no query', { Field: 'query-string', QueryStringConfig: { Values: [{ Value: '*' }] } }, {}, false],
    ['source address', { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8', '203.0.113.0/24'] } }, {}, true],
    [
      'source address mapped into IPv6',
      { Field: 'source-ip', SourceIpConfig: { Values: ['203.0.113.9/32'] } },
      { sourceIp: '::ffff:203.0.113.9' },
      true,
    ],
    [
      'source address outside',
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8', '2001:db8::/32'] } },
      {},
      false,
    ],
    [
      'source address is not X-Forwarded-For',
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
      { headers: { 'x-forwarded-for': '10.0.0.1' } },
      false,
    ],
    ['a field that is not known', { Field: 'moon-phase', Values: ['*'] }, {}, false],
  ];
  test.each(conditions)('condition: %s', (_, condition, changed, met) => {
    expect(answer(ruled([1, 'met', condition]), changed)).toBe(met ? 'met' : 'forward');
  });

  test('a redirect fills in what it does not change', () => {
    const to = (config: object) => {
      const state = buildElbV2State({
        defaultAction: { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', ...config } },
        targetGroups: {},
      });
      return route(
        state,
        listenerArn,
        { ...request, host: 'a.example:8080', path: '/w/x', query: 'q=1' },
        createTurn(),
      );
    };
    expect(to({ Protocol: 'HTTPS', Port: '443' })).toEqual({
      kind: 'redirect',
      statusCode: 301,
      location: 'https://a.example:443/w/x?q=1',
    });
    expect(to({ Host: 'b.#{host}', Path: '/new/#{path}', Query: '', StatusCode: 'HTTP_302' })).toEqual({
      kind: 'redirect',
      statusCode: 302,
      location: 'http://b.a.example:80/new/w/x',
    });
  });
});

describe('properties', () => {
  const states = ['initial', 'healthy', 'unhealthy', 'unused', 'draining', 'unavailable'] as const;
  const target = fc.record({
    id: fc.integer({ min: 1, max: 40 }).map((n) => `i-${n}`),
    state: fc.constantFrom(...states),
  });
  const targets = fc.uniqueArray(target, { selector: ({ id }) => id, maxLength: 12 });

  test('R2 R3 R6: a target is chosen if and only if its state allows it', () => {
    fc.assert(
      fc.property(targets, fc.nat(30), (targets, alreadyRouted) => {
        const state = buildElbV2State({ targetGroups: { web: targets } });
        const turn = createTurn();
        turn.roundRobin.set(targetGroupArn('web'), alreadyRouted);
        const registered = targets.filter(({ state }) => state !== 'draining' && state !== 'unused');
        const healthyOnes = registered.filter(({ state }) => state === 'healthy');
        const allowed = (healthyOnes.length > 0 ? healthyOnes : registered).map(({ id }) => id);
        const chosen = routeMany(state, Math.max(1, allowed.length), turn);
        // R4: as many requests as targets reach every one of them exactly once.
        expect([...chosen].sort()).toEqual(allowed.length > 0 ? [...allowed].sort() : ['unavailable']);
      }),
    );
  });

  test('R2: no draining target is ever chosen, however health changes between requests', () => {
    fc.assert(
      fc.property(fc.array(targets, { minLength: 1, maxLength: 12 }), (history) => {
        const state = buildElbV2State({ targetGroups: { web: [] } });
        const turn = createTurn();
        for (const now of history) {
          setTargets(state, 'web', now);
          const [chosen] = routeMany(state, 1, turn);
          expect(['draining', 'unused']).not.toContain(now.find(({ id }) => id === chosen)?.state);
        }
      }),
    );
  });

  test('R5: over the sum of the weights, every group gets exactly its weight', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { minLength: 2, maxLength: 5 }), fc.nat(40), (weights, alreadyRouted) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const names = weights.map((_, n) => `g${n}`);
        const state = buildElbV2State({
          defaultAction: forwardTo(...weights.map((weight, n) => [`g${n}`, weight] as const)),
          targetGroups: Object.fromEntries(names.map((name) => [name, [healthy(`i-${name}`)]])),
        });
        const turn = createTurn();
        routeMany(state, alreadyRouted, turn);
        const chosen = routeMany(state, total, turn);
        expect(names.map((name) => chosen.filter((id) => id === `i-${name}`).length)).toEqual(weights);
      }),
    );
  });
});
