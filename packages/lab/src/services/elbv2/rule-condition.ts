import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';

const CONFIGS = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
} as const;

/** Path and host conditions come back with Values and with their own config, as from AWS. Throws ValidationError. */
export function normalizeConditions(conditions: readonly RuleCondition[] | undefined): RuleCondition[] {
  if (!conditions || conditions.length === 0) throw new AwsError('ValidationError', 'A condition must be specified');
  return conditions.map(normalizeCondition);
}

function normalizeCondition(condition: RuleCondition): RuleCondition {
  const field = condition.Field as keyof typeof CONFIGS | undefined;
  const config = field === undefined ? undefined : CONFIGS[field];
  if (!config)
    throw new AwsError('ValidationError', `Condition field '${field}' must be one of '[${Object.keys(CONFIGS)}]'`);
  if (field === 'path-pattern' || field === 'host-header') {
    const values = condition.Values?.length ? condition.Values : condition[CONFIGS[field]]?.Values;
    if (!values?.length) throw new AwsError('ValidationError', 'A condition value must be specified');
    return { Field: field, Values: [...values], [config]: { Values: [...values] } };
  }
  if (!condition[config]?.Values?.length) throw new AwsError('ValidationError', 'A condition value must be specified');
  return { ...condition };
}
