import type { DeleteNetworkAclRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { dependencyViolation, invalidParameterValue } from '../refusals.js';
import { requireResource } from '../resources.js';

export function deleteNetworkAcl(input: DeleteNetworkAclRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const acl = requireResource('networkAcl', input.NetworkAclId, context);
  const id = acl.NetworkAclId!;
  if (acl.IsDefault === true) throw invalidParameterValue(`cannot delete default network ACL ${id}`);
  if (acl.Associations?.length) throw dependencyViolation('networkAcl', id);
  ec2.networkAcls.delete(id);
  ec2.tags.delete(id);
  return {};
}
