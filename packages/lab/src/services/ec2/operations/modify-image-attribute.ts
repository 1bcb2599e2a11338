import type { LaunchPermission, ModifyImageAttributeRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireAvailable, requireOwnImage } from '../images.js';
import { notEmulated } from '../refusals.js';

/** launchPermission and description. */
export function modifyImageAttribute(
  input: ModifyImageAttributeRequest,
  context: OperationContext,
): Record<string, never> {
  const { launchPermissions } = context.state.ec2;
  const image = requireOwnImage(input.ImageId, context);
  requireAvailable(image);
  const { Add: add = [], Remove: remove = [] } = permissionsIn(input);
  const description = input.Description?.Value;
  if (add.length + remove.length === 0 && description === undefined) throw notEmulated('this image attribute');
  const leaving = new Set(remove.map(keyOf));
  const byKey = new Map((launchPermissions.get(image.ImageId!) ?? []).map((one) => [keyOf(one), one]));
  for (const one of add) byKey.set(keyOf(one), one);
  const kept = [...byKey.values()].filter((one) => !leaving.has(keyOf(one)));
  launchPermissions.set(image.ImageId!, kept);
  image.Public = kept.some((one) => one.Group === 'all');
  if (description !== undefined) image.Description = description;
  return {};
}

/** In the form of LaunchPermission, or of OperationType with UserIds and UserGroups. */
function permissionsIn(input: ModifyImageAttributeRequest) {
  if (input.LaunchPermission !== undefined) return input.LaunchPermission;
  const named: LaunchPermission[] = [
    ...(input.UserIds ?? []).map((UserId) => ({ UserId })),
    ...(input.UserGroups ?? []).map(() => ({ Group: 'all' as const })),
  ];
  return input.OperationType === 'remove' ? { Remove: named } : { Add: named };
}

function keyOf(permission: LaunchPermission): string {
  return permission.Group ?? permission.UserId ?? permission.OrganizationArn ?? permission.OrganizationalUnitArn ?? '';
}
