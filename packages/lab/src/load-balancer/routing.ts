// routing: which target answers this request, as an Application Load Balancer would choose it.
//
// Pure but for `turn`, the cursor that the caller keeps from request to request. Opens no connection and reads no clock: the
// real proxy and the simulated data plane both ask here.
//
//   R1. The rule with the lowest priority whose conditions are all met decides; the default rule when none is.
//   R2. A target that is draining or unused never gets a new request.
//   R3. An initial or unhealthy target gets requests only while its group fails open: fewer healthy targets than the group's
//       `unhealthy_state_routing` minimum (1 unless set). A group that fails open sends to all of its registered targets.
//   R4. Over n consecutive requests, round robin gives each of n targets exactly one.
//   R5. Weights share requests exactly: over a sum of weights W, a group of weight w gets w of W consecutive requests. A group
//       that cannot answer keeps its share: the load balancer does not fail over between target groups.
//   R6. No registered target, or only draining and unused ones: 503.
//
// Not modelled: target group stickiness, slow start, zones (cross-zone is on), weighted_random (served round robin).
// Source: ALB guide, "Listener rules" and "Target group health".
import type { Action, RedirectActionConfig, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbV2State, ListenerRecord, TargetGroupRecord, TargetRecord } from '../services/elbv2/state.js';
import { hostName, meetsCondition, type RoutedRequest } from './rule-condition.js';

export type { RoutedRequest } from './rule-condition.js';

export type RoutingDecision =
  | { readonly kind: 'forward'; readonly targetGroupArn: string; readonly targetId: string; readonly port: number }
  | {
      readonly kind: 'fixedResponse';
      readonly statusCode: number;
      readonly contentType: string | undefined;
      readonly body: string;
    }
  | { readonly kind: 'redirect'; readonly statusCode: number; readonly location: string }
  | {
      readonly kind: 'unavailable';
      readonly statusCode: 503;
      readonly because: 'noListener' | 'noTargetGroup' | 'noTargets';
      readonly targetGroupArn?: string;
    };

/** Whose turn it is. Kept by the caller for as long as its load balancer lives; `route` advances it. */
interface Turn {
  /** By target group ARN: requests routed so far. */
  readonly roundRobin: Map<string, number>;
  /** By rule ARN: how much each target group has waited. */
  readonly weights: Map<string, WeightedTurn>;
  /** By `targetKey`: requests in flight, counted by the caller; only `least_outstanding_requests` looks at it. */
  readonly outstanding: Map<string, number>;
}

interface WeightedTurn {
  readonly signature: string;
  readonly credits: number[];
}

export function createTurn(): Turn {
  return { roundRobin: new Map(), weights: new Map(), outstanding: new Map() };
}

/** The name of a target in its group in `Turn.outstanding`. */
export function targetKey(targetGroupArn: string, targetId: string, port: number): string {
  return `${targetGroupArn} ${targetId}:${port}`;
}

/** Decides one request at one listener. Never throws: what cannot be routed is `unavailable`. Advances `turn`. */
export function route(
  state: Pick<ElbV2State, 'listeners' | 'targetGroups'>,
  listenerArn: string,
  request: RoutedRequest,
  turn: Turn,
): RoutingDecision {
  const record = state.listeners.get(listenerArn);
  if (record === undefined) return { kind: 'unavailable', statusCode: 503, because: 'noListener' };
  const rule = findRule(record, request);
  const action = terminalAction(rule?.Actions ?? record.listener.DefaultActions ?? []);
  switch (action?.Type) {
    case 'fixed-response':
      return fixedResponse(action);
    case 'redirect':
      return redirect(action.RedirectConfig, record, request);
    default: {
      const targetGroupArn = chooseTargetGroup(action, rule?.RuleArn ?? listenerArn, turn);
      return forward(state, targetGroupArn, turn);
    }
  }
}

function findRule(record: ListenerRecord, request: RoutedRequest): Rule | undefined {
  let found: Rule | undefined;
  for (const rule of record.rules.values()) {
    if (found !== undefined && priority(rule) >= priority(found)) continue;
    if ((rule.Conditions ?? []).every((condition) => meetsCondition(condition, request))) found = rule;
  }
  return found;
}

function priority(rule: Rule): number {
  return rule.IsDefault || rule.Priority === 'default' ? Number.POSITIVE_INFINITY : Number(rule.Priority);
}

/** Authentication actions come before it, and are refused when a rule is created. */
function terminalAction(actions: readonly Action[]): Action | undefined {
  return actions.find((action) => ['forward', 'redirect', 'fixed-response'].includes(action.Type ?? ''));
}

function fixedResponse(action: Action): RoutingDecision {
  const { StatusCode, ContentType, MessageBody } = action.FixedResponseConfig ?? { StatusCode: '503' };
  return {
    kind: 'fixedResponse',
    statusCode: Number(StatusCode),
    contentType: ContentType ?? (MessageBody === undefined ? undefined : 'text/plain'),
    body: MessageBody ?? '',
  };
}

