import type { TagRoleCommandInput } from '@aws-sdk/client-iam';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole } from '../entities.js';

const MOST_TAGS = 50;

/** A tag with the key of another takes its place. Throws LimitExceeded beyond 50. */
export function tagRole(input: TagRoleCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  const byKey = new Map([...role.tags, ...(input.Tags ?? [])].map((tag) => [tag.Key, tag]));
  if (byKey.size > MOST_TAGS)
    throw new AwsError('LimitExceeded', `The number of tags has reached the maximum limit of ${MOST_TAGS}.`, 409);
  role.tags = [...byKey.values()];
  return {};
}
