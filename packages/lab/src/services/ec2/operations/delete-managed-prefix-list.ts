import type { DeleteManagedPrefixListRequest, DeleteManagedPrefixListResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { dependencyViolation } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Refused while a rule or a route names it. */
export function deleteManagedPrefixList(
  input: DeleteManagedPrefixListRequest,
  context: OperationContext,
): DeleteManagedPrefixListResult {
  const { ec2 } = context.state;
  const list = requireResource('prefixList', input.PrefixListId, context);
  const id = list.PrefixListId!;
  if (list.OwnerId === 'AWS') {
    throw new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  }
  const isNamed =
    [...ec2.securityGroupRules.values()].some((rule) => rule.PrefixListId === id) ||
    [...ec2.routeTables.values()].some((table) => table.Routes?.some((route) => route.DestinationPrefixListId === id));
  if (isNamed) throw dependencyViolation('prefixList', id);
  const shown = copyWithTags('prefixList', list, ec2);
  ec2.prefixLists.delete(id);
  ec2.tags.delete(id);
  return { PrefixList: { ...shown, State: 'delete-complete' } };
}
