// target-group-settings: health check settings and attributes of a target group, their defaults and their ranges.
import type { TargetGroup, TargetGroupAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';

type HealthCheckSettings = Pick<
  TargetGroup,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>;

/** ALB guide, target group health checks. Interval, timeout and thresholds in their units; protocol HTTP. */
export const DEFAULT_HEALTH_CHECK = {
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/',
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  Matcher: { HttpCode: '200' },
} as const satisfies HealthCheckSettings;

/** Throws ValidationError (InvalidConfigurationRequest is not what AWS answers here) for a setting out of its range. */
export function checkHealthCheckSettings(settings: HealthCheckSettings): void {
  requireRange('Health check interval', settings.HealthCheckIntervalSeconds!, 5, 300);
  requireRange('Health check timeout', settings.HealthCheckTimeoutSeconds!, 2, 120);
  requireRange('Healthy threshold count', settings.HealthyThresholdCount!, 2, 10);
  requireRange('Unhealthy threshold count', settings.UnhealthyThresholdCount!, 2, 10);
  if (settings.HealthCheckTimeoutSeconds! >= settings.HealthCheckIntervalSeconds!) {
    throw new AwsError(
      'ValidationError',
      `Health check timeout '${settings.HealthCheckTimeoutSeconds}' must be smaller than the interval '${settings.HealthCheckIntervalSeconds}'`,
    );
  }
  checkPath(settings.HealthCheckPath);
  checkPort(settings.HealthCheckPort!);
  checkMatcher(settings.Matcher?.HttpCode ?? '200');
  if (settings.HealthCheckProtocol !== 'HTTP' && settings.HealthCheckProtocol !== 'HTTPS') {
    throw new AwsError('ValidationError', `Health check protocol '${settings.HealthCheckProtocol}' is not supported`);
  }
}

function requireRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new AwsError('ValidationError', `${name} '${value}' must be between '${low}' and '${high}' inclusive`);
}

function checkPath(path: string | undefined): void {
  if (path === undefined || (path.startsWith('/') && path.length <= 1024 && !/\s/.test(path))) return;
  throw new AwsError('ValidationError', `Health check path '${path}' must begin with a '/' character`);
}

function checkPort(port: string): void {
  if (port === 'traffic-port' || (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) return;
  throw new AwsError('ValidationError', `Health check port '${port}' must be in the range 1-65535 or 'traffic-port'`);
}

function checkMatcher(matcher: string): void {
  const codes = matcher.split(',').flatMap((part) => part.trim().split('-'));
  const isValid = codes.every((code) => /^\d{3}$/.test(code) && Number(code) >= 200 && Number(code) <= 499);
  if (!isValid)
    throw new AwsError('ValidationError', `Health check matcher HTTP code '${matcher}' must be within 200-499`);
}

interface AttributeRule {
  readonly initial: string;
  isValid(value: string): boolean;
}

const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value);
const between = (low: number, high: number) => (value: string) =>
  /^\d+$/.test(value) && Number(value) >= low && Number(value) <= high;
const onOff = oneOf('true', 'false');

const ATTRIBUTES: Readonly<Record<string, AttributeRule>> = {
  'deregistration_delay.timeout_seconds': { initial: '300', isValid: between(0, 3600) },
  'stickiness.enabled': { initial: 'false', isValid: onOff },
  'stickiness.type': { initial: 'lb_cookie', isValid: oneOf('lb_cookie', 'app_cookie') },
  'stickiness.lb_cookie.duration_seconds': { initial: '86400', isValid: between(1, 604_800) },
  'stickiness.app_cookie.cookie_name': { initial: '', isValid: () => true },
  'stickiness.app_cookie.duration_seconds': { initial: '86400', isValid: between(1, 604_800) },
  'slow_start.duration_seconds': {
    initial: '0',
    isValid: (value) => value === '0' || between(30, 900)(value),
  },
  'load_balancing.algorithm.type': {
    initial: 'round_robin',
    isValid: oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  },
  'load_balancing.algorithm.anomaly_mitigation': { initial: 'off', isValid: oneOf('on', 'off') },
  'load_balancing.cross_zone.enabled': {
    initial: 'use_load_balancer_configuration',
    isValid: oneOf('true', 'false', 'use_load_balancer_configuration'),
  },
  'target_group_health.dns_failover.minimum_healthy_targets.count': {
    initial: '1',
    isValid: (value) => value === 'off' || between(1, 1000)(value),
  },
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': {
    initial: 'off',
    isValid: (value) => value === 'off' || between(1, 100)(value),
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    initial: '1',
    isValid: between(1, 1000),
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': {
    initial: 'off',
    isValid: (value) => value === 'off' || between(1, 100)(value),
  },
};

export function defaultTargetGroupAttributes(): Map<string, TargetGroupAttribute> {
  return new Map(Object.entries(ATTRIBUTES).map(([key, rule]) => [key, { Key: key, Value: rule.initial }]));
}

/** Throws ValidationError before anything is changed. */
export function checkTargetGroupAttributes(attributes: readonly TargetGroupAttribute[]): void {
  for (const { Key: key, Value: value } of attributes) {
    const rule = key === undefined ? undefined : ATTRIBUTES[key];
    if (!rule) throw new AwsError('ValidationError', `Target group attribute key '${key}' is not recognized`);
    if (rule.isValid(value ?? '')) continue;
    throw new AwsError('ValidationError', `Target group attribute value '${value}' is invalid for the key '${key}'`);
  }
}
