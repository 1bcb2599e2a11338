import type { UntagRoleCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole } from '../entities.js';

export function untagRole(input: UntagRoleCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  role.tags = role.tags.filter(({ Key }) => !input.TagKeys?.includes(Key ?? ''));
  return {};
}
