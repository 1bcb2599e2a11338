import type { LoadBalancerAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';

const isBoolean = (value: string) => value === 'true' || value === 'false';
const anyText = () => true;

/** The initial values of an ALB's attributes, and which values each takes. */
const ATTRIBUTES: Readonly<Record<string, { readonly initial: string; isValid(value: string): boolean }>> = {
  'access_logs.s3.enabled': { initial: 'false', isValid: isBoolean },
  'access_logs.s3.bucket': { initial: '', isValid: anyText },
  'access_logs.s3.prefix': { initial: '', isValid: anyText },
  'connection_logs.s3.enabled': { initial: 'false', isValid: isBoolean },
  'connection_logs.s3.bucket': { initial: '', isValid: anyText },
  'connection_logs.s3.prefix': { initial: '', isValid: anyText },
  'idle_timeout.timeout_seconds': { initial: '60', isValid: (value) => isWithin(value, 1, 4000) },
  'client_keep_alive.seconds': { initial: '3600', isValid: (value) => isWithin(value, 60, 604_800) },
  'deletion_protection.enabled': { initial: 'false', isValid: isBoolean },
  'load_balancing.cross_zone.enabled': { initial: 'true', isValid: (value) => value === 'true' },
  'routing.http2.enabled': { initial: 'true', isValid: isBoolean },
  'routing.http.drop_invalid_header_fields.enabled': { initial: 'false', isValid: isBoolean },
  'routing.http.xff_client_port.enabled': { initial: 'false', isValid: isBoolean },
  'routing.http.preserve_host_header.enabled': { initial: 'false', isValid: isBoolean },
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': { initial: 'false', isValid: isBoolean },
  'routing.http.xff_header_processing.mode': {
    initial: 'append',
    isValid: (value) => ['append', 'preserve', 'remove'].includes(value),
  },
  'routing.http.desync_mitigation_mode': {
    initial: 'defensive',
    isValid: (value) => ['monitor', 'defensive', 'strictest'].includes(value),
  },
  'waf.fail_open.enabled': { initial: 'false', isValid: isBoolean },
  'zonal_shift.config.enabled': { initial: 'false', isValid: isBoolean },
};

function isWithin(value: string, low: number, high: number): boolean {
  return /^\d+$/.test(value) && Number(value) >= low && Number(value) <= high;
}

export function defaultLoadBalancerAttributes(): Map<string, LoadBalancerAttribute> {
  return new Map(Object.entries(ATTRIBUTES).map(([key, rule]) => [key, { Key: key, Value: rule.initial }]));
}

/** Throws ValidationError before anything is changed. */
export function checkLoadBalancerAttributes(attributes: readonly LoadBalancerAttribute[]): void {
  for (const { Key: key, Value: value } of attributes) {
    const rule = key === undefined ? undefined : ATTRIBUTES[key];
    if (!rule) throw new AwsError('ValidationError', `Load balancer attribute key '${key}' is not recognized`);
    if (rule.isValid(value ?? '')) continue;
    throw new AwsError('ValidationError', `Load balancer attribute value '${value}' is invalid for the key '${key}'`);
  }
}
