import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { invalidParameterValue } from './refusals.js';

type Scalar = string | number | boolean | Date | undefined;

/** By filter name: the values of a resource that the filter looks at. */
export type FilterFields<T> = Readonly<Record<string, (resource: T) => Scalar | readonly Scalar[]>>;

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
    return (filter.Values ?? []).some((pattern) => values.some((value) => matchesPattern(value, pattern)));
  });
}

/** Refuses unknown filters even when there is no resource to try them on. */
export function checkFilters<T>(filters: readonly Filter[] | undefined, fields: FilterFields<T>): void {
  for (const { Name: name = '' } of filters ?? []) {
    if (name.startsWith('tag:') || name === 'tag-key' || Object.hasOwn(fields, name)) continue;
    throw invalidParameterValue(`The filter '${name}' is invalid`);
  }
}

function valuesOf<T>(resource: T, tags: readonly Tag[], name: string, fields: FilterFields<T>): readonly string[] {
  if (name === 'tag-key') return tags.map((tag) => tag.Key ?? '');
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return tags.filter((tag) => tag.Key === key).map((tag) => tag.Value ?? '');
  }
  const found = fields[name]?.(resource);
  const list: readonly Scalar[] = Array.isArray(found) ? found : [found as Scalar];
  return list.filter((value) => value !== undefined).map((value) => textOf(value));
}

function textOf(value: Scalar): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

export function matchesPattern(value: string, pattern: string): boolean {
  if (!/[*?\\]/.test(pattern)) return value === pattern;
  // Stars are matched by the classic two-pointer walk, so that no pattern can make it exponential.
  const parts = patternParts(pattern);
  let at = 0;
  let part = 0;
  let starPart = -1;
  let starAt = 0;
  while (at < value.length) {
    const wanted = parts[part];
    if (wanted?.kind === 'any') {
      starPart = part++;
      starAt = at;
    } else if (wanted?.kind === 'one' || (wanted?.kind === 'literal' && wanted.text === value[at])) {
      part += 1;
      at += 1;
    } else if (starPart >= 0) {
      part = starPart + 1;
      at = ++starAt;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest.kind === 'any');
}

type PatternPart = { readonly kind: 'any' | 'one' } | { readonly kind: 'literal'; readonly text: string };

function patternParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const text = pattern[at] ?? '';
    if (text === '\\' && at + 1 < pattern.length) parts.push({ kind: 'literal', text: pattern[++at] ?? '' });
    else if (text === '*') parts.push({ kind: 'any' });
    else if (text === '?') parts.push({ kind: 'one' });
    else parts.push({ kind: 'literal', text });
  }
  return parts;
}
