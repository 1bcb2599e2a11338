// admit request: what a decoded request must pass before its operation sees it, whoever asks.
import type { ServiceDefinition } from '../control-plane/types.js';
import { findUndeclaredMember, type OperationMembers } from '../protocols/check-members.js';
import { checkRequest } from '../protocols/check-request.js';
import { findOperationSchema } from '../protocols/operation-schema.js';
import { type AccessRequest, authorizeRequest } from './authorize-request.js';

/** Throws AwsError for what AWS's model does not allow, for a member that the lab does not act on, and for what the caller may not do. */
export function admitRequest(request: AccessRequest): void {
  const { service, operationName, input } = request;
  const schema = findOperationSchema(service, operationName);
  if (schema === undefined) throw new TypeError(`${service.name} has no operation ${operationName}.`);
  checkRequest(service, schema, input);
  const undeclared = findUndeclaredMember(operationName, membersOf(service, operationName), input);
  if (undeclared !== undefined) throw undeclared;
  authorizeRequest(request);
}

/** DryRun is of every operation of EC2, and the control plane's to answer. */
function membersOf(service: ServiceDefinition, operationName: string): OperationMembers {
  const declared = service.members[operationName] ?? { acts: '' };
  return service.protocol === 'ec2Query' ? { ...declared, acts: `${declared.acts} DryRun` } : declared;
}
