import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { matchesWildcard, parseEscapedPattern } from '@directrix/iam';
import { AwsError } from '../../control-plane/aws-error.js';
import { describedReader, type Scalar } from './described-filters.js';

const STRUCTURE = Symbol('structure');

/** By filter name: the values of a resource that the filter looks at. */
export type FilterFields<T> = Readonly<Record<string, (resource: T) => Scalar | readonly Scalar[]>> & {
  readonly [STRUCTURE]?: string;
};

/** Every filter that names a member of the SDK's structure (`Vpc`), and those of `own`, which come first. */
export function describedBy<T>(structure: string, own: FilterFields<T>): FilterFields<T> {
  return { ...own, [STRUCTURE]: structure };
}

/** A filter that the lab does not know. Whether AWS documents it, only the operation's model says. */
export class UnknownFilterError extends AwsError {
  constructor(readonly filter: string) {
    super('InvalidParameterValue', `The filter '${filter}' is invalid`);
  }
}

/**
 * True when the resource passes every filter; a filter passes when any of its values matches. `*` and `?` are wildcards and a
 * backslash escapes them, as in EC2. Throws InvalidParameterValue for a filter that the operation does not know.
 */
export function passesFilters<T>(
  resource: T,
  tags: readonly Tag[],
  filters: readonly Filter[] | undefined,
  fields: FilterFields<T>,
): boolean {
  return (filters ?? []).every((filter) => {
    const values = valuesOf(resource, tags, filter.Name ?? '', fields);
    return (filter.Values ?? []).some((pattern) =>
      values.some((value) => matchesWildcard(parseEscapedPattern(pattern), value)),
    );
  });
}

/** Refuses unknown filters even when there is no resource to try them on. */
export function checkFilters<T>(filters: readonly Filter[] | undefined, fields: FilterFields<T>): void {
  for (const { Name: name = '' } of filters ?? []) {
    if (name.startsWith('tag:') || name === 'tag-key' || name === 'tag-value' || Object.hasOwn(fields, name)) continue;
    if (fields[STRUCTURE] !== undefined && describedReader(fields[STRUCTURE], name) !== undefined) continue;
    throw new UnknownFilterError(name);
  }
}

function valuesOf<T>(resource: T, tags: readonly Tag[], name: string, fields: FilterFields<T>): readonly string[] {
  if (name === 'tag-value') return tags.map((tag) => tag.Value ?? '');
  if (name === 'tag-key') return tags.map((tag) => tag.Key ?? '');
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return tags.filter((tag) => tag.Key === key).map((tag) => tag.Value ?? '');
  }
  const found = Object.hasOwn(fields, name)
    ? fields[name]?.(resource)
    : describedReader(fields[STRUCTURE] ?? '', name)?.(resource);
  const list: readonly Scalar[] = Array.isArray(found) ? found : [found as Scalar];
  return list.filter((value) => value !== undefined).map((value) => textOf(value));
}

function textOf(value: Scalar): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
