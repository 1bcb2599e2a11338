import type { CreateTagsRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { missingParameter } from '../refusals.js';
import { kindOfId, requireResource } from '../resources.js';
import { checkTagRoom, checkTags, putTags } from '../tags.js';

export function createTags(input: CreateTagsRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const ids = requireTaggable(input.Resources, context);
  if (!input.Tags?.length) throw missingParameter('tagSet');
  checkTags(input.Tags);
  for (const id of ids) checkTagRoom(ec2, id, input.Tags);
  for (const id of ids) putTags(ec2, id, input.Tags);
  return {};
}

/** Every id exists, or the whole request is refused. */
export function requireTaggable(ids: readonly string[] | undefined, context: OperationContext): string[] {
  if (!ids?.length) throw missingParameter('resourceIdSet');
  for (const id of ids) {
    const kind = kindOfId(id);
    if (kind === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    requireResource(kind, id, context);
  }
  return [...ids];
}
