import type { CreateOrUpdateTagsType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { putGroupTags } from '../tags.js';

export function createOrUpdateTags(input: CreateOrUpdateTagsType, context: OperationContext): object {
  const changes = (input.Tags ?? []).map((tag) => ({ tag, group: requireGroup(context.state, tag.ResourceId).group }));
  for (const { tag, group } of changes) putGroupTags(group, [tag]);
  return {};
}
