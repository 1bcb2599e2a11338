// references: which resources a part of a template speaks of.

export interface References {
  /** Names in `Ref`, `Fn::GetAtt` and `Fn::Sub`; parameters among them. */
  readonly names: ReadonlySet<string>;
  /** `Name.Attribute`, as `Fn::GetAtt` and `Fn::Sub` ask for them. */
  readonly attributes: readonly (readonly [name: string, attribute: string])[];
  readonly conditions: ReadonlySet<string>;
  readonly imports: readonly unknown[];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function findReferences(value: unknown): References {
  const found = {
    names: new Set<string>(),
    attributes: [] as [string, string][],
    conditions: new Set<string>(),
    imports: [] as unknown[],
  };
  walk(value, found);
  return found;
}

interface Found {
  readonly names: Set<string>;
  readonly attributes: [string, string][];
  readonly conditions: Set<string>;
  readonly imports: unknown[];
}

function walk(value: unknown, found: Found): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, found);
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') found.names.add(item);
    else if (key === 'Fn::GetAtt') addAttribute(item, found);
    else if (key === 'Fn::Sub') addSubstitutions(item, found);
    else {
      if (key === 'Fn::If' && Array.isArray(item)) found.conditions.add(String(item[0]));
      if (key === 'Condition' && typeof item === 'string') found.conditions.add(item);
      if (key === 'Fn::ImportValue') found.imports.push(item);
      walk(item, found);
    }
  }
}

function addAttribute(value: unknown, found: Found): void {
  const parts = typeof value === 'string' ? value.split('.') : Array.isArray(value) ? value : [];
  const [name, ...rest] = parts;
  if (typeof name !== 'string') return;
  found.names.add(name);
  if (rest.every((part) => typeof part === 'string')) found.attributes.push([name, rest.join('.')]);
  else walk(rest, found);
}

function addSubstitutions(value: unknown, found: Found): void {
  const [text, variables] = Array.isArray(value) ? value : [value, {}];
  const own = isRecord(variables) ? variables : {};
  for (const [, name = ''] of String(text).matchAll(/\$\{([^}!][^}]*)\}/g)) {
    const trimmed = name.trim();
    if (Object.hasOwn(own, trimmed)) continue;
    const [resource = '', ...rest] = trimmed.split('.');
    found.names.add(resource);
    if (rest.length > 0) found.attributes.push([resource, rest.join('.')]);
  }
  walk(own, found);
}
