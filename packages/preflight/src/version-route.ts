// version-route: through which listener the instances of a target group can be asked for their version, and if through none, what
// is in the way. The requests of the rollout itself go by this rule.
import type { Action, Listener, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { matchesWildcard } from '@directrix/iam';

export interface RoutedListener {
  readonly listener: Listener;
  /** Without or with the default rule: the listener's default actions stand for it. */
  readonly rules: readonly Rule[];
  /** Of the tag `directrix:url`: where a deployer reaches the listener. */
  readonly url?: string;
}

/** Why requests for the health page do not reach the target group through a rule that forwards to it. `rule`: its ARN. */
export type RouteObstacle =
  /** No HTTP or HTTPS, and no tag says where it answers. */
  | { readonly code: 'protocol'; readonly listenerArn: string; readonly protocol: string }
  | { readonly code: 'weightZero'; readonly rule: string }
  | { readonly code: 'wildcardHost'; readonly rule: string; readonly host: string }
  /** A condition that a plain request for the page does not meet: another path, a header, an address. */
  | { readonly code: 'condition'; readonly rule: string; readonly field: string }
  /** Users must log in first. */
  | { readonly code: 'authentication'; readonly rule: string }
  /** An earlier rule takes the same requests. */
  | { readonly code: 'earlierRule'; readonly rule: string; readonly by: string };

export type ListenerRouteVerdict =
  /** `host`: what the rule wants in the Host header; `ruleArn`: undefined for the listener's own default actions. */
  | { readonly kind: 'route'; readonly host?: string; readonly ruleArn?: string; readonly actions: readonly Action[] }
  /** Empty: no rule of the listener forwards to the target group. */
  | { readonly kind: 'none'; readonly obstacles: readonly RouteObstacle[] };

/** Whether GET of `path` through this listener reaches the target group. */
export function routeThrough(listener: RoutedListener, targetGroupArn: string, path: string): ListenerRouteVerdict {
  const rules = orderedRules(listener);
  const forwarding = rules.filter(({ actions }) => weightOf(actions, targetGroupArn) !== undefined);
  const { Protocol = '', ListenerArn = '' } = listener.listener;
  if (forwarding.length > 0 && listener.url === undefined && !['HTTP', 'HTTPS'].includes(Protocol))
    return { kind: 'none', obstacles: [{ code: 'protocol', listenerArn: ListenerArn, protocol: Protocol }] };
  const obstacles: RouteObstacle[] = [];
  for (const rule of forwarding) {
    const found = tryRule(rule, rules, targetGroupArn, path);
    if (!('code' in found)) {
      const ruleArn = rule.isDefault ? undefined : rule.arn;
      return { kind: 'route', ...found, actions: rule.actions, ...(ruleArn === undefined ? {} : { ruleArn }) };
    }
    obstacles.push(found);
  }
  return { kind: 'none', obstacles };
}

interface OrderedRule {
  readonly arn: string;
  readonly isDefault: boolean;
  readonly conditions: readonly RuleCondition[];
  readonly actions: readonly Action[];
}

function orderedRules({ listener, rules }: RoutedListener): readonly OrderedRule[] {
  const priorityOf = ({ Priority }: Rule) => (Priority === 'default' ? Number.POSITIVE_INFINITY : Number(Priority));
  const own = rules
    .filter(({ IsDefault, Priority }) => IsDefault !== true && Priority !== 'default')
    .sort((left, right) => priorityOf(left) - priorityOf(right))
    .map(({ RuleArn = '', Conditions = [], Actions = [] }) => ({
      arn: RuleArn,
      isDefault: false,
      conditions: Conditions,
      actions: Actions,
    }));
  return [
    ...own,
    {
      arn: `the default rule of ${listener.ListenerArn}`,
      isDefault: true,
      conditions: [],
      actions: listener.DefaultActions ?? [],
    },
  ];
}

function tryRule(
  rule: OrderedRule,
  rules: readonly OrderedRule[],
  targetGroupArn: string,
  path: string,
): RouteObstacle | { readonly host?: string } {
  if (weightOf(rule.actions, targetGroupArn) === 0) return { code: 'weightZero', rule: rule.arn };
  if (rule.actions.some(({ Type }) => Type?.startsWith('authenticate')))
    return { code: 'authentication', rule: rule.arn };
  const hosts = rule.conditions.find(isByHost);
  const host = hosts && valuesOf(hosts).find((name) => !/[*?]/.test(name));
  if (hosts !== undefined && host === undefined)
    return { code: 'wildcardHost', rule: rule.arn, host: valuesOf(hosts)[0] ?? '' };
  const request = { host, path };
  const unmet = rule.conditions.find((condition) => meets(condition, request) !== true);
  if (unmet !== undefined) return { code: 'condition', rule: rule.arn, field: unmet.Field ?? '' };
  const earlier = rules
    .slice(0, rules.indexOf(rule))
    .find(({ conditions }) => conditions.every((condition) => meets(condition, request) === true));
  if (earlier !== undefined) return { code: 'earlierRule', rule: rule.arn, by: earlier.arn };
  return host === undefined ? {} : { host };
}

interface PlainRequest {
  /** Undefined: the load balancer's own name. */
  readonly host: string | undefined;
  readonly path: string;
}

// Undefined: it depends on something that the request does not say.
function meets(condition: RuleCondition, { host, path }: PlainRequest): boolean | undefined {
  const values = valuesOf(condition);
  switch (condition.Field) {
    case 'host-header':
      if (host === undefined) return false;
      return values.some((pattern) => matchesWildcard(pattern.toLowerCase(), host.toLowerCase()));
    case 'path-pattern':
      return values.some((pattern) => matchesWildcard(pattern, path));
    case 'http-request-method':
      return values.includes('GET');
    default:
      return undefined;
  }
}

function isByHost({ Field }: RuleCondition): boolean {
  return Field === 'host-header';
}

function valuesOf(condition: RuleCondition): readonly string[] {
  const { HostHeaderConfig, PathPatternConfig, HttpRequestMethodConfig, Values } = condition;
  return (HostHeaderConfig ?? PathPatternConfig ?? HttpRequestMethodConfig)?.Values ?? Values ?? [];
}

/** The share of the requests that the target group gets; undefined when the actions do not forward to it. */
function weightOf(actions: readonly Action[], targetGroupArn: string): number | undefined {
  const forward = actions.find(({ Type }) => Type === 'forward');
  const weighted = forward?.ForwardConfig?.TargetGroups?.find((one) => one.TargetGroupArn === targetGroupArn);
  // One target group alone gets everything, whatever its weight says.
  if (weighted !== undefined) return forward?.ForwardConfig?.TargetGroups?.length === 1 ? 1 : (weighted.Weight ?? 1);
  return forward?.TargetGroupArn === targetGroupArn ? 1 : undefined;
}
