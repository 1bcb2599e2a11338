// policy: what a set of IAM policies says of one action on one resource, as far as their text tells.
//
//   I1. An explicit deny wins; nothing is allowed that no statement allows.
//   I2. A condition is not judged: an allow with one is `conditional`, a deny with one takes nothing away.
export type PolicyVerdict =
  | { readonly kind: 'allowed'; readonly by: string }
  | { readonly kind: 'denied'; readonly by: string }
  /** No statement speaks of it. */
  | { readonly kind: 'implicitDeny' }
  /** Only statements with a condition allow it. */
  | { readonly kind: 'conditional'; readonly by: string };

export interface PolicyText {
  readonly name: string;
  readonly document: string;
}

export interface PolicyQuestion {
  readonly action: string;
  readonly resource: string;
  /** Who asks. Only statements with a Principal look at it. */
  readonly principalArn?: string;
}

interface Statement {
  readonly name: string;
  readonly isAllow: boolean;
  readonly isConditional: boolean;
  matches(question: PolicyQuestion): boolean;
}

/** A document that is no JSON says nothing. */
export function evaluatePolicies(policies: readonly PolicyText[], question: PolicyQuestion): PolicyVerdict {
  const matching = policies.flatMap(readStatements).filter((statement) => statement.matches(question));
  const denying = matching.find(({ isAllow, isConditional }) => !isAllow && !isConditional);
  if (denying !== undefined) return { kind: 'denied', by: denying.name };
  const allowing = matching.find(({ isAllow, isConditional }) => isAllow && !isConditional);
  if (allowing !== undefined) return { kind: 'allowed', by: allowing.name };
  const maybe = matching.find(({ isAllow }) => isAllow);
  return maybe === undefined ? { kind: 'implicitDeny' } : { kind: 'conditional', by: maybe.name };
}

/** The resources of statements that allow an action, for who wants to know what a role is for. */
export function listAllowedResources(policies: readonly PolicyText[], action: string): readonly string[] {
  return policies.flatMap(({ document }) =>
    rawStatements(document)
      .filter((raw) => raw.Effect === 'Allow' && textsOf(raw.Action).some((pattern) => matchesPattern(pattern, action)))
      .flatMap((raw) => textsOf(raw.Resource)),
  );
}

function readStatements({ name, document }: PolicyText): readonly Statement[] {
  return rawStatements(document).map((raw) => ({
    name: typeof raw.Sid === 'string' && raw.Sid !== '' ? `${name} (${raw.Sid})` : name,
    isAllow: raw.Effect === 'Allow',
    isConditional: raw.Condition !== undefined,
    matches: ({ action, resource, principalArn }) =>
      matchesMember(raw, 'Action', action, 'i') &&
      matchesMember(raw, 'Resource', resource, '') &&
      isPrincipalMeant(raw.Principal, principalArn),
  }));
}

function rawStatements(document: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const parsed: unknown = JSON.parse(document);
    return isRecord(parsed) ? listOf(parsed.Statement).filter(isRecord) : [];
  } catch {
    return [];
  }
}

function matchesMember(raw: Readonly<Record<string, unknown>>, name: string, text: string, flags: string): boolean {
  const isNegated = raw[name] === undefined;
  const patterns = textsOf(isNegated ? raw[`Not${name}`] : raw[name]);
  if (patterns.length === 0) return false;
  return patterns.some((pattern) => matchesPattern(pattern, text, flags)) !== isNegated;
}

function isPrincipalMeant(principal: unknown, arn: string | undefined): boolean {
  if (principal === undefined) return true;
  const names = isRecord(principal) ? Object.values(principal).flatMap(textsOf) : textsOf(principal);
  if (names.includes('*') || arn === undefined) return true;
  const account = /^arn:[^:]*:[^:]*::(\d{12}):/.exec(arn)?.[1];
  return names.some((name) => name === arn || name === account || name === `arn:aws:iam::${account}:root`);
}

function matchesPattern(pattern: string, text: string, flags = 'i'): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, flags).test(text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
