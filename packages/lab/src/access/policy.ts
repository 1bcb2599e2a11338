// policy: what IAM's policy language says about one action on one resource.
//
//   A1. An explicit deny wins over every allow; nothing is allowed that no statement allows.
//   A2. A condition that the lab cannot judge never helps the caller: its allow does not apply, its deny does.
export interface Policy {
  /** The policy's name or ARN, by which a simulation cites it. */
  readonly id: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Patterns;
  /** Absent in a trust policy. */
  readonly resources: Patterns | undefined;
  /** Only resource policies have them: an endpoint's, a role's trust. `*` is everybody. */
  readonly principals: readonly string[] | undefined;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** `Action` and `Resource`, or with `isNegated` their Not forms. */
interface Patterns {
  readonly isNegated: boolean;
  readonly patterns: readonly string[];
}

export interface Question {
  readonly action: string;
  readonly resource: string;
  /** Whoever asks, by each of the ARNs that a Principal may name. Only resource policies look at it. */
  readonly principals?: readonly string[];
  /** Condition keys in lower case, as far as the lab knows them. */
  readonly conditionKeys?: Readonly<Record<string, string>>;
}

export type Decision =
  | { readonly kind: 'allowed'; readonly policyId: string }
  | { readonly kind: 'explicitDeny'; readonly policyId: string }
  | { readonly kind: 'implicitDeny' };

/** Reads a policy document. Returns undefined when it is not one. */
export function parsePolicy(id: string, text: string): Policy | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(document)) return undefined;
  const statements = asArray(document.Statement).map(parseStatement);
  if (statements.length === 0 || statements.includes(undefined)) return undefined;
  return { id, statements: statements as readonly Statement[] };
}

function parseStatement(value: unknown): Statement | undefined {
  if (!isObject(value) || (value.Effect !== 'Allow' && value.Effect !== 'Deny')) return undefined;
  const actions = parsePatterns(value, 'Action');
  if (actions === undefined) return undefined;
  return {
    effect: value.Effect,
    actions,
    resources: parsePatterns(value, 'Resource'),
    principals: parsePrincipals(value.Principal),
    conditions: parseConditions(value.Condition),
  };
}

function parsePatterns(statement: Readonly<Record<string, unknown>>, name: string): Patterns | undefined {
  const isNegated = statement[name] === undefined;
  const patterns = asStrings(statement[isNegated ? `Not${name}` : name]);
  return patterns.length === 0 ? undefined : { isNegated, patterns };
}

function parsePrincipals(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return isObject(value) ? Object.values(value).flatMap(asStrings) : asStrings(value);
}

function parseConditions(value: unknown): Statement['conditions'] {
  if (!isObject(value)) return {};
  const operators = Object.entries(value).map(([operator, keys]) => {
    const entries = Object.entries(isObject(keys) ? keys : {});
    return [operator, Object.fromEntries(entries.map(([key, values]) => [key.toLowerCase(), asStrings(values)]))];
  });
  return Object.fromEntries(operators);
}

/** What all of these policies together say: A1. */
export function evaluatePolicies(policies: readonly Policy[], question: Question): Decision {
  let allowedBy: string | undefined;
  for (const policy of policies) {
    for (const statement of policy.statements) {
      if (!applies(statement, question)) continue;
      if (statement.effect === 'Deny') return { kind: 'explicitDeny', policyId: policy.id };
      allowedBy ??= policy.id;
    }
  }
  return allowedBy === undefined ? { kind: 'implicitDeny' } : { kind: 'allowed', policyId: allowedBy };
}

function applies(statement: Statement, question: Question): boolean {
  const { action, resource, principals = [] } = question;
  const isPrincipalMeant =
    statement.principals === undefined ||
    statement.principals.some((name) => name === '*' || principals.includes(name));
  return (
    isPrincipalMeant &&
    matchesPatterns(statement.actions, action.toLowerCase(), (pattern) => pattern.toLowerCase()) &&
    (statement.resources === undefined || matchesPatterns(statement.resources, resource, (pattern) => pattern)) &&
    meetsConditions(statement, question.conditionKeys ?? {})
  );
}

function matchesPatterns(
  { isNegated, patterns }: Patterns,
  text: string,
  normalize: (pattern: string) => string,
): boolean {
  return patterns.some((pattern) => matchesWildcards(normalize(pattern), text)) !== isNegated;
}

function meetsConditions({ effect, conditions }: Statement, keys: Readonly<Record<string, string>>): boolean {
  for (const [operator, tests] of Object.entries(conditions)) {
    for (const [key, values] of Object.entries(tests)) {
      const outcome = testCondition(operator, keys[key], values);
      if (outcome === false || (outcome === undefined && effect === 'Allow')) return false;
    }
  }
  return true;
}

// undefined: the lab cannot judge it (A2).
function testCondition(operator: string, value: string | undefined, expected: readonly string[]): boolean | undefined {
  switch (operator) {
    case 'StringEquals':
    case 'ArnEquals':
      return value !== undefined && expected.includes(value);
    case 'StringNotEquals':
    case 'ArnNotEquals':
      return value === undefined || !expected.includes(value);
    case 'StringLike':
    case 'ArnLike':
      return value !== undefined && expected.some((pattern) => matchesWildcards(pattern, value));
    case 'StringNotLike':
    case 'ArnNotLike':
      return value === undefined || !expected.some((pattern) => matchesWildcards(pattern, value));
    default:
      return undefined;
  }
}

/** `*` stands for any text, `?` for any one character. Linear in both lengths times the number of stars. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let patternIndex = 0;
  let textIndex = 0;
  let starIndex = -1;
  let resumeIndex = 0;
  while (textIndex < text.length) {
    const expected = pattern[patternIndex];
    if (expected === '*') {
      starIndex = patternIndex++;
      resumeIndex = textIndex;
    } else if (expected === '?' || expected === text[textIndex]) {
      patternIndex += 1;
      textIndex += 1;
    } else if (starIndex >= 0) {
      // Let the last star swallow one character more.
      patternIndex = starIndex + 1;
      textIndex = ++resumeIndex;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(patternIndex));
}

function asArray(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function asStrings(value: unknown): readonly string[] {
  return asArray(value).filter((item): item is string => typeof item === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
