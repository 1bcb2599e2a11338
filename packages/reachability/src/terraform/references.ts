// references: what an attribute that is known after apply only will be, by what its expression refers to.
//
//   P1. A join that fails is unknown, named by its address and attribute; it is never left out, and never guessed among several.
//
// The configuration has the references of an expression and not the expression itself, and says nothing of locals. So one resource of
// the wanted kind among the references is it; one of several instances is it when the expression goes by the same index or key; and
// where a local hides the reference, the only resource of that kind that the plan makes is it, since what is unknown comes from something
// that is made.
import { type ModuleInstance, type PlanResource, readKey, recordOf, type TerraformPlan } from './plan.js';

interface Target {
  readonly resource: PlanResource;
  /** What of it: `id`, `vpc_id`; undefined where the reference does not say. */
  readonly attribute?: string;
}

interface Found {
  readonly targets: readonly Target[];
  readonly literals: readonly unknown[];
  /** The expression goes by count.index, each.key or each.value. */
  readonly isIndexed: boolean;
  readonly hasLocal: boolean;
}

interface Place {
  readonly module: ModuleInstance;
  readonly key?: string | number;
  /** `for_each` of the resource or the module call. */
  readonly forEach?: unknown;
}

const DEEPEST = 20;

export interface References {
  readonly all: readonly PlanResource[];
  /** One resource, an unresolved marker, or a known value. */
  one(resource: PlanResource, attribute: string, expression: unknown, types: readonly string[]): Joined;
  /** All that the expression refers to, or undefined when that cannot be told. */
  many(resource: PlanResource, expression: unknown, types: readonly string[]): readonly Joined[] | undefined;
}

export type Joined =
  | { readonly kind: 'resource'; readonly resource: PlanResource; readonly attribute?: string }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'unknown' };

