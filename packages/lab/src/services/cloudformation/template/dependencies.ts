// dependencies: in which order a template's resources are made.
//
//   G1. A resource comes after everything that it names, by a function or by DependsOn.
//   G2. What cannot be ordered is refused, and the refusal names the resources of the circle.
import { formatError, validationError } from '../refusals.js';
import { findReferences, isRecord } from './references.js';

type Dependencies = ReadonlyMap<string, readonly string[]>;

/** By logical id, in the template's order: what it must wait for, sorted. `resources` are those that exist. Throws AwsError. */
export function dependenciesOf(resources: Readonly<Record<string, unknown>>): Dependencies {
  const dependencies = new Map(
    Object.entries(resources).map(([id, resource]) => {
      const { DependsOn, ...rest } = isRecord(resource) ? resource : {};
      const { names } = findReferences({ Properties: rest.Properties, Metadata: rest.Metadata });
      const named = [...names].filter((name) => name !== id && Object.hasOwn(resources, name));
      return [
        id,
        [...new Set([...named, ...explicit(DependsOn).filter((name) => Object.hasOwn(resources, name))])].sort(),
      ] as const;
    }),
  );
  inOrder(dependencies);
  return dependencies;
}

export function explicit(dependsOn: unknown): readonly string[] {
  return [dependsOn].flat().filter((name): name is string => typeof name === 'string');
}

/** Every id after all that it depends on; of those that may come next, the one that is written first. Throws ValidationError for a circle. */
export function inOrder(dependencies: Dependencies): readonly string[] {
  const ordered: string[] = [];
  const done = new Set<string>();
  const waiting = new Set(dependencies.keys());
  while (waiting.size > 0) {
    const ready = [...waiting].filter((id) => (dependencies.get(id) ?? []).every((other) => done.has(other)));
    if (ready.length === 0)
      throw validationError(`Circular dependency between resources: [${circleIn(dependencies, waiting).join(', ')}]`);
    for (const id of ready) {
      ordered.push(id);
      done.add(id);
      waiting.delete(id);
    }
  }
  return ordered;
}

/** Of those that cannot come next, the ones that wait for each other, not those that only wait for them. */
function circleIn(dependencies: Dependencies, waiting: ReadonlySet<string>): readonly string[] {
  const left = new Set(waiting);
  for (;;) {
    const needed = new Set([...left].flatMap((id) => (dependencies.get(id) ?? []).filter((other) => left.has(other))));
    const idle = [...left].filter((id) => !needed.has(id));
    if (idle.length === 0) return [...left].sort();
    for (const id of idle) left.delete(id);
  }
}

/** Throws for a DependsOn that names no resource of the template. */
export function checkDependsOn(resources: Readonly<Record<string, unknown>>): void {
  const missing = Object.values(resources).flatMap((resource) =>
    explicit(isRecord(resource) ? resource.DependsOn : undefined).filter((name) => !Object.hasOwn(resources, name)),
  );
  if (missing.length > 0)
    throw formatError(
      `Unresolved resource dependencies [${[...new Set(missing)].join(', ')}] in the Resources block of the template`,
    );
}
