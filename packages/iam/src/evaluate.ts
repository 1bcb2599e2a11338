// evaluate: what policies say of a request.
//
//   I1. An explicit deny wins over every allow, whichever policy has it; nothing is allowed that no statement allows.
//   I2. What cannot be told is said to be so, with everything that it hangs on. Nothing is guessed in either direction.
//   I3. A policy that cannot be read leaves open whatever it could decide.
import { meetsCondition } from './condition.js';
import type { Policy, ReadPolicy, Selection, Statement } from './document.js';
import { allOf, type Doubt, isDoubtful, negate, type Truth } from './doubt.js';
import { meansPrincipal } from './principal.js';
import { type AccessRequest, type Asked, type KeyLookup, lookUpIn } from './request.js';
import { fillPattern } from './variable.js';
import { covers, literalPattern, lowerCased, overlaps, type Pattern, parsePattern } from './wildcard.js';

export type Answer =
  /** `policy` and `by`, the statement in it, allow it. */
  | { readonly kind: 'yes'; readonly policy: string; readonly by: string }
  | { readonly kind: 'no'; readonly reason: 'explicitDeny'; readonly policy: string; readonly by: string }
  /** No statement allows it. `policy` is the limiting one (boundary, endpoint) that has none, where it is one. */
  | { readonly kind: 'no'; readonly reason: 'implicitDeny'; readonly policy?: string }
  | { readonly kind: 'cannotTell'; readonly because: readonly Doubt[] };

/** What these policies together say, as if they were one. */
export function evaluatePolicies(policies: readonly ReadPolicy[], request: AccessRequest): Answer {
  const unread = policies.flatMap(doubtsOfUnread);
  const judged = policies.flatMap((policy) => (policy.kind === 'read' ? judgeStatements(policy.policy, request) : []));
  const denials = judged.filter(({ effect }) => effect === 'Deny');
  const denied = denials.find(({ truth }) => truth === true);
  if (denied !== undefined) return { kind: 'no', reason: 'explicitDeny', policy: denied.policy, by: denied.name };
  const allows = judged.filter(({ effect }) => effect === 'Allow');
  const allowed = allows.find(({ truth }) => truth === true);
  const doubts = [...unread, ...doubtsOf(denials)];
  if (allowed !== undefined)
    return doubts.length === 0
      ? { kind: 'yes', policy: allowed.policy, by: allowed.name }
      : { kind: 'cannotTell', because: doubts };
  const hopes = [...unread, ...doubtsOf(allows)];
  if (hopes.length === 0) return { kind: 'no', reason: 'implicitDeny' };
  return { kind: 'cannotTell', because: [...hopes, ...doubtsOf(denials)] };
}

/** The policies that a request in one account meets. */
export interface Access {
  /** Of the role or user. Together they must allow it, or the resource's policy must. */
  readonly identity: readonly ReadPolicy[];
  /** The permissions boundary, session policies, service control policies: each set of them must allow it. */
  readonly limits?: readonly (readonly ReadPolicy[])[];
  /** Of the endpoint that the request passes. It must allow it; it grants nothing. */
  readonly endpoint?: ReadPolicy;
  /** Of the resource. It may allow it without the identity's policies. */
  readonly resource?: ReadPolicy;
}

/** What all policies say that the request meets: a deny in any of them first, then every limit, then a grant. */
export function evaluateAccess(access: Access, request: AccessRequest): Answer {
  const grants = [access.identity, ...(access.resource === undefined ? [] : [[access.resource]])];
  const limits = [...(access.limits ?? []), ...(access.endpoint === undefined ? [] : [[access.endpoint]])];
  const granted = grants.map((policies) => evaluatePolicies(policies, request));
  const limited = limits.map((policies) => evaluatePolicies(policies, request));
  const answers = [...granted, ...limited];
  const denied = answers.find((answer) => answer.kind === 'no' && answer.reason === 'explicitDeny');
  if (denied !== undefined) return denied;
  const refusing = limited.findIndex(({ kind }) => kind === 'no');
  if (refusing >= 0) return withholding(limits[refusing] ?? []);
  if (granted.every(({ kind }) => kind === 'no')) return { kind: 'no', reason: 'implicitDeny' };
  const best = granted.find(({ kind }) => kind === 'yes');
  const because = [...limited, ...(best === undefined ? granted : doubtfulDenials(granted))].flatMap((answer) =>
    answer.kind === 'cannotTell' ? answer.because : [],
  );
  if (because.length > 0) return { kind: 'cannotTell', because };
  return best ?? { kind: 'no', reason: 'implicitDeny' };
}

