// plan: what `terraform show -json` writes, of a plan or of a state, as resources with their module and their configuration.
//
// The format (https://developer.hashicorp.com/terraform/internals/json-format) adds members within a major version: what is not known is
// passed over. OpenTofu writes the same.
import { isRecord } from '../template/intrinsics.js';
import type { Properties } from '../template/properties.js';

/** A module, once for each of its instances. */
export interface ModuleInstance {
  /** `module.network["a"]`; empty for the root. */
  readonly address: string;
  readonly configuration: Properties;
  /** The call in the parent that makes it. */
  readonly call: Properties;
  readonly parent?: ModuleInstance;
  readonly key?: string | number;
}

export interface PlanResource {
  readonly address: string;
  readonly isData: boolean;
  readonly type: string;
  readonly name: string;
  readonly key?: string | number;
  /** What is known. */
  readonly values: Properties;
  /** `after_unknown`: true for each part that is known after apply only. */
  readonly unknown: unknown;
  readonly module: ModuleInstance;
  readonly configuration: Properties;
}

export interface TerraformPlan {
  readonly resources: readonly PlanResource[];
  readonly variables: Properties;
  /** Of the AWS provider, when it is written there. */
  readonly region?: string;
  /** The addresses and ids of what the plan destroys and makes no more. */
  readonly destroyed: readonly { readonly address: string; readonly id?: string }[];
}

/** Throws TypeError for what is neither a plan nor a state. */
export function readPlan(json: unknown): TerraformPlan {
  if (!isRecord(json) || typeof json.format_version !== 'string')
    throw new TypeError('This is no plan of Terraform: it has no format_version.');
  const [major] = json.format_version.split('.');
  if (major !== '0' && major !== '1')
    throw new TypeError(`This plan has the format ${json.format_version}; only 1 is known.`);
  const planned = recordOf(json.planned_values ?? json.values).root_module;
  if (!isRecord(planned))
    throw new TypeError('This is no plan of Terraform: it has neither planned_values nor values.');
  const configuration = recordOf(recordOf(json.configuration).root_module);
  const changes = new Map(recordsOf(json.resource_changes).map((one) => [textOf(one.address), recordOf(one.change)]));
  const root: ModuleInstance = { address: '', configuration, call: {} };
  const prior = recordOf(recordOf(recordOf(json.prior_state).values).root_module);
  const managed = [...resourcesIn(planned, root, changes)];
  const known = new Set(managed.map(({ address }) => address));
  const data = [...resourcesIn(prior, root, changes)].filter((one) => one.isData && !known.has(one.address));
  const region = regionOf(recordOf(json.configuration), recordOf(json.variables));
  return {
    resources: [...managed, ...data],
    variables: recordOf(json.variables),
    ...(region !== undefined && { region }),
    destroyed: recordsOf(json.resource_changes).flatMap(({ address, change }) => {
      const { actions, before } = recordOf(change);
      const isGone = Array.isArray(actions) && actions.length === 1 && actions[0] === 'delete';
      const id = recordOf(before).id;
      return isGone ? [{ address: textOf(address), ...(typeof id === 'string' && { id }) }] : [];
    }),
  };
}

/** What `data.aws_caller_identity` said when the plan was made. Throws TypeError for what is no plan. */
export function accountOfPlan(json: unknown): string | undefined {
  const found = readPlan(json).resources.find(({ isData, type }) => isData && type === 'aws_caller_identity');
  const accountId = found?.values.account_id;
  return typeof accountId === 'string' ? accountId : undefined;
}

function* resourcesIn(
  values: Properties,
  module: ModuleInstance,
  changes: ReadonlyMap<string, Properties>,
): Generator<PlanResource> {
  const configured = recordsOf(module.configuration.resources);
  for (const one of recordsOf(values.resources)) {
    const isData = one.mode === 'data';
    const configuration = configured.find(
      (other) => other.type === one.type && other.name === one.name && (other.mode === 'data') === isData,
    );
    const address = textOf(one.address);
    yield {
      address,
      isData,
      type: textOf(one.type),
      name: textOf(one.name),
      ...(isKey(one.index) && { key: one.index }),
      values: recordOf(one.values),
      unknown: changes.get(address)?.after_unknown,
      module,
      configuration: configuration ?? {},
    };
  }
  for (const child of recordsOf(values.child_modules)) {
    const address = textOf(child.address);
    const tail = module.address === '' ? address : address.slice(module.address.length + 1);
    const [, name = '', index] = /^module\.([^.[]+)(?:\[(.*)\])?$/.exec(tail) ?? [];
    const call = recordOf(recordOf(module.configuration.module_calls)[name]);
    const key = index === undefined ? undefined : readKey(index);
    yield* resourcesIn(
      child,
      {
        address,
        configuration: recordOf(call.module),
        call,
        parent: module,
        ...(key !== undefined && { key }),
      },
      changes,
    );
  }
}

/** `0` or `"a"` between brackets. */
export function readKey(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text.replace(/^"(.*)"$/, '$1');
}

function regionOf(configuration: Properties, variables: Properties): string | undefined {
  const provider = recordOf(recordOf(configuration.provider_config).aws);
  const { constant_value: written, references } = recordOf(recordOf(provider.expressions).region);
  if (typeof written === 'string') return written;
  const [reference] = Array.isArray(references) ? references : [];
  const name = /^var\.([^.[]+)$/.exec(String(reference))?.[1];
  const value = name === undefined ? undefined : recordOf(variables[name]).value;
  return typeof value === 'string' ? value : undefined;
}

function isKey(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

export function recordOf(value: unknown): Properties {
  return isRecord(value) ? value : {};
}

export function recordsOf(value: unknown): readonly Properties[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
