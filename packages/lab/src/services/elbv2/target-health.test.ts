import type { TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestContext, type TestContext } from '../../control-plane/test-context.js';
import type { Effect, HealthCheckResult } from '../../control-plane/types.js';
import { elbV2Service } from './service.js';
import type { TargetGroupRecord } from './state.js';
import { DEFAULT_HEALTH_CHECK, defaultTargetGroupAttributes } from './target-group-settings.js';
import {
  deregisterTarget,
  HEALTH,
  matchesCode,
  recordCheckResult,
  registerTarget,
  settleTargets,
} from './target-health.js';

const ID = 'i-1';
const KEY = `${ID}:80`;
const ok: HealthCheckResult = { kind: 'response', statusCode: 200 };
const bad: HealthCheckResult = { kind: 'response', statusCode: 503 };

let context: TestContext;
let group: TargetGroupRecord;

beforeEach(() => {
  context = createTestContext({ timing: { targetRegistrationMs: 2_000 } });
  context.state.ec2.instances.set(ID, {
    instance: { InstanceId: ID, State: { Name: 'running' }, Placement: { AvailabilityZone: 'us-west-2a' } },
    console: '',
  });
  context.state.elbv2.loadBalancers.set('lb', {
    loadBalancer: { LoadBalancerArn: 'lb', AvailabilityZones: [{ ZoneName: 'us-west-2a' }] },
    attributes: new Map(),
  });
  group = {
    targetGroup: {
      TargetGroupArn: 'tg',
      TargetType: 'instance',
      Port: 80,
      LoadBalancerArns: ['lb'],
      ...DEFAULT_HEALTH_CHECK,
      HealthCheckPath: '/healthz',
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 2,
    },
    attributes: defaultTargetGroupAttributes(),
    targets: new Map(),
  };
  context.state.elbv2.targetGroups.set('tg', group);
  registerTarget(group, { Id: ID }, context);
});

describe('a new target', () => {
  it('is initial: first registering, then being checked', () => {
    expect(health()).toEqual(HEALTH.registering);
    advance(2_000);
    expect(health()).toEqual(HEALTH.checking);
    expect(checks()).toHaveLength(1);
    expect(checks()[0]).toMatchObject({ targetId: ID, port: 80, path: '/healthz', timeoutMs: 5_000 });
  });

  it('is healthy after one passing check', () => {
    advance(2_000);
    answer(ok);
    expect(health()).toEqual({ State: 'healthy' });
  });

  it('stays initial until as many checks have failed in a row as make it unhealthy', () => {
    advance(2_000);
    answer(bad);
    expect(health().State).toBe('initial');
    advance(30_000);
    answer(bad);
    expect(health()).toEqual({
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [503]',
    });
  });
});

describe('a target that was judged', () => {
  it('is unhealthy after two failures in a row, and healthy again after three passes in a row', () => {
    advance(2_000);
    const expected: readonly (readonly [HealthCheckResult, string])[] = [
      [ok, 'healthy'],
      [bad, 'healthy'],
      [ok, 'healthy'],
      [bad, 'healthy'],
      [bad, 'unhealthy'],
      [ok, 'unhealthy'],
      [ok, 'unhealthy'],
      [bad, 'unhealthy'],
      [ok, 'unhealthy'],
      [ok, 'unhealthy'],
      [ok, 'healthy'],
    ];
    const seen = expected.map(([result]) => {
      answer(result);
      const { State } = health();
      advance(30_000);
      return State;
    });
    expect(seen).toEqual(expected.map(([, state]) => state));
  });

  it.each([
    [{ kind: 'timeout' }, { Reason: 'Target.Timeout', Description: 'Request timed out' }],
    [{ kind: 'failed' }, { Reason: 'Target.FailedHealthChecks', Description: 'Health checks failed' }],
  ] as const)('names why: %j', (result, why) => {
    advance(2_000);
    answer(result);
    advance(30_000);
    answer(result);
    expect(health()).toEqual({ State: 'unhealthy', ...why });
  });
});