export function createReferences(plan: TerraformPlan): References {
  const byModule = new Map<string, PlanResource[]>();
  for (const one of plan.resources) {
    const list = byModule.get(one.module.address);
    if (list === undefined) byModule.set(one.module.address, [one]);
    else list.push(one);
  }
  const children = childModules(plan.resources);

  function findAll(expression: unknown, place: Place, depth: number): Found {
    const found = { targets: [] as Target[], literals: [] as unknown[], isIndexed: false, hasLocal: false };
    if (depth > DEEPEST) return found;
    for (const { constant, references } of leavesOf(expression)) {
      if (constant !== undefined) found.literals.push(constant);
      for (const reference of mostSpecific(references)) {
        const more = follow(reference, place, depth);
        found.targets.push(...more.targets);
        found.literals.push(...more.literals);
        found.isIndexed ||= more.isIndexed;
        found.hasLocal ||= more.hasLocal;
      }
    }
    return found;
  }

  function follow(reference: string, place: Place, depth: number): Found {
    const steps = stepsOf(reference);
    const [head, second, third] = steps;
    const nothing: Found = { targets: [], literals: [], isIndexed: false, hasLocal: false };
    switch (head) {
      case 'count':
        return { ...nothing, isIndexed: true };
      case 'each': {
        if (second !== 'value' || place.forEach === undefined) return { ...nothing, isIndexed: true };
        const over = findAll(place.forEach, { module: place.module }, depth + 1);
        const attribute = typeof third === 'string' ? third : undefined;
        const targets = over.targets.map((one) => ({ resource: one.resource, ...(attribute && { attribute }) }));
        return { ...over, targets, isIndexed: true };
      }
      case 'local':
        return { ...nothing, hasLocal: true };
      case 'path':
      case 'terraform':
      case 'self':
        return nothing;
      case 'var':
        return followVariable(String(second), place, depth);
      case 'module':
        return followModule(steps, place, depth);
      default: {
        const isData = head === 'data';
        const [type, name, ...rest] = isData ? steps.slice(1) : steps;
        const index = typeof rest[0] === 'object' ? rest[0].key : undefined;
        const attribute = rest.find((step) => typeof step === 'string');
        const targets = (byModule.get(place.module.address) ?? []).filter(
          (one) =>
            one.isData === isData &&
            one.type === type &&
            one.name === name &&
            (index === undefined || one.key === index),
        );
        return {
          ...nothing,
          targets: targets.map((resource) => ({ resource, ...(typeof attribute === 'string' && { attribute }) })),
        };
      }
    }
  }

  function followVariable(name: string, { module }: Place, depth: number): Found {
    const { parent, call, key } = module;
    if (parent === undefined) {
      const value = recordOf(plan.variables[name]).value ?? defaultOf(module, name);
      return { targets: [], literals: value === undefined ? [] : [value], isIndexed: false, hasLocal: false };
    }
    const expression = recordOf(call.expressions)[name];
    if (expression === undefined) {
      const value = defaultOf(module, name);
      return { targets: [], literals: value === undefined ? [] : [value], isIndexed: false, hasLocal: false };
    }
    const inner = findAll(
      expression,
      { module: parent, ...(key !== undefined && { key }), forEach: call.for_each_expression },
      depth + 1,
    );
    // In the caller's expression an index is that of the call.
    const targets = inner.isIndexed
      ? inner.targets.filter(({ resource }) => resource.key === key || inner.targets.length === 1)
      : inner.targets;
    return { ...inner, targets, isIndexed: false };
  }

  function followModule(steps: readonly Step[], { module, key }: Place, depth: number): Found {
    const [, name, ...rest] = steps;
    const index = typeof rest[0] === 'object' ? rest[0].key : undefined;
    const output = rest.find((step) => typeof step === 'string');
    const instances = (children.get(module.address) ?? []).filter(
      (one) => moduleName(one) === name && (index === undefined || one.key === index),
    );
    const asked =
      instances.length > 1 && key !== undefined && instances.some((one) => one.key === key) && index === undefined
        ? instances.filter((one) => one.key === key)
        : instances;
    const found = asked.map((one) => {
      const { expression } = recordOf(recordOf(one.configuration.outputs)[String(output)]);
      return findAll(expression, { module: one }, depth + 1);
    });
    return {
      targets: found.flatMap(({ targets }) => targets),
      literals: found.flatMap(({ literals }) => literals),
      isIndexed: false,
      hasLocal: found.some(({ hasLocal }) => hasLocal),
    };
  }

  function search(resource: PlanResource, expression: unknown, types: readonly string[]): Found {
    const place: Place = {
      module: resource.module,
      ...(resource.key !== undefined && { key: resource.key }),
      forEach: resource.configuration.for_each_expression,
    };
    const found = findAll(expression, place, 0);
    const targets = unique(found.targets.filter(({ resource: one, attribute }) => leadsTo(one, attribute, types)));
    return { ...found, targets };
  }

  /** Where a local hides what is meant: the only one of its kind that is made, in the module or else in the plan. */
  function onlyOne(resource: PlanResource, types: readonly string[]): PlanResource | undefined {
    const made = plan.resources.filter(
      (one) => !one.isData && types.includes(one.type) && typeof one.values.id !== 'string',
    );
    const near = made.filter((one) => one.module.address === resource.module.address);
    const candidates = near.length > 0 ? near : made;
    return candidates.length === 1 ? candidates[0] : undefined;
  }

  return {
    all: plan.resources,
    one(resource, _attribute, expression, types) {
      const found = search(resource, expression, types);
      const chosen = choose(found, resource);
      if (chosen !== undefined) return { kind: 'resource', ...chosen };
      if (found.targets.length > 0) return { kind: 'unknown' };
      const only = found.hasLocal ? onlyOne(resource, types) : undefined;
      if (only !== undefined) return { kind: 'resource', resource: only };
      const literals = [...new Set(found.literals)].filter((value) => typeof value === 'string');
      return literals.length === 1 && !found.hasLocal ? { kind: 'value', value: literals[0] } : { kind: 'unknown' };
    },
    many(resource, expression, types) {
      const found = search(resource, expression, types);
      const literals = found.literals.flat().filter((value) => typeof value === 'string');
      const targets = found.isIndexed ? [choose(found, resource)] : found.targets;
      if (targets.length > 0 && targets.every((one) => one !== undefined) && !found.hasLocal)
        return [
          ...targets.map((one) => ({ kind: 'resource', ...one! }) as const),
          ...literals.map((value) => ({ kind: 'value', value }) as const),
        ];
      const only = found.targets.length === 0 && found.hasLocal ? onlyOne(resource, types) : undefined;
      return only === undefined ? undefined : [{ kind: 'resource', resource: only }];
    },
  };
}

