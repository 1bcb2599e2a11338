// canary-place: where an instance of a release can be tried before users reach it, and where a share of their requests can be led to it.
// Preflight and the deploy itself go by this rule.
import type { Action, Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type RoutedListener, routeThrough } from './version-route.js';

/** A target group of the group, with the listeners of its load balancers. */
export interface ListenedTargetGroup {
  readonly targetGroupArn: string;
  readonly listeners: readonly RoutedListener[];
}

/** Why there is no listener of which a rule could lead to an instance that is tried. */
export type NoTrialListener = 'NO_LISTENER' | 'NETWORK_LOAD_BALANCER';

export interface TrialPlace {
  readonly listener: RoutedListener;
  readonly targetGroupArn: string;
}

/**
 * The listener through which users' requests for `path` reach one of the target groups, with that target group. Of several, the one
 * that `url` names by its scheme and port. A Network Load Balancer has no rules.
 */
export function findTrialPlace(
  targetGroups: readonly ListenedTargetGroup[],
  path: string,
  url?: string,
): TrialPlace | NoTrialListener {
  const found: TrialPlace[] = [];
  let isNetwork = false;
  for (const { targetGroupArn, listeners } of targetGroups)
    for (const listener of listeners)
      if (!isHttp(listener.listener)) isNetwork ||= forwardsTo(listener.listener, targetGroupArn);
      else if (routeThrough(listener, targetGroupArn, path).kind === 'route') found.push({ listener, targetGroupArn });
  const [first] = [...found.filter(({ listener }) => isMeantBy(listener.listener, url)), ...found];
  return first ?? (isNetwork ? 'NETWORK_LOAD_BALANCER' : 'NO_LISTENER');
}

export function isHttp({ Protocol }: Listener): boolean {
  return Protocol === 'HTTP' || Protocol === 'HTTPS';
}

function forwardsTo({ DefaultActions = [] }: Listener, targetGroupArn: string): boolean {
  return DefaultActions.some((action) =>
    [action.TargetGroupArn, ...(action.ForwardConfig?.TargetGroups ?? []).map((one) => one.TargetGroupArn)].includes(
      targetGroupArn,
    ),
  );
}

function isMeantBy({ Protocol, Port }: Listener, url: string | undefined): boolean {
  // This package names no platform, and so no URL of its own.
  const [, scheme, port] = /^(https?):\/\/[^/]*?(?::(\d+))?(?:\/|$)/i.exec(url ?? '') ?? [];
  if (scheme === undefined) return false;
  const isSecure = scheme.toLowerCase() === 'https';
  return Protocol === (isSecure ? 'HTTPS' : 'HTTP') && Port === Number(port ?? (isSecure ? 443 : 80));
}

/** Why no share of users' requests can be led to a canary. */
export type CanaryObstacle =
  | { readonly code: NoTrialListener }
  /** The action divides requests among target groups already. */
  | { readonly code: 'SEVERAL_TARGET_GROUPS'; readonly place: CanaryPlace; readonly count: number }
  /** It does something else as well: a login, a redirect. */
  | { readonly code: 'NOT_A_PLAIN_FORWARD'; readonly place: CanaryPlace; readonly types: readonly string[] };

/** The rule, or the listener itself where there is no `ruleArn`. */
interface CanaryPlace {
  readonly listenerArn: string;
  readonly ruleArn?: string;
}

type CanaryVerdict =
  /** `weight`: of the target group in the action, before. */
  | { readonly kind: 'place'; readonly place: CanaryPlace; readonly weight?: number }
  | { readonly kind: 'none'; readonly obstacle: CanaryObstacle };

/** What users ask for, in the order in which it is tried: the rule that leads the first of them to the target group is the one. */
export function findCanaryPlace({ listener, targetGroupArn }: TrialPlace, paths: readonly string[]): CanaryVerdict {
  for (const path of paths) {
    const route = routeThrough(listener, targetGroupArn, path);
    const listenerArn = listener.listener.ListenerArn ?? '';
    if (route.kind === 'route') {
      const { ruleArn, actions } = route;
      return judgeActions({ listenerArn, ...(ruleArn === undefined ? {} : { ruleArn }) }, actions);
    }
    // Users who log in first are led on by that rule, and not by the one of another page.
    const login = route.obstacles.find(({ code }) => code === 'authentication');
    if (login?.code === 'authentication') {
      const isRule = listener.rules.some(({ RuleArn }) => RuleArn === login.rule);
      const place = { listenerArn, ...(isRule ? { ruleArn: login.rule } : {}) };
      return { kind: 'none', obstacle: { code: 'NOT_A_PLAIN_FORWARD', place, types: ['a login', 'forward'] } };
    }
  }
  return { kind: 'none', obstacle: { code: 'NO_LISTENER' } };
}

function judgeActions(place: CanaryPlace, actions: readonly Action[]): CanaryVerdict {
  const [action, ...others] = actions;
  if (action?.Type !== 'forward' || others.length > 0) {
    const types = actions.map(({ Type }) => Type ?? '');
    return { kind: 'none', obstacle: { code: 'NOT_A_PLAIN_FORWARD', place, types } };
  }
  const targetGroups = action.ForwardConfig?.TargetGroups ?? [];
  if (targetGroups.length > 1)
    return { kind: 'none', obstacle: { code: 'SEVERAL_TARGET_GROUPS', place, count: targetGroups.length } };
  const weight = targetGroups[0]?.Weight;
  return { kind: 'place', place, ...(weight === undefined ? {} : { weight }) };
}

/** The same in words, with what to do. The finding of preflight and the refusal of a deploy are these. */
export function describeCanaryObstacle(
  groupName: string,
  obstacle: CanaryObstacle,
): { readonly message: string; readonly fix: string; readonly subjectArn?: string } {
  const without = 'or deploy without a canary: the release is still tried before users reach it';
  switch (obstacle.code) {
    case 'NO_LISTENER':
      return {
        message: `No HTTP or HTTPS listener leads plain requests to ${groupName}, so no share of them can go to a canary.`,
        fix: `forward a rule of the load balancer to a target group of the group, ${without}`,
      };
    case 'NETWORK_LOAD_BALANCER':
      return {
        message: `${groupName} is behind a Network Load Balancer, which cannot give a share of users' requests to a canary.`,
        fix: 'deploy without a canary',
      };
    case 'SEVERAL_TARGET_GROUPS':
      return {
        message: `${placeOf(obstacle)} divides users' requests of ${groupName} among ${obstacle.count} target groups already, and whose shares these are is not known.`,
        fix: `let it forward to one target group alone, ${without}`,
        subjectArn: placeOf(obstacle),
      };
    case 'NOT_A_PLAIN_FORWARD':
      return {
        message: `${placeOf(obstacle)} does more than forward users' requests to ${groupName} (${obstacle.types.join(', ')}), and could not be given back as it was.`,
        fix: `let a rule that only forwards lead to the group, ${without}`,
        subjectArn: placeOf(obstacle),
      };
  }
}

function placeOf({ place }: { readonly place: CanaryPlace }): string {
  return place.ruleArn ?? place.listenerArn;
}