function redirect(
  config: RedirectActionConfig | undefined,
  { listener }: ListenerRecord,
  request: RoutedRequest,
): RoutingDecision {
  const values: Readonly<Record<string, string>> = {
    protocol: (listener.Protocol ?? 'HTTP').toLowerCase(),
    host: hostName(request.host),
    port: String(listener.Port ?? 80),
    path: request.path.replace(/^\//, ''),
    query: request.query,
  };
  const fill = (text: string) => text.replace(/#\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  const protocol = fill(config?.Protocol ?? '#{protocol}').toLowerCase();
  const query = fill(config?.Query ?? '#{query}');
  const authority = `${fill(config?.Host ?? '#{host}')}:${fill(config?.Port ?? '#{port}')}`;
  return {
    kind: 'redirect',
    statusCode: config?.StatusCode === 'HTTP_301' ? 301 : 302,
    location: encodeForHeader(
      `${protocol}://${authority}${fill(config?.Path ?? '/#{path}')}${query === '' ? '' : `?${query}`}`,
    ),
  };
}

/** Percent-encodes what a header cannot carry; a request line may bring bytes beyond ASCII. */
function encodeForHeader(url: string): string {
  return url.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[^\x21-\x7e]/gu, encodeURIComponent);
}

/**
 * Smooth weighted round robin (nginx's): every group earns its weight, the richest is chosen and pays the sum of the weights.
 *
 *   weights 3, 1 -> A A B A | A A B A | …
 */
function chooseTargetGroup(action: Action | undefined, ruleArn: string, turn: Turn): string | undefined {
  const groups = action?.ForwardConfig?.TargetGroups ?? [];
  if (groups.length <= 1) return groups[0]?.TargetGroupArn ?? action?.TargetGroupArn;
  const weights = groups.map((group) => group.Weight ?? 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  const { credits } = weightedTurn(
    ruleArn,
    groups.map((group, n) => `${group.TargetGroupArn}=${weights[n]}`).join(),
    turn,
  );
  let chosen = -1;
  for (const [n, weight] of weights.entries()) {
    credits[n] = (credits[n] ?? 0) + weight;
    if (weight > 0 && (chosen < 0 || credits[n] > (credits[chosen] ?? 0))) chosen = n;
  }
  credits[chosen] = (credits[chosen] ?? 0) - total;
  return groups[chosen]?.TargetGroupArn;
}

function weightedTurn(ruleArn: string, signature: string, turn: Turn): WeightedTurn {
  const known = turn.weights.get(ruleArn);
  if (known?.signature === signature) return known;
  const fresh: WeightedTurn = { signature, credits: [] };
  turn.weights.set(ruleArn, fresh);
  return fresh;
}

function forward(
  state: Pick<ElbV2State, 'targetGroups'>,
  targetGroupArn: string | undefined,
  turn: Turn,
): RoutingDecision {
  const group = targetGroupArn === undefined ? undefined : state.targetGroups.get(targetGroupArn);
  if (targetGroupArn === undefined || group === undefined) {
    return { kind: 'unavailable', statusCode: 503, because: 'noTargetGroup', targetGroupArn };
  }
  const candidates = routableTargets(group);
  if (candidates.length === 0) return { kind: 'unavailable', statusCode: 503, because: 'noTargets', targetGroupArn };
  const { targetId, port } = chooseTarget(group, targetGroupArn, candidates, turn);
  return { kind: 'forward', targetGroupArn, targetId, port };
}

/** The targets of a group that may get a new request now: R2, R3. */
function routableTargets(group: TargetGroupRecord): readonly TargetRecord[] {
  const registered: TargetRecord[] = [];
  const healthy: TargetRecord[] = [];
  for (const target of group.targets.values()) {
    const { State: state } = target.health;
    if (state === 'draining' || state === 'unused' || state === 'unhealthy.draining') continue;
    registered.push(target);
    if (state === 'healthy') healthy.push(target);
  }
  return healthy.length < minimumHealthy(group, registered.length) ? registered : healthy;
}

function minimumHealthy(group: TargetGroupRecord, registered: number): number {
  const setting = (name: string) =>
    Number(group.attributes.get(`target_group_health.unhealthy_state_routing.minimum_healthy_targets.${name}`)?.Value);
  const count = setting('count');
  const percentage = setting('percentage'); // `off` is not a number
  return Math.max(1, count || 1, Number.isNaN(percentage) ? 0 : Math.ceil((registered * percentage) / 100));
}

function chooseTarget(
  group: TargetGroupRecord,
  targetGroupArn: string,
  candidates: readonly TargetRecord[],
  turn: Turn,
): { readonly targetId: string; readonly port: number } {
  const cursor = turn.roundRobin.get(targetGroupArn) ?? 0;
  turn.roundRobin.set(targetGroupArn, (cursor + 1) % Number.MAX_SAFE_INTEGER);
  const address = (record: TargetRecord | undefined) => ({
    targetId: record?.target.Id ?? '',
    port: record?.target.Port ?? group.targetGroup.Port ?? 80,
  });
  const first = cursor % candidates.length;
  if (group.attributes.get('load_balancing.algorithm.type')?.Value !== 'least_outstanding_requests') {
    return address(candidates[first]);
  }
  const outstanding = (n: number) => {
    const { targetId, port } = address(candidates[n]);
    return turn.outstanding.get(targetKey(targetGroupArn, targetId, port)) ?? 0;
  };
  // Ties go around in turn.
  let least = first;
  for (let step = 1; step < candidates.length; step += 1) {
    const n = (first + step) % candidates.length;
    if (outstanding(n) < outstanding(least)) least = n;
  }
  return address(candidates[least]);
}