function choose({ targets, isIndexed }: Found, { key }: PlanResource): Target | undefined {
  const addresses = new Set(targets.map(({ resource }) => resource.address));
  if (addresses.size === 1) return targets.find(({ attribute }) => attribute === 'id') ?? targets[0];
  const resources = new Set(
    targets.map(({ resource }) => `${resource.module.address} ${resource.type} ${resource.name}`),
  );
  if (!isIndexed || resources.size !== 1 || key === undefined) return undefined;
  return targets.find(({ resource }) => resource.key === key);
}

function unique(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((one) => [`${one.resource.address} ${one.attribute ?? ''}`, one])).values()];
}

/** Attributes of other resources that are the id of one of these types. */
const FOREIGN_IDS: Readonly<Record<string, readonly string[]>> = {
  vpc_id: ['aws_vpc', 'aws_default_vpc'],
  subnet_id: ['aws_subnet', 'aws_default_subnet'],
  default_security_group_id: ['aws_security_group', 'aws_default_security_group'],
  default_network_acl_id: ['aws_network_acl', 'aws_default_network_acl'],
  default_route_table_id: ['aws_route_table', 'aws_default_route_table'],
  main_route_table_id: ['aws_route_table', 'aws_default_route_table'],
  security_group_id: ['aws_security_group'],
  route_table_id: ['aws_route_table'],
  prefix_list_id: ['aws_ec2_managed_prefix_list', 'aws_prefix_list'],
  security_groups: ['aws_security_group'],
  vpc_security_group_ids: ['aws_security_group'],
  subnet_ids: ['aws_subnet'],
};

function leadsTo(resource: PlanResource, attribute: string | undefined, types: readonly string[]): boolean {
  if (attribute !== undefined && FOREIGN_IDS[attribute]?.some((type) => types.includes(type))) return true;
  if (!types.includes(resource.type)) return false;
  return attribute === undefined || /^(id|arn|name|zone_id|dns_name|allocation_id)$/.test(attribute);
}

// ---- expressions

/** The constants and references of an expression, of an object or of a list of blocks. */
function* leavesOf(
  expression: unknown,
): Generator<{ readonly constant?: unknown; readonly references: readonly string[] }> {
  if (Array.isArray(expression)) {
    for (const one of expression) yield* leavesOf(one);
    return;
  }
  const record = recordOf(expression);
  if ('constant_value' in record || 'references' in record) {
    const references = Array.isArray(record.references) ? record.references.map(String) : [];
    yield { ...('constant_value' in record && { constant: record.constant_value }), references };
    return;
  }
  for (const one of Object.values(record)) yield* leavesOf(one);
}

/** Every reference is listed with what it begins with: `aws_vpc.a.id`, `aws_vpc.a`. */
function mostSpecific(references: readonly string[]): readonly string[] {
  const all = [...new Set(references)];
  return all.filter(
    (one) => !all.some((other) => other !== one && (other.startsWith(`${one}.`) || other.startsWith(`${one}[`))),
  );
}

type Step = string | { readonly key: string | number };

/** `aws_subnet.a["x"].id` -> aws_subnet, a, {x}, id */
function stepsOf(reference: string): readonly Step[] {
  return [...reference.matchAll(/\[("(?:[^"\\]|\\.)*"|\d+)\]|[^.[\]]+/g)].map(([whole, index]) =>
    index === undefined ? whole : { key: readKey(index) },
  );
}

function defaultOf(module: ModuleInstance, name: string): unknown {
  return recordOf(recordOf(module.configuration.variables)[name]).default;
}

function moduleName({ address }: ModuleInstance): string {
  return /module\.([^.[]+)(?:\[[^\]]*\])?$/.exec(address)?.[1] ?? '';
}

function childModules(resources: readonly PlanResource[]): ReadonlyMap<string, readonly ModuleInstance[]> {
  const found = new Map<string, Map<string, ModuleInstance>>();
  const add = (module: ModuleInstance) => {
    const { parent } = module;
    if (parent === undefined) return;
    const list = found.get(parent.address) ?? new Map<string, ModuleInstance>();
    found.set(parent.address, list);
    list.set(module.address, module);
    add(parent);
  };
  for (const { module } of resources) add(module);
  return new Map([...found].map(([address, list]) => [address, [...list.values()]]));
}
