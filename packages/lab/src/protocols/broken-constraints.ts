import type { AwsModel, Bounds, ModelShape } from './aws-model.js';

/** A value that AWS's model does not allow. */
export interface BrokenConstraint {
  /** `tags.1.member.key`, as AWS's validation texts write it. */
  readonly path: string;
  /** As AWS shows it; undefined when it must not be shown. */
  readonly shown: string | undefined;
  readonly rule: Rule;
}

export type Rule =
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'length'; readonly bound: 'least' | 'most'; readonly limit: number }
  | { readonly kind: 'range'; readonly bound: 'least' | 'most'; readonly limit: number };

/** AWS answers no more either, and a request may hold thousands. */
const MOST_FOUND = 20;
const MOST_SHOWN_CHARACTERS = 1_024;
const patterns = new Map<string, RegExp>();

/** Every value in `input` that the model of its operation does not allow, in the order of the model, at most 20. */
export function findBrokenConstraints(
  model: AwsModel,
  operationName: string,
  input: object,
): readonly BrokenConstraint[] {
  const found: BrokenConstraint[] = [];
  look(model, model.operations[operationName], input, '', found);
  return found;
}

function look(
  model: AwsModel,
  shapeName: string | null | undefined,
  value: unknown,
  path: string,
  found: BrokenConstraint[],
): void {
  const shape = shapeName == null ? undefined : model.shapes[shapeName];
  if (shape === undefined || value === undefined || value === null || found.length >= MOST_FOUND) return;
  const broken = rulesOf(shape, value).filter((rule) => breaks(shape, rule, value));
  for (const rule of broken) found.push({ path, shown: shape.sensitive === true ? undefined : show(value), rule });
  if (Array.isArray(value)) {
    // A list that is too long is refused as a list: its items would only repeat that.
    if (broken.length > 0) return;
    for (const [index, item] of value.entries()) look(model, shape.list, item, `${path}.${index + 1}.member`, found);
  } else if (isRecord(value)) {
    lookInto(model, shape, value, path, found);
  }
}

function lookInto(
  model: AwsModel,
  shape: ModelShape,
  value: Readonly<Record<string, unknown>>,
  path: string,
  found: BrokenConstraint[],
): void {
  for (const [memberName, memberShape] of Object.entries(shape.members ?? {})) {
    const name = memberName.charAt(0).toLowerCase() + memberName.slice(1);
    look(model, memberShape, value[memberName], path === '' ? name : `${path}.${name}`, found);
  }
  if (shape.members !== undefined) return;
  for (const [key, item] of Object.entries(value)) {
    look(model, shape.key, key, `${path}.key`, found);
    look(model, shape.value, item, `${path}.${key}.member`, found);
  }
}

function rulesOf(shape: ModelShape, value: unknown): readonly Rule[] {
  const { length, range, enum: values, pattern } = shape;
  const isText = typeof value === 'string';
  return [
    ...(values === undefined ? [] : [{ kind: 'enum', values } as const]),
    ...boundRules('length', length),
    ...boundRules('range', range),
    // After the length: a pattern is tried only on what is not too long.
    ...(pattern === undefined || !isText ? [] : [{ kind: 'pattern', pattern } as const]),
  ];
}

function boundRules(kind: 'length' | 'range', bounds: Bounds | undefined): readonly Rule[] {
  const [least, most] = bounds ?? [null, null];
  return [
    ...(least === null ? [] : [{ kind, bound: 'least', limit: least } as const]),
    ...(most === null ? [] : [{ kind, bound: 'most', limit: most } as const]),
  ];
}

function breaks(shape: ModelShape, rule: Rule, value: unknown): boolean {
  switch (rule.kind) {
    case 'enum':
      return typeof value === 'string' && !rule.values.includes(value);
    case 'pattern':
      return !isTooLong(shape, value) && !patternOf(shape).test(String(value));
    case 'length': {
      const size = sizeOf(value);
      return size !== undefined && (rule.bound === 'least' ? size < rule.limit : size > rule.limit);
    }
    case 'range': {
      if (typeof value !== 'number') return false;
      return rule.bound === 'least' ? value < rule.limit : value > rule.limit;
    }
  }
}

function isTooLong({ length }: ModelShape, value: unknown): boolean {
  const most = length?.[1] ?? null;
  return most !== null && (sizeOf(value) ?? 0) > most;
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  return isRecord(value) ? Object.keys(value).length : undefined;
}

function patternOf({ pattern = '', javaScript = pattern }: ModelShape): RegExp {
  let compiled = patterns.get(javaScript);
  if (compiled === undefined) {
    compiled = new RegExp(`^(?:${javaScript})$`, javaScript.includes('\\p{') ? 'u' : '');
    patterns.set(javaScript, compiled);
  }
  return compiled;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);
}

/** A scalar, or a list of them as Java writes it. Structures are not shown: they may hold what is sensitive. */
function show(value: unknown): string | undefined {
  const isScalar = (one: unknown) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean';
  if (Array.isArray(value)) return value.every(isScalar) ? shorten(`[${value.join(', ')}]`) : undefined;
  return isScalar(value) ? shorten(String(value)) : undefined;
}

function shorten(text: string): string {
  return text.length > MOST_SHOWN_CHARACTERS ? `${text.slice(0, MOST_SHOWN_CHARACTERS)}…` : text;
}