describe('checks', () => {
  it('are sent at the interval, whether or not they were answered', () => {
    advance(2_000 + 4 * 30_000);
    expect(checks()).toHaveLength(5);
  });

  it('go to the health check port when the group has one', () => {
    group.targetGroup.HealthCheckPort = '8888';
    advance(2_000);
    expect(checks()[0]!.port).toBe(8888);
    answer(ok);
    expect(health().State).toBe('healthy');
  });

  it('answered late or out of order change nothing', () => {
    advance(2_000 + 30_000);
    const [first, second] = checks();
    record(second!.checkId, ok);
    record(first!.checkId, bad);
    expect(group.targets.get(KEY)).toMatchObject({ consecutiveFailures: 0, consecutiveSuccesses: 1 });
  });

  it('of an earlier registration change nothing', () => {
    advance(2_000);
    const [old] = checks();
    deregisterTarget(group, KEY, context);
    registerTarget(group, { Id: ID }, context);
    advance(2_000);
    record(old!.checkId, ok);
    expect(health()).toEqual(HEALTH.checking);
  });

  it('say that nothing changed when they only confirm', () => {
    advance(2_000);
    answer(ok);
    advance(30_000);
    const event = {
      service: 'elasticloadbalancing',
      type: 'healthCheckResult',
      targetGroupArn: 'tg',
      targetId: ID,
      port: 80,
      checkId: checks().at(-1)!.checkId,
      result: ok,
    } as const;
    expect(elbV2Service.onEvent!(event, context)).toBe('unchanged');
  });
});

describe('draining', () => {
  it('shows for the whole delay with nothing in flight, then the target is gone and what is in flight is cut', () => {
    group.attributes.set('deregistration_delay.timeout_seconds', {
      Key: 'deregistration_delay.timeout_seconds',
      Value: '60',
    });
    advance(2_000);
    answer(ok);
    deregisterTarget(group, KEY, context);
    expect(health()).toEqual(HEALTH.draining);
    advance(59_999);
    expect(health()).toEqual(HEALTH.draining);
    advance(1);
    expect(group.targets.size).toBe(0);
    expect(context.effects).toContainEqual({ kind: 'drainEnded', targetGroupArn: 'tg', targetId: ID, port: 80 });
  });

  it('ends at once when the target is registered again, which starts as new', () => {
    advance(2_000);
    answer(ok);
    deregisterTarget(group, KEY, context);
    registerTarget(group, { Id: ID }, context);
    expect(health()).toEqual(HEALTH.registering);
    advance(300_000);
    expect(group.targets.size).toBe(1);
  });
});

describe('an unused target', () => {
  it.each([
    ['no rule forwards to its group', () => (group.targetGroup.LoadBalancerArns = []), HEALTH.notInUse],
    [
      'its zone is not enabled',
      () =>
        (context.state.elbv2.loadBalancers.get('lb')!.loadBalancer.AvailabilityZones = [{ ZoneName: 'us-west-2b' }]),
      HEALTH.zoneNotEnabled,
    ],
    ['its instance stopped', () => setInstance('stopped'), HEALTH.stopped],
    ['its instance terminated', () => setInstance('terminated'), HEALTH.terminated],
  ] as const)('is one when %s: unchecked, and gone at once when deregistered', (_, change, expected) => {
    advance(2_000);
    answer(ok);
    change();
    settleTargets(context);
    expect(health()).toEqual(expected);
    const before = checks().length;
    advance(120_000);
    expect(checks()).toHaveLength(before);
    deregisterTarget(group, KEY, context);
    expect(group.targets.size).toBe(0);
  });

  it('is gone once EC2 has forgotten its instance', () => {
    setInstance('terminated');
    settleTargets(context);
    context.state.ec2.instances.delete(ID);
    settleTargets(context);
    expect(group.targets.size).toBe(0);
  });

  it('starts again as new once it is of use', () => {
    setInstance('stopped');
    settleTargets(context);
    setInstance('running');
    settleTargets(context);
    expect(health()).toEqual(HEALTH.registering);
    advance(2_000);
    answer(ok);
    expect(health().State).toBe('healthy');
  });
});

describe('a matcher', () => {
  it.each([
    ['200', 200, true],
    ['200', 204, false],
    ['200,204', 204, true],
    ['200-299', 250, true],
    ['200-299,404', 404, true],
    ['200-299', 302, false],
  ])('%s admits %i: %s', (matcher, code, expected) => {
    expect(matchesCode(matcher, code)).toBe(expected);
  });
});

function health(): TargetHealth {
  return group.targets.get(KEY)!.health;
}

function checks(): readonly Extract<Effect, { kind: 'checkHealth' }>[] {
  return context.effects.filter((effect) => effect.kind === 'checkHealth');
}

function answer(result: HealthCheckResult): void {
  record(checks().at(-1)!.checkId, result);
}

function record(checkId: string, result: HealthCheckResult): void {
  recordCheckResult(group, checkId, result, context);
}

function advance(ms: number): void {
  context.advance(ms, (event, now) => elbV2Service.onEvent!(event, now));
}

function setInstance(state: 'running' | 'stopped' | 'terminated'): void {
  context.state.ec2.instances.get(ID)!.instance.State = { Name: state };
}
