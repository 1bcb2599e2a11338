import type { AddTagsInput, AddTagsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { addTagsTo, checkTags, requireTaggable } from '../tags.js';

export function addTags(input: AddTagsInput, context: OperationContext): AddTagsOutput {
  const { elbv2 } = context.state;
  const arns = input.ResourceArns ?? [];
  for (const arn of arns) requireTaggable(elbv2, arn);
  for (const arn of arns) checkTags(elbv2, arn, input.Tags);
  for (const arn of arns) addTagsTo(elbv2, arn, input.Tags);
  return {};
}
