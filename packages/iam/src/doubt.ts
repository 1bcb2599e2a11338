// doubt: what keeps a question from having an answer. A value is true, false, or the doubts that it hangs on.

/** Why it cannot be told. `statement` names the statement that hangs on it. */
export type Doubt =
  /** The request's value of a condition key is not known. */
  | { readonly code: 'conditionKey'; readonly statement: string; readonly key: string }
  /** An operator that IAM does not have. */
  | { readonly code: 'operator'; readonly statement: string; readonly operator: string }
  /** A condition whose value is not of the operator's type. */
  | { readonly code: 'conditionValue'; readonly statement: string; readonly operator: string; readonly value: string }
  /** A policy variable whose value is not known. */
  | { readonly code: 'variable'; readonly statement: string; readonly variable: string }
  /** The statement speaks of some of the actions that were asked about. */
  | { readonly code: 'action'; readonly statement: string }
  /** The statement speaks of some of the resources that were asked about. */
  | { readonly code: 'resource'; readonly statement: string }
  /** The statement names principals, and who asks is not known. */
  | { readonly code: 'principal'; readonly statement: string }
  /** NotPrincipal names the caller but not its account. AWS may check the account first, and then the statement applies. */
  | { readonly code: 'notPrincipalAccount'; readonly statement: string }
  /** The document cannot be read. */
  | { readonly code: 'document'; readonly statement: string; readonly fault: DocumentFault };

/** What is wrong with a policy document. */
export type DocumentFault =
  /** The document was not to be had. */
  'notRead' | 'notJson' | 'notAnObject' | 'noStatement' | 'effect' | 'action' | 'resource' | 'principal' | 'condition';

export type Truth = boolean | readonly Doubt[];

export function isDoubtful(truth: Truth): truth is readonly Doubt[] {
  return typeof truth !== 'boolean';
}

/** False wins over doubt, doubt over true. */
export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  const doubts = truths.filter(isDoubtful).flat();
  return doubts.length === 0 ? true : doubts;
}

/** True wins over doubt, doubt over false. */
export function anyOf(truths: readonly Truth[]): Truth {
  return negate(allOf(truths.map(negate)));
}

export function negate(truth: Truth): Truth {
  return isDoubtful(truth) ? truth : !truth;
}
