// The properties of a resource, by the types that they should have.
import { isRecord, isUnresolved } from './intrinsics.js';

export type Properties = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
}

/** A text, a number as its text; undefined when absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** A text that is known. */
export function knownText(value: unknown): string | undefined {
  return isUnresolved(value) ? undefined : textOf(value);
}

export function numberOf(value: unknown): number | undefined {
  if (value === undefined || value === '' || isUnresolved(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** CloudFormation takes `true` and `"true"`. Undefined when it is not known; `fallback` when it is absent. */
export function flagOf(value: unknown, fallback: boolean): boolean | undefined {
  if (value === undefined) return fallback;
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

export function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map(textOf).filter((item) => item !== undefined) : [];
}

export function recordsOf(value: unknown): readonly Properties[] {
  if (isRecord(value)) return [value];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function recordOf(value: unknown): Properties {
  return isRecord(value) ? value : {};
}
