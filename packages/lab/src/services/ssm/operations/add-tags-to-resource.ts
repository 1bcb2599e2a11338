import type { AddTagsToResourceCommandInput } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkTags, findTaggedParameter } from '../tags.js';

export function addTagsToResource(input: AddTagsToResourceCommandInput, { state }: OperationContext): object {
  const record = findTaggedParameter(state, input);
  const added = input.Tags!;
  const kept = record.tags.filter(({ Key }) => added.every((tag) => tag.Key !== Key));
  checkTags([...kept, ...added]);
  record.tags = [...kept, ...added];
  return {};
}
