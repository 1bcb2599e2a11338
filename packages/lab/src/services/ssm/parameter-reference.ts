import type { ParameterHistory } from '@aws-sdk/client-ssm';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';
import { publicParameter } from './public-parameters.js';
import type { ParameterRecord } from './state.js';

/** A parameter as a request names it: `/a/b`, `/a/b:3`, `/a/b:label`, or an ARN of it. */
interface ParameterReference {
  readonly name: string;
  /** A version or a label, without the colon. */
  readonly selector?: string;
}

export function parseParameterReference(text: string, state: LabState): ParameterReference {
  const prefix = `arn:aws:ssm:${state.region}:${state.accountId}:parameter`;
  const [name = '', selector] = (text.startsWith(prefix) ? text.slice(prefix.length) : text).split(':', 2);
  return { name, ...(selector === undefined ? {} : { selector }) };
}

/** The version that a reference selects, the current one by default. Throws ParameterVersionNotFound. */
export function selectVersion(record: ParameterRecord, selector: string | undefined): ParameterHistory {
  if (selector === undefined) return currentVersion(record);
  const isNumber = /^\d+$/.test(selector);
  const version = record.versions.find((candidate) =>
    isNumber ? candidate.Version === Number(selector) : candidate.Labels?.includes(selector),
  );
  if (version !== undefined) return version;
  throw new AwsError(
    'ParameterVersionNotFound',
    isNumber
      ? `Systems Manager could not find version ${selector} of ${record.name}. Verify the version and try again.`
      : `Systems Manager could not find label ${selector} of ${record.name}. Verify the label and try again.`,
  );
}

export function currentVersion(record: ParameterRecord): ParameterHistory {
  return record.versions.at(-1)!;
}

/** By what a parameter is known in the books: `a` and `/a` are one, as their ARNs are. */
export function parameterKey(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

export function lookUpParameter(state: LabState, name: string): ParameterRecord | undefined {
  return state.ssm.parameters.get(parameterKey(name)) ?? publicParameter(state, name);
}

/** Throws ParameterNotFound, which AWS sends without a text. */
export function findParameter(state: LabState, name: string): ParameterRecord {
  const record = lookUpParameter(state, name);
  if (record === undefined) throw new AwsError('ParameterNotFound', '');
  return record;
}

export function parameterArn(state: LabState, name: string): string {
  return `arn:aws:ssm:${state.region}:${state.accountId}:parameter/${name.replace(/^\//, '')}`;
}
