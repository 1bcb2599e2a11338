import type { RemoveTagsInput, RemoveTagsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireTaggable } from '../tags.js';

export function removeTags(input: RemoveTagsInput, context: OperationContext): RemoveTagsOutput {
  const { elbv2 } = context.state;
  const arns = input.ResourceArns ?? [];
  for (const arn of arns) requireTaggable(elbv2, arn);
  for (const arn of arns) {
    const kept = (elbv2.tags.get(arn) ?? []).filter((tag) => !input.TagKeys?.includes(tag.Key!));
    elbv2.tags.set(arn, kept);
  }
  return {};
}
