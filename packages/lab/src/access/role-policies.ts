import type { RoleRecord } from '../services/iam/state.js';
import { managedPolicyDocument } from './managed-policies.js';
import { type Policy, parsePolicy } from './policy.js';

/** Every policy of a role: those written into it, and those attached that AWS manages. */
export function policiesOfRole(role: RoleRecord): readonly Policy[] {
  const inline = [...role.inlinePolicies].map(([name, text]) => parsePolicy(name, text));
  const attached = [...role.attachedPolicyArns].map((arn) => parsePolicy(arn, managedPolicyDocument(arn) ?? ''));
  return [...inline, ...attached].filter((policy) => policy !== undefined);
}
