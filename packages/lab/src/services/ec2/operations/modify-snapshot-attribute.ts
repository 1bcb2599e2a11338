import type { CreateVolumePermission, ModifySnapshotAttributeRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { notEmulated } from '../refusals.js';
import { requireResource } from '../resources.js';

/** createVolumePermission. */
export function modifySnapshotAttribute(
  input: ModifySnapshotAttributeRequest,
  context: OperationContext,
): Record<string, never> {
  const { volumePermissions } = context.state.ec2;
  const { SnapshotId = '' } = requireResource('snapshot', input.SnapshotId, context);
  const { add, remove } = accountsIn(input);
  if (add.length + remove.length === 0) throw notEmulated('this snapshot attribute');
  const kept = new Set([...(volumePermissions.get(SnapshotId) ?? []), ...add]);
  for (const account of remove) kept.delete(account);
  volumePermissions.set(SnapshotId, [...kept]);
  return {};
}

/** In the form of CreateVolumePermission, or of OperationType with UserIds and GroupNames. */
function accountsIn(input: ModifySnapshotAttributeRequest) {
  const accountOf = ({ Group, UserId }: CreateVolumePermission) => Group ?? UserId ?? [];
  const named = [...(input.UserIds ?? []), ...(input.GroupNames ?? [])];
  const { Add = [], Remove = [] } = input.CreateVolumePermission ?? {};
  return {
    add: [...Add.flatMap(accountOf), ...(input.OperationType === 'remove' ? [] : named)],
    remove: [...Remove.flatMap(accountOf), ...(input.OperationType === 'remove' ? named : [])],
  };
}
