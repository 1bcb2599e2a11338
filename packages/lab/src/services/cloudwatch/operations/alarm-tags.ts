import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { nameOf } from '../alarm-rule.js';

/** CloudWatch API reference, TagResource. */
const MOST_TAGS = 50;

export function tagResource({ ResourceARN, Tags = [] }: TagResourceCommandInput, context: OperationContext): object {
  const tags = tagsOf(ResourceARN, context);
  if (new Set([...tags.keys(), ...Tags.map(({ Key }) => Key!)]).size > MOST_TAGS)
    throw new AwsError('InvalidParameterValue', `A resource has ${MOST_TAGS} tags at most.`);
  for (const { Key, Value } of Tags) tags.set(Key!, Value!);
  return {};
}

export function untagResource(
  { ResourceARN, TagKeys = [] }: UntagResourceCommandInput,
  context: OperationContext,
): object {
  const tags = tagsOf(ResourceARN, context);
  for (const key of TagKeys) tags.delete(key);
  return {};
}

export function listTagsForResource(
  { ResourceARN }: ListTagsForResourceCommandInput,
  context: OperationContext,
): Omit<ListTagsForResourceCommandOutput, '$metadata'> {
  return { Tags: [...tagsOf(ResourceARN, context)].map(([Key, Value]) => ({ Key, Value })) };
}

function tagsOf(arn: string | undefined, { state }: OperationContext): Map<string, string> {
  const record = state.cloudWatch.alarms.get(nameOf(arn ?? ''));
  if (record === undefined || record.alarm.AlarmArn !== arn)
    throw new AwsError('ResourceNotFoundException', `${arn} does not exist`, 404);
  return record.tags;
}
