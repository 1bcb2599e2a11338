// decide access: what the policies of @directrix/iam say, for a lab that must answer at once.
//
//   A2. What the lab cannot tell of a request never helps the caller: it is refused.
import { type AccessRequest, type Answer, type Doubt, evaluatePolicies, type ReadPolicy } from '@directrix/iam';

export type Decision =
  | { readonly kind: 'allowed'; readonly policyId: string }
  | { readonly kind: 'explicitDeny'; readonly policyId: string }
  /** `missingKeys`: condition keys whose values would have decided. */
  | { readonly kind: 'implicitDeny'; readonly missingKeys: readonly string[] };

export function decideAccess(policies: readonly ReadPolicy[], request: AccessRequest): Decision {
  const answer = evaluatePolicies(policies, request);
  if (answer.kind === 'yes') return { kind: 'allowed', policyId: answer.policy };
  if (answer.kind === 'no')
    return answer.reason === 'explicitDeny'
      ? { kind: 'explicitDeny', policyId: answer.policy }
      : { kind: 'implicitDeny', missingKeys: [] };
  return { kind: 'implicitDeny', missingKeys: keysOf(answer) };
}

function keysOf({ because }: Extract<Answer, { readonly kind: 'cannotTell' }>): readonly string[] {
  return [...new Set(because.flatMap(keyOf))];
}

function keyOf(doubt: Doubt): readonly string[] {
  if (doubt.code === 'conditionKey') return [doubt.key];
  return doubt.code === 'variable' ? [doubt.variable] : [];
}
