import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createElbV2State, type ElbV2State } from '../../services/elbv2/state.js';

// Builds an ElbV2State by hand for the load balancer's own tests: only what matters to a test is said.

export const loadBalancerArn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/web/1';
export const listenerArn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/web/1/80';

export function targetGroupArn(name: string): string {
  return `arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/${name}/1`;
}

export interface TargetSetting {
  readonly id: string;
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';
  readonly port?: number;
}

export function forwardTo(...groups: readonly (readonly [name: string, weight: number])[]): Action {
  return {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: groups.map(([name, Weight]) => ({ TargetGroupArn: targetGroupArn(name), Weight })),
    },
  };
}

export function buildElbV2State(settings: {
  readonly defaultAction?: Action;
  readonly rules?: readonly {
    readonly priority: number;
    readonly conditions: readonly RuleCondition[];
    readonly action: Action;
  }[];
  readonly targetGroups: Readonly<Record<string, readonly TargetSetting[]>>;
  readonly targetGroupAttributes?: Readonly<Record<string, string>>;
  readonly loadBalancerAttributes?: Readonly<Record<string, string>>;
}): ElbV2State {
  const state = createElbV2State();
  const attributesOf = (attributes: Readonly<Record<string, string>> = {}) =>
    new Map(Object.entries(attributes).map(([Key, Value]) => [Key, { Key, Value }]));
  state.loadBalancers.set(loadBalancerArn, {
    loadBalancer: { LoadBalancerArn: loadBalancerArn, LoadBalancerName: 'web', Type: 'application' },
    attributes: attributesOf(settings.loadBalancerAttributes),
  });
  for (const name of Object.keys(settings.targetGroups)) {
    state.targetGroups.set(targetGroupArn(name), {
      targetGroup: { TargetGroupArn: targetGroupArn(name), TargetGroupName: name, Port: 80, Protocol: 'HTTP' },
      attributes: attributesOf(settings.targetGroupAttributes),
      targets: new Map(),
    });
    setTargets(state, name, settings.targetGroups[name] ?? []);
  }
  const first = Object.keys(settings.targetGroups)[0] ?? 'web';
  const action = settings.defaultAction ?? { Type: 'forward', TargetGroupArn: targetGroupArn(first) };
  const rules: Rule[] = [
    { RuleArn: `${listenerArn}/default`, Priority: 'default', IsDefault: true, Conditions: [], Actions: [action] },
    ...(settings.rules ?? []).map((rule) => ({
      RuleArn: `${listenerArn}/${rule.priority}`,
      Priority: String(rule.priority),
      Conditions: [...rule.conditions],
      Actions: [rule.action],
    })),
  ];
  state.listeners.set(listenerArn, {
    listener: {
      ListenerArn: listenerArn,
      LoadBalancerArn: loadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [action],
    },
    rules: new Map(rules.map((rule) => [rule.RuleArn ?? '', rule])),
  });
  return state;
}

/** Replaces the targets of a group. */
export function setTargets(state: ElbV2State, name: string, targets: readonly TargetSetting[]): void {
  const group = state.targetGroups.get(targetGroupArn(name));
  group?.targets.clear();
  for (const { id, state: health, port = 80 } of targets) {
    group?.targets.set(`${id}:${port}`, {
      target: { Id: id, Port: port },
      registrationId: `registration of ${id}`,
      checkEpoch: 0,
      checksSent: 0,
      lastAnsweredCheck: 0,
      health: { State: health },
      consecutiveSuccesses: 0,
      consecutiveFailures: 0,
      registeredAt: 0,
    });
  }
}
