// check request: whether AWS's models allow what a request holds. What they do not allow never reaches an operation.
//
//   V1. Every required member is there, at any depth; every value is one of its enumeration, within its length and range, and matches its
//       pattern. Sources: the schemas of the SDK clients (required members), the tables of `packages/lab/model` (the rest).
//   V2. The refusal is the service's own: its code, and one sentence for each fault. A sensitive value is not shown.
import { AwsError } from '../control-plane/aws-error.js';
import type { ServiceDefinition } from '../control-plane/types.js';
import { awsModelOf } from './aws-model.js';
import { type BrokenConstraint, findBrokenConstraints, type Rule } from './broken-constraints.js';
import { findMissingMembers, type MissingMember } from './missing-members.js';
import type { OperationSchema } from './operation-schema.js';
import { queryMemberName } from './query-decoder.js';

const CODES: Readonly<Record<ServiceDefinition['protocol'], string>> = {
  awsQuery: 'ValidationError',
  awsJson1_1: 'ValidationException',
  restXml: 'InvalidArgument',
  ec2Query: 'InvalidParameterValue',
};

/** Throws AwsError for what AWS's model of the operation does not allow. */
export function checkRequest(
  service: Pick<ServiceDefinition, 'name' | 'protocol' | 'validationCode'>,
  operation: OperationSchema,
  input: object,
): void {
  if (operation.input.isUnitSchema()) return;
  const missing = findMissingMembers(operation.input, input);
  const broken = findBrokenConstraints(awsModelOf(service.name), operation.name, input);
  if (missing.length === 0 && broken.length === 0) return;
  if (service.protocol === 'ec2Query') throw refuseAsEc2(missing[0], broken[0]);
  const sentences = [...missing.map(describeMissing), ...broken.map(describeBroken)];
  throw new AwsError(
    service.validationCode ?? CODES[service.protocol],
    `${sentences.length} validation error${sentences.length === 1 ? '' : 's'} detected: ${sentences.join('; ')}`,
  );
}

function describeMissing({ path }: MissingMember): string {
  return `Value null at '${path}' failed to satisfy constraint: Member must not be null`;
}

function describeBroken({ path, shown, rule }: BrokenConstraint): string {
  const subject = shown === undefined ? 'Value' : `Value '${shown}'`;
  return `${subject} at '${path}' failed to satisfy constraint: Member must ${describeRule(rule)}`;
}

function describeRule(rule: Rule): string {
  switch (rule.kind) {
    case 'enum':
      return `satisfy enum value set: [${rule.values.join(', ')}]`;
    case 'pattern':
      return `satisfy regular expression pattern: ${rule.pattern}`;
    case 'length':
      return `have length ${rule.bound === 'least' ? 'greater' : 'less'} than or equal to ${rule.limit}`;
    case 'range':
      return `have value ${rule.bound === 'least' ? 'greater' : 'less'} than or equal to ${rule.limit}`;
  }
}

// EC2 answers the first fault only, and names the parameter without its path, in lower camel case.
function refuseAsEc2(missing: MissingMember | undefined, broken: BrokenConstraint | undefined): AwsError {
  if (missing !== undefined) {
    const name = queryMemberName(missing.memberName, missing.schema, 'ec2Query');
    return new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
  }
  const { path, shown, rule } = broken!;
  const name = path
    .replace(/(\.\d+\.member)+$/, '')
    .split('.')
    .at(-1);
  const value = shown === undefined ? 'The value' : rule.kind === 'range' ? `Value ( ${shown} )` : `Value (${shown})`;
  return new AwsError(CODES.ec2Query, `${value} for parameter ${name} is invalid. ${expectationOf(rule)}`.trim());
}

function expectationOf(rule: Rule): string {
  switch (rule.kind) {
    case 'enum':
      return `Valid values: ${rule.values.join(', ')}.`;
    case 'pattern':
      return `It must match ${rule.pattern}.`;
    case 'length':
      return `Expecting a length ${rule.bound === 'least' ? 'greater' : 'less'} than or equal to ${rule.limit}.`;
    case 'range':
      return `Expecting a value ${rule.bound === 'least' ? 'greater' : 'less'} than or equal to ${rule.limit}.`;
  }
}
