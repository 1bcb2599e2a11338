import { LabError } from '../lab-error.js';
import type { Fault } from './faults.js';
import type { ServiceName } from './types.js';

const SERVICES: readonly ServiceName[] = [
  'ec2',
  'autoscaling',
  'elasticloadbalancing',
  'ssm',
  'sts',
  'iam',
  'cloudformation',
  's3',
];
const KINDS: readonly Fault['kind'][] = ['throttle', 'latency', 'serverError', 'staleRead', 'emptyPage'];
const STATUS_CODES: readonly number[] = [500, 502, 503];
const MEMBERS: readonly string[] = [
  'service',
  'operation',
  'kind',
  'times',
  'untilMs',
  'latencyMs',
  'maxAgeMs',
  'statusCode',
];

/** Reads a fault as `POST /_lab/faults` takes it. Throws LabError FAULT_INVALID, naming the member. */
export function parseFault(text: string): Fault {
  const given = parseObject(text);
  const unknown = Object.keys(given).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`${unknown} is not a member of a fault; members are ${MEMBERS.join(', ')}.`);
  checkOneOf('service', given.service, SERVICES);
  checkOneOf('kind', given.kind, KINDS);
  if (given.operation !== undefined && typeof given.operation !== 'string') throw invalid('operation must be a name.');
  if (given.kind === 'latency' || given.latencyMs !== undefined) checkNumber('latencyMs', given.latencyMs, 0);
  if (given.kind === 'staleRead' || given.maxAgeMs !== undefined) checkNumber('maxAgeMs', given.maxAgeMs, 0);
  if (given.times !== undefined) checkNumber('times', given.times, 1);
  if (given.untilMs !== undefined) checkNumber('untilMs', given.untilMs, 0);
  if (given.statusCode !== undefined && !STATUS_CODES.includes(given.statusCode as number)) {
    throw invalid(`statusCode must be one of ${STATUS_CODES.join(', ')}.`);
  }
  return given as unknown as Fault;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below: what is not JSON is no object either.
  }
  throw invalid('A fault is a JSON object.');
}

function checkOneOf(member: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value !== 'string' || !allowed.includes(value)) {
    throw invalid(`${member} must be one of ${allowed.join(', ')}.`);
  }
}

function checkNumber(member: string, value: unknown, least: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
    throw invalid(`${member} must be a number, at least ${least}.`);
  }
}

function invalid(message: string): LabError {
  return new LabError('FAULT_INVALID', message, {
    hint: '{"service":"ssm","operation":"GetParametersByPath","kind":"throttle","times":2} is one',
  });
}
