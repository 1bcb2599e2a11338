// check members: a member that an operation does not act on is refused by name, never dropped.
//
//   V3. Every operation declares the members that it acts on, and those that have no effect by nature (hints, and what the lab has none of).
//       Any other member that is present is refused. A member that asks for nothing (false, empty) counts as absent.
import { type NotEmulatedError, notEmulated } from '../control-plane/not-emulated.js';

/** Names of an operation's members, separated by spaces. `Placement.Tenancy` names a member within one; a bare name means all of it. */
export interface OperationMembers {
  readonly acts: string;
  readonly noEffect?: string;
}

/** By operation. */
export type MemberTable = Readonly<Record<string, OperationMembers>>;

/** The refusal of the first member that is present and not declared; undefined when there is none. */
export function findUndeclaredMember(
  operationName: string,
  members: OperationMembers,
  input: object,
): NotEmulatedError | undefined {
  const declared = declaredPaths(members);
  const path = firstUndeclared(input, '', declared);
  return path === undefined ? undefined : notEmulated(`${path} of ${operationName}`);
}

export function declaredPaths({ acts, noEffect = '' }: OperationMembers): ReadonlySet<string> {
  return new Set([...acts.split(' '), ...noEffect.split(' ')].filter((name) => name !== ''));
}

function firstUndeclared(value: object, above: string, declared: ReadonlySet<string>): string | undefined {
  for (const [name, member] of Object.entries(value)) {
    const path = above === '' ? name : `${above}.${name}`;
    if (declared.has(path) || asksForNothing(member)) continue;
    const isOpened = [...declared].some((one) => one.startsWith(`${path}.`));
    if (!isOpened) return path;
    for (const item of Array.isArray(member) ? member : [member]) {
      const inner = typeof item === 'object' && item !== null ? firstUndeclared(item, path, declared) : undefined;
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

function asksForNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  if (value instanceof Date || value instanceof Uint8Array) return false;
  if (Array.isArray(value)) return value.every(asksForNothing);
  return typeof value === 'object' && Object.values(value).every(asksForNothing);
}
