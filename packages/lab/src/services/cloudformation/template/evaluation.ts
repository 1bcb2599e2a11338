// evaluation: what a template's functions give where the stack is real.
//
//   E1. The functions are worked out by @directrix/reachability, which works them out for plans too: one reading of a template for all.
//   E2. What cannot be worked out is refused with CloudFormation's text, and never becomes a part of a resource.
import { evaluate, evaluateCondition, type Known, type Scope, writeOutLoops } from '@directrix/reachability';
import type { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { LabState } from '../../../control-plane/types.js';
import { zonesOf } from '../../ec2/zones.js';
import { lookUpParameter } from '../../ssm/parameter-reference.js';
import { formatError, templateError, validationError } from '../refusals.js';
import type { ParameterValue, StackDefinition } from '../state.js';
import type { CheckedTemplate } from './check-template.js';
import { isRecord } from './references.js';

/** Stands for what only the change itself will tell; every function of it is unknown too, by reachability's T1. */
export const KNOWN_AFTER_APPLY = 'unresolved:after apply';

interface ResourceValues {
  readonly ref: (logicalId: string) => unknown;
  readonly attribute: (logicalId: string, attribute: string) => unknown;
}

export interface StackFacts {
  readonly state: LabState;
  readonly stackId: string;
  readonly stackName: string;
  readonly notificationArns: readonly string[];
}

/** Everything that a template says, in one stack. */
export class Evaluation {
  readonly #scope: Scope;

  readonly #stack: StackFacts;

  constructor(
    readonly definition: Pick<StackDefinition, 'template' | 'parameters'>,
    stack: StackFacts,
    resources: ResourceValues,
  ) {
    this.#stack = stack;
    this.#scope = openScope(definition.template, definition.parameters, stack, resources);
  }

  /** Those whose condition holds, as the template has them. */
  resources(): Readonly<Record<string, NonNullable<CheckedTemplate['Resources']>[string]>> {
    const all = Object.entries(this.definition.template.Resources ?? {});
    return Object.fromEntries(all.filter(([, { Condition }]) => Condition === undefined || this.condition(Condition)));
  }

  condition(name: string): boolean {
    this.#scope.unresolved.clear();
    const holds = evaluateCondition(this.#scope, name);
    if (holds === undefined) throw this.#refusal('Conditions');
    return holds;
  }

  /** Throws AwsError for what cannot be worked out. */
  value(value: unknown, section: 'Resources' | 'Outputs' | 'Rules' = 'Resources'): unknown {
    this.#scope.unresolved.clear();
    const result = evaluate(this.#scope, value);
    if (this.#scope.unresolved.size > 0) throw this.#refusal(section);
    return readDynamicReferences(result, this.#stack.state);
  }

  #refusal(section: string): AwsError {
    const [why = ''] = this.#scope.unresolved;
    return refusalOf(why, section);
  }
}

/** The template with its loops written out. */
export function writeOut(
  template: CheckedTemplate,
  parameters: readonly ParameterValue[],
  stack: StackFacts,
): CheckedTemplate {
  const none = { ref: () => undefined, attribute: () => undefined };
  const scope = openScope(template, parameters, stack, none);
  const written = writeOutLoops(scope, template) as CheckedTemplate;
  const [why] = scope.unresolved;
  if (why !== undefined) throw templateError(`${why} cannot be worked out`);
  return written;
}

function openScope(
  template: CheckedTemplate,
  parameters: readonly ParameterValue[],
  stack: StackFacts,
  resources: ResourceValues,
): Scope {
  const { state } = stack;
  const known: Known = {
    parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    pseudoParameters: {
      'AWS::StackId': stack.stackId,
      'AWS::StackName': stack.stackName,
      'AWS::NotificationARNs': stack.notificationArns,
    },
    zones: (region) => zonesOf(region).map(({ ZoneName = '' }) => ZoneName),
    base64: (text) => Buffer.from(text, 'utf8').toString('base64'),
    ...resources,
  };
  return {
    template,
    parameters: {},
    region: state.region,
    accountId: state.accountId,
    unresolved: new Set(),
    prefix: '',
    exported: (name) => state.cloudFormation.exports.get(name)?.Value,
    nested: () => undefined,
    depth: 0,
    known,
  };
}

function refusalOf(why: string, section: string): AwsError {
  const [what = '', ...rest] = why.split(' ');
  const name = rest.join(' ');
  if (what === 'Ref')
    return formatError(`Unresolved resource dependencies [${name}] in the ${section} block of the template`);
  if (what === 'condition')
    return formatError(`Unresolved condition dependency ${name} in the ${section} block of the template`);
  if (what === 'Fn::ImportValue') return validationError(`No export named ${name} found.`);
  if (what === 'Fn::FindInMap') return templateError(`Unable to get mapping for ${rest.join('::')}`);
  if (what === 'Fn::Select' && /^\S+ of \d+$/.test(name))
    return templateError(`Fn::Select cannot select nonexistent value at index ${rest[0]}`);
  if (what.startsWith('Fn::') && name === '') return notEmulated(`the function ${what}`);
  return templateError(`${why} cannot be worked out`);
}

const DYNAMIC = /\{\{resolve:([a-z-]+):([^{}]*)\}\}/g;

/** `{{resolve:ssm:name:version}}` stands for the parameter's value. Those of Secrets Manager are refused by name. */
function readDynamicReferences(value: unknown, state: LabState): unknown {
  if (typeof value === 'string')
    return value.replace(DYNAMIC, (_all, service: string, path: string) => resolveReference(service, path, state));
  if (Array.isArray(value)) return value.map((item) => readDynamicReferences(item, state));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, readDynamicReferences(item, state)]));
}

function resolveReference(service: string, path: string, state: LabState): string {
  if (service !== 'ssm' && service !== 'ssm-secure') throw notEmulated(`dynamic references to ${service}`);
  const [, name = '', version] = /^(.*?)(?::(\d+))?$/.exec(path) ?? [];
  const versions = lookUpParameter(state, name)?.versions ?? [];
  const found = version === undefined ? versions.at(-1) : versions.find((one) => one.Version === Number(version));
  if (found?.Value === undefined || (found.Type === 'SecureString') !== (service === 'ssm-secure'))
    throw validationError(`Parameters: [${service}:${path}] cannot be found.`);
  return found.Value;
}
