import { type ReadPolicy, readPolicy } from '@directrix/iam';
import type { RoleRecord } from '../services/iam/state.js';
import { managedPolicyDocument } from './managed-policies.js';

/** Every policy of a role: those written into it, and those attached that AWS manages. */
export function policiesOfRole(role: RoleRecord): readonly ReadPolicy[] {
  const inline = [...role.inlinePolicies].map(([name, text]) => readPolicy(name, text));
  // One that the lab does not know grants nothing.
  const attached = [...role.attachedPolicyArns].flatMap((arn) => {
    const text = managedPolicyDocument(arn);
    return text === undefined ? [] : [readPolicy(arn, text)];
  });
  return [...inline, ...attached];
}
