/**
 * A deep copy of plain data as the SDK shapes it: objects, lists, dates and scalars. Members that are undefined are left out.
 * Several times faster than structuredClone, which a group of a thousand instances notices.
 */
export function copyOf<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  if (value instanceof Date) return new Date(value);
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = copied(member);
  return copy;
}
