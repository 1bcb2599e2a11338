import type { DeleteTagsRequest, Tag } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkTags, tagsOf } from '../tags.js';
import { requireTaggable } from './create-tags.js';

/** A tag with a value goes only when that is its value. Without tags, all go, those of AWS excepted. */
export function deleteTags(input: DeleteTagsRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const ids = requireTaggable(input.Resources, context);
  const leaving = input.Tags ?? [];
  checkTags(leaving);
  for (const id of ids) {
    const kept = tagsOf(ec2, id).filter((tag) => !isLeaving(tag, leaving));
    ec2.tags.set(id, kept);
  }
  return {};
}

function isLeaving(tag: Tag, leaving: readonly Tag[]): boolean {
  if (leaving.length === 0) return tag.Key?.startsWith('aws:') !== true;
  return leaving.some((one) => one.Key === tag.Key && (one.Value === undefined || one.Value === tag.Value));
}
