// document: a policy as IAM's grammar has it, read from its JSON text. What AWS would refuse is refused here, with what is wrong.
import type { DocumentFault } from './doubt.js';

/**
 * Where a policy stands. `identity`: attached to a role, or its boundary: no Principal. `resource`: on a resource or an endpoint, with
 * a Principal. `trust`: a role's trust policy, whose resource is the role itself.
 */
export type PolicyKind = 'identity' | 'resource' | 'trust';

export interface Policy {
  /** The policy's name or ARN, as an answer cites it. */
  readonly name: string;
  readonly statements: readonly Statement[];
  /** Only version 2012-10-17 has variables. */
  readonly hasVariables: boolean;
}

export interface Statement {
  /** The policy's name with the statement's Sid or number: `own (AllowPath)`, `own (statement 2)`. */
  readonly name: string;
  readonly effect: 'Allow' | 'Deny';
  readonly action: Selection;
  /** Undefined: the resource that the policy is attached to. */
  readonly resource: Selection | undefined;
  /** Undefined: whoever the policy is attached to. */
  readonly principal: PrincipalSelection | undefined;
  readonly conditions: readonly Condition[];
}

/** An element and its Not form: `isNegated` means everything but these. */
export interface Selection {
  readonly isNegated: boolean;
  readonly patterns: readonly string[];
}

export interface PrincipalSelection {
  readonly isNegated: boolean;
  readonly principals: readonly { readonly type: string; readonly id: string }[];
}

export interface Condition {
  readonly operator: string;
  /** In lower case: the names of condition keys have no case. */
  readonly key: string;
  readonly values: readonly string[];
}

export type ReadPolicy =
  | { readonly kind: 'read'; readonly policy: Policy }
  /** `statement`: the first bad one, counted from 1. */
  | { readonly kind: 'malformed'; readonly name: string; readonly fault: DocumentFault; readonly statement?: number };

/** A policy that is attached and whose document could not be had: whatever it could decide is open. */
export function unreadPolicy(name: string): ReadPolicy {
  return { kind: 'malformed', name, fault: 'notRead' };
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a policy document; never throws. */
export function readPolicy(name: string, text: string, kind: PolicyKind = 'identity'): ReadPolicy {
  const document = parseJson(text);
  if (document === undefined) return { kind: 'malformed', name, fault: 'notJson' };
  if (!isFields(document)) return { kind: 'malformed', name, fault: 'notAnObject' };
  const raw = listOf(document.Statement);
  if (document.Statement === undefined) return { kind: 'malformed', name, fault: 'noStatement' };
  const statements: Statement[] = [];
  for (const [index, item] of raw.entries()) {
    const read = readStatement(item, name, index + 1, kind);
    if (typeof read === 'string') return { kind: 'malformed', name, fault: read, statement: index + 1 };
    statements.push(read);
  }
  return { kind: 'read', policy: { name, statements, hasVariables: document.Version === '2012-10-17' } };
}

function readStatement(raw: unknown, name: string, number: number, kind: PolicyKind): Statement | DocumentFault {
  if (!isFields(raw)) return 'noStatement';
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny') return 'effect';
  const action = readSelection(raw, 'Action');
  if (action === undefined) return 'action';
  const resource = readSelection(raw, 'Resource');
  if (resource === undefined && (kind !== 'trust' || hasEither(raw, 'Resource'))) return 'resource';
  const principal = readPrincipals(raw);
  if (isPrincipalFault(raw, principal, kind)) return 'principal';
  const conditions = readConditions(raw.Condition);
  if (conditions === undefined) return 'condition';
  const sid = typeof raw.Sid === 'string' && raw.Sid !== '' ? `(${raw.Sid})` : `(statement ${number})`;
  return { name: `${name} ${sid}`.trim(), effect: raw.Effect, action, resource, principal, conditions };
}

function hasEither(raw: Fields, member: string): boolean {
  return raw[member] !== undefined || raw[`Not${member}`] !== undefined;
}

/** Undefined: neither form is there, both are, or one holds something that is no text. */
function readSelection(raw: Fields, member: string): Selection | undefined {
  const [plain, negated] = [raw[member], raw[`Not${member}`]];
  if ((plain === undefined) === (negated === undefined)) return undefined;
  const patterns = textsOf(plain ?? negated);
  if (patterns === undefined || patterns.length === 0) return undefined;
  return { isNegated: plain === undefined, patterns };
}

function isPrincipalFault(raw: Fields, principal: PrincipalSelection | undefined, kind: PolicyKind): boolean {
  return kind === 'identity' ? hasEither(raw, 'Principal') : principal === undefined;
}

function readPrincipals(raw: Fields): PrincipalSelection | undefined {
  if ((raw.Principal === undefined) === (raw.NotPrincipal === undefined)) return undefined;
  const value = raw.Principal ?? raw.NotPrincipal;
  const isNegated = raw.Principal === undefined;
  if (value === '*') return { isNegated, principals: [{ type: '*', id: '*' }] };
  if (!isFields(value)) return undefined;
  const principals = Object.entries(value).map(([type, ids]) => textsOf(ids)?.map((id) => ({ type, id })));
  if (principals.length === 0 || !principals.every((list) => list !== undefined)) return undefined;
  return { isNegated, principals: principals.flat() };
}

function readConditions(value: unknown): readonly Condition[] | undefined {
  if (value === undefined) return [];
  if (!isFields(value)) return undefined;
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isFields(keys)) return undefined;
    for (const [key, raw] of Object.entries(keys)) {
      const values = scalarsOf(raw);
      if (values === undefined) return undefined;
      conditions.push({ operator, key: key.toLowerCase(), values });
    }
  }
  return conditions;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): readonly string[] | undefined {
  const list = listOf(value);
  return list.every((item) => typeof item === 'string') ? list : undefined;
}

// A condition's value may be written as a number or a boolean.
function scalarsOf(value: unknown): readonly string[] | undefined {
  const list = listOf(value);
  return list.every((item) => ['string', 'number', 'boolean'].includes(typeof item)) ? list.map(String) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
