import type { ListRoleTagsCommandInput, ListRoleTagsResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole } from '../entities.js';
import { takeMarkedPage } from '../paging.js';

export function listRoleTags(input: ListRoleTagsCommandInput, { state }: OperationContext): ListRoleTagsResponse {
  const { tags } = findRole(state, input.RoleName!);
  const { items, ...rest } = takeMarkedPage(tags, ({ Key = '' }) => Key, input);
  return { Tags: [...items], ...rest };
}