// A grant is sure only when no other policy may deny.
function doubtfulDenials(granted: readonly Answer[]): readonly Answer[] {
  return granted.filter(({ kind }) => kind === 'cannotTell');
}

function withholding(policies: readonly ReadPolicy[]): Answer {
  const names = policies.map((policy) => (policy.kind === 'read' ? policy.policy.name : policy.name)).join(', ');
  return { kind: 'no', reason: 'implicitDeny', ...(names !== '' && { policy: names }) };
}

/** Every policy of the list that could not be read, as a doubt. */
function doubtsOfUnread(policy: ReadPolicy): readonly Doubt[] {
  if (policy.kind === 'read') return [];
  const statement = policy.statement === undefined ? policy.name : `${policy.name} (statement ${policy.statement})`;
  return [{ code: 'document', statement, fault: policy.fault }];
}

interface Judged {
  readonly policy: string;
  readonly name: string;
  readonly effect: Statement['effect'];
  readonly truth: Truth;
}

function doubtsOf(judged: readonly Judged[]): readonly Doubt[] {
  return judged.flatMap(({ truth }) => (isDoubtful(truth) ? truth : []));
}

function judgeStatements(
  { name: policy, statements, hasVariables }: Policy,
  request: AccessRequest,
): readonly Judged[] {
  const lookUp = lookUpIn(request.context);
  return statements.map((statement) => ({
    policy,
    name: statement.name,
    effect: statement.effect,
    truth: applies(statement, request, lookUp, hasVariables),
  }));
}

function applies(statement: Statement, request: AccessRequest, lookUp: KeyLookup, hasVariables: boolean): Truth {
  const { name, principal, action, resource, conditions } = statement;
  const scope = { statement: name, lookUp, hasVariables };
  return allOf([
    principal === undefined || meansPrincipal(principal, request.principal, name),
    selectsAction(action, request.action, name),
    resource === undefined || selectsResource(resource, request.resource, scope),
    ...conditions.map((condition) => meetsCondition(condition, scope)),
  ]);
}

/** Actions have no case. */
function selectsAction(selection: Selection, asked: Asked, statement: string): Truth {
  const patterns = selection.patterns.map((text) => lowerCased(parsePattern(text)));
  return select(selection, patterns, lowerCased(askedPattern(asked)), [{ code: 'action', statement }]);
}

interface ResourceScope {
  readonly statement: string;
  readonly lookUp: KeyLookup;
  readonly hasVariables: boolean;
}

function selectsResource(
  selection: Selection,
  asked: Asked,
  { statement, lookUp, hasVariables }: ResourceScope,
): Truth {
  const filled = selection.patterns.map((text) => fillPattern(text, lookUp, hasVariables));
  const patterns = filled.flatMap((one) => (one.kind === 'pattern' ? [one.pattern] : []));
  const known = select({ ...selection, isNegated: false }, patterns, askedPattern(asked), [
    { code: 'resource', statement },
  ]);
  const unknown = filled.flatMap((one): Doubt[] =>
    one.kind === 'unknown' ? [{ code: 'variable', statement, variable: one.variable }] : [],
  );
  const truth = known === true || unknown.length === 0 ? known : [...(isDoubtful(known) ? known : []), ...unknown];
  return selection.isNegated ? negate(truth) : truth;
}

function askedPattern(asked: Asked): Pattern {
  return typeof asked === 'string' ? literalPattern(asked) : parsePattern(asked.like);
}

function select(
  { isNegated }: Selection,
  patterns: readonly Pattern[],
  asked: Pattern,
  doubts: readonly Doubt[],
): Truth {
  const truth: Truth = patterns.some((pattern) => covers(pattern, asked))
    ? true
    : patterns.some((pattern) => overlaps(pattern, asked)) && doubts;
  return isNegated ? negate(truth) : truth;
}

/** The resources that statements allow an action on, for who wants to know what a role is for. Denials are not looked at. */
export function listAllowedResources(policies: readonly ReadPolicy[], action: string): readonly string[] {
  return policies.flatMap((read) =>
    read.kind === 'read'
      ? read.policy.statements
          .filter(
            ({ effect, action: selection }) => effect === 'Allow' && selectsAction(selection, action, '') === true,
          )
          .flatMap(({ resource }) => (resource === undefined || resource.isNegated ? [] : resource.patterns))
      : [],
  );
}
