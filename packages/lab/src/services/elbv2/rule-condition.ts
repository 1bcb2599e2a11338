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
    if ((condition.Values?.length ?? 0) > 1)
      throw refusal(`The '${field}' field contains too many values; the limit is '1'`);
    const values = condition.Values?.length ? condition.Values : condition[CONFIGS[field]]?.Values;
    if (!values?.length) throw refusal('A condition value must be specified');
    checkLengths(field, values);
    return { Field: field, Values: [...values], [config]: { Values: [...values] } };
  }
  if (condition[config] === undefined) throw refusal(`A '${config}' must be specified with '${field}'`);
  if (!condition[config].Values?.length) throw refusal(`A '${field}' value must be specified`);
  checkValues(condition);
  return { ...condition };
}

const LONGEST_VALUE = 128;
const LONGEST_NAME = 40;

/** What is particular to the conditions that have no plain `Values`. */
function checkValues({
  HttpHeaderConfig: header,
  HttpRequestMethodConfig: method,
  QueryStringConfig: query,
}: RuleCondition) {
  if (header !== undefined) {
    checkLengths('HttpHeaderName', [header.HttpHeaderName ?? ''], LONGEST_NAME);
    checkLengths('http-header', header.Values ?? []);
  }
  if (method !== undefined) {
    checkLengths('http-request-method', method.Values ?? [], LONGEST_NAME);
    if (!(method.Values ?? []).every((value) => /^[A-Z_-]+$/.test(value)))
      throw refusal(
        "The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore",
      );
  }
  for (const { Key: key = '', Value: value } of query?.Values ?? []) {
    checkLengths('Key', [key]);
    if (value === undefined) throw refusal("A 'Value' must be specified in 'QueryStringKeyValuePair'");
    checkLengths('Value', [value]);
  }
}

function checkLengths(what: string, values: readonly string[], longest = LONGEST_VALUE): void {
  if (values.some((value) => value.length > longest))
    throw refusal(`The '${what}' value is too long; the limit is '${longest}'`);
}

function refusal(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
