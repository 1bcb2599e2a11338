import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import { invalidParameterValue } from './refusals.js';
import type { Ec2State } from './state.js';

const mostTags = 50;

/**
 * The tags that a request gives to the new resource of `type`. Throws InvalidParameterValue for a specification of another type
 * than `allowed`, and for tags that AWS refuses.
 */
export function tagsFor(
  type: ResourceType,
  specifications: readonly TagSpecification[] | undefined,
  allowed: readonly ResourceType[] = [type],
): Tag[] {
  const tags: Tag[] = [];
  for (const { ResourceType: given, Tags: list = [] } of specifications ?? []) {
    if (given === undefined || !allowed.includes(given)) {
      throw invalidParameterValue(`'${given}' is not a valid taggable resource type for this operation.`);
    }
    if (list.length === 0) throw invalidParameterValue('Tag specification must have at least one tag');
    if (given === type) tags.push(...list);
  }
  checkTags(tags);
  return tags;
}

/** Throws what AWS answers for keys that are empty, too long, given twice or reserved. */
export function checkTags(tags: readonly Tag[]): void {
  const keys = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key === '') throw invalidParameterValue('Tag key cannot be null or empty.');
    if (key.startsWith('aws:')) {
      throw invalidParameterValue("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (key.length > 128) throw invalidParameterValue(`Tag key exceeds the maximum length of 128 characters`);
    if (value.length > 256) throw invalidParameterValue(`Tag value exceeds the maximum length of 256 characters`);
    if (keys.has(key)) throw invalidParameterValue(`Duplicate tag key '${key}' specified.`);
    keys.add(key);
  }
  if (keys.size > mostTags) throw tagLimitExceeded();
}

export function tagsOf(state: Ec2State, resourceId: string): readonly Tag[] {
  return state.tags.get(resourceId) ?? [];
}

/** Adds or overwrites tags by key. Reserved keys are not refused here: services tag with them. */
export function putTags(state: Ec2State, resourceId: string, tags: readonly Tag[]): void {
  if (tags.length === 0) return;
  const byKey = new Map(tagsOf(state, resourceId).map((tag) => [tag.Key, tag]));
  for (const { Key, Value } of tags) byKey.set(Key, { Key, Value: Value ?? '' });
  state.tags.set(resourceId, [...byKey.values()]);
}

/** Throws TagLimitExceeded when `tags` would not fit, before anything is written. */
export function checkTagRoom(state: Ec2State, resourceId: string, tags: readonly Tag[]): void {
  const keys = new Set([...tagsOf(state, resourceId), ...tags].map((tag) => tag.Key));
  if (keys.size > mostTags) throw tagLimitExceeded();
}

function tagLimitExceeded(): AwsError {
  return new AwsError('TagLimitExceeded', `The maximum number of Tags for a resource has been reached.`);
}
