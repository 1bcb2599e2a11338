// decide action: what a resource needs to become what the template wants, whole and without doing it.
//
//   U1. What differs in nothing is kept.
//   U2. A property whose change requires a replacement, by AWS's schema, replaces the resource; so does another type.
//   U3. A change that the lab cannot do in place is refused by name, before anything is touched.

import { isDeepStrictEqual } from 'node:util';
import type { Tag } from '@aws-sdk/client-cloudformation';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import { resourceFactsOf } from '../resource-facts.js';
import type { Properties, ResourceType } from '../resources/resource-type.js';

export interface AppliedResource {
  readonly type: string;
  readonly properties: Properties;
  readonly stackTags: readonly Tag[];
}

export type Action =
  | { readonly kind: 'add' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'modify'; readonly changed: readonly string[] }
  /** `because`: the properties that require it; none when the type is another. */
  | { readonly kind: 'replace'; readonly changed: readonly string[]; readonly because: readonly string[] };

/** `before` is undefined when there is no such resource yet. */
export function decideAction(before: AppliedResource | undefined, after: AppliedResource): Action {
  if (before === undefined) return { kind: 'add' };
  if (before.type !== after.type) return { kind: 'replace', changed: [], because: [] };
  const changed = changedProperties(before, after);
  if (changed.length === 0) return { kind: 'keep' };
  const because = changed.filter((name) => resourceFactsOf(after.type)?.replace.has(name));
  return because.length > 0 ? { kind: 'replace', changed, because } : { kind: 'modify', changed };
}

/** Top-level properties whose values differ; the stack's tags count as Tags, where the type has them. */
function changedProperties(before: AppliedResource, after: AppliedResource): readonly string[] {
  const names = [...new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])];
  const changed = names.filter((name) => !isDeepStrictEqual(before.properties[name], after.properties[name]));
  const hasTags = resourceFactsOf(after.type)?.properties.has('Tags') === true;
  const isRetagged = hasTags && !isDeepStrictEqual(before.stackTags, after.stackTags) && !changed.includes('Tags');
  return [...changed, ...(isRetagged ? ['Tags'] : [])].sort();
}

/** Throws NotEmulatedError for a change that the type does not do in place. */
export function checkUpdate(typeName: string, type: ResourceType, changed: readonly string[]): void {
  const possible = new Set([...(type.updates ?? '').split(' '), ...(type.noEffect ?? '').split(' ')]);
  const missing = changed.find((name) => !possible.has(name));
  if (missing !== undefined) throw notEmulated(`an update of ${missing} of ${typeName}`);
}
