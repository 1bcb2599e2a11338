import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ElbV2State } from './state.js';

const MOST_TAGS = 50;

/** Throws TooManyTags or DuplicateTagKeys, before anything changes. */
export function checkTags(state: ElbV2State, arn: string, tags: readonly Tag[] | undefined): void {
  const keys = (tags ?? []).map(({ Key }) => Key);
  if (new Set(keys).size < keys.length)
    throw new AwsError('DuplicateTagKeys', 'A tag key was specified more than once.');
  const all = new Set([...(state.tags.get(arn) ?? []).map(({ Key }) => Key), ...keys]);
  if (all.size > MOST_TAGS)
    throw new AwsError('TooManyTags', "You've reached the limit on the number of tags per load balancer.");
}

/** Merges tags into a resource's, by key. */
export function addTagsTo(state: ElbV2State, arn: string, tags: readonly Tag[] | undefined): void {
  const byKey = new Map((state.tags.get(arn) ?? []).map((tag) => [tag.Key, tag]));
  for (const tag of tags ?? []) byKey.set(tag.Key, { Key: tag.Key, Value: tag.Value ?? '' });
  if (byKey.size > 0) state.tags.set(arn, [...byKey.values()]);
}

/** Whether the ARN names anything here that can carry tags. */
function isTaggable(state: ElbV2State, arn: string): boolean {
  if (state.loadBalancers.has(arn) || state.targetGroups.has(arn) || state.listeners.has(arn)) return true;
  for (const listener of state.listeners.values()) if (listener.rules.has(arn)) return true;
  return false;
}

/** Throws the not-found error of the ARN's kind. */
export function requireTaggable(state: ElbV2State, arn: string): void {
  if (isTaggable(state, arn)) return;
  if (arn.includes(':listener-rule/')) throw new AwsError('RuleNotFound', 'One or more rules not found');
  if (arn.includes(':listener/')) throw new AwsError('ListenerNotFound', 'One or more listeners not found');
  if (arn.includes(':targetgroup/')) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
  throw new AwsError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
}
