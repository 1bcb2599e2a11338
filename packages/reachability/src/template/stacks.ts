// stacks: one template, or several stacks that export to each other and nest each other, as scopes to read resources in.
//
//   T4. With several stacks every logical id goes by the name of its stack: `network/Vpc`; in a nested one by the way to it.

import { writeOutLoops } from './for-each.js';
import { evaluate, evaluateCondition, isRecord, isUnresolved, type Scope, type Template } from './intrinsics.js';

export interface Stack {
  readonly name: string;
  readonly template: unknown;
  /** Where it is deployed, when that is known. */
  readonly region?: string;
  readonly accountId?: string;
  /** The nested stacks whose templates are at hand, by logical id. */
  readonly nested?: Readonly<Record<string, Stack>>;
}

/** Several stacks read together. Those of other regions than the first one's are left out, and named as unresolved. */
export interface StackSet {
  readonly stacks: readonly Stack[];
}

interface StackOptions {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly region?: string;
}

export function isStackSet(value: unknown): value is StackSet {
  return isRecord(value) && Array.isArray(value.stacks);
}

export function isTemplate(value: unknown): value is Template {
  return isRecord(value) && isRecord(value.Resources);
}

/** A scope for each stack, nested ones behind their parents. Throws TypeError for what is no template. */
export function openScopes(input: unknown, { region, parameters = {} }: StackOptions): readonly Scope[] {
  const given = isStackSet(input) ? input.stacks : [{ name: '', template: input }];
  const [first] = given;
  if (first === undefined) throw new TypeError('There is no stack to read.');
  const own = region ?? first.region ?? 'us-west-2';
  const unresolved = new Set<string>();
  const here = given.filter((stack) => stack.region === undefined || stack.region === own || given.length === 1);
  for (const stack of given) if (!here.includes(stack)) unresolved.add(`stack ${stack.name} is in ${stack.region}`);
  const scopes: Scope[] = [];
  const isAlone = here.length === 1;
  for (const stack of here)
    open(stack, isAlone ? '' : `${stack.name}/`, parameters, { region: own, unresolved, scopes });
  return scopes;
}

interface Opening {
  readonly region: string;
  readonly unresolved: Set<string>;
  readonly scopes: Scope[];
}

/** More stacks below each other than these are a circle. */
const DEEPEST_STACK = 10;

function open(
  stack: Stack,
  prefix: string,
  parameters: Readonly<Record<string, unknown>>,
  opening: Opening,
  depth = 0,
): Scope {
  if (!isTemplate(stack.template)) throw new TypeError('This is no CloudFormation template: it has no Resources.');
  const { region, unresolved, scopes } = opening;
  const below = new Map<string, Scope>();
  const plain: Scope = {
    template: stack.template,
    region,
    parameters,
    unresolved,
    prefix,
    ...(stack.accountId !== undefined && { accountId: stack.accountId }),
    exported: (name) => exportedBy(scopes, name),
    nested: (logicalId, output) => {
      const child = below.get(logicalId);
      return child && outputOf(child, output);
    },
    depth: 0,
  };
  const written = writeOutLoops(plain, stack.template);
  const scope = isTemplate(written) ? { ...plain, template: written } : plain;
  scopes.push(scope);
  for (const [id, child] of Object.entries(stack.nested ?? {})) {
    const resource = scope.template.Resources?.[id];
    const isMade = resource?.Condition === undefined || evaluateCondition(scope, resource.Condition) !== false;
    if (resource === undefined || !isMade || depth >= DEEPEST_STACK) continue;
    const passed = lazyParameters(scope, resource.Properties?.Parameters);
    below.set(id, open(child, `${prefix}${id}/`, passed, opening, depth + 1));
  }
  return scope;
}

/** A parameter may be an output of a sister that is opened later: each is worked out when it is asked for. */
function lazyParameters(parent: Scope, given: unknown): Readonly<Record<string, unknown>> {
  const passed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(isRecord(given) ? given : {}))
    Object.defineProperty(passed, name, {
      enumerable: true,
      get: () => {
        const known = evaluate(parent, value);
        return Array.isArray(known) ? known.join(',') : known;
      },
    });
  return passed;
}

function outputOf(scope: Scope, name: string): unknown {
  const output = scope.template.Outputs?.[name];
  return isRecord(output) ? evaluate(scope, output.Value) : undefined;
}

function exportedBy(scopes: readonly Scope[], wanted: string): unknown {
  for (const scope of scopes) {
    for (const output of Object.values(scope.template.Outputs ?? {})) {
      if (!isRecord(output) || !isRecord(output.Export)) continue;
      const name = evaluate(scope, output.Export.Name);
      if (name === wanted && !isUnresolved(name)) return evaluate(scope, output.Value);
    }
  }
  return undefined;
}
