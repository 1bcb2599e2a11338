import type { DeleteTagsType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

/** A tag with another value than the one named stays. */
export function deleteTags(input: DeleteTagsType, context: OperationContext): object {
  const changes = (input.Tags ?? []).map((tag) => ({ tag, group: requireGroup(context.state, tag.ResourceId).group }));
  for (const { tag, group } of changes) {
    group.Tags = (group.Tags ?? []).filter(
      (known) => known.Key !== tag.Key || (tag.Value !== undefined && known.Value !== tag.Value),
    );
  }
  return {};
}
