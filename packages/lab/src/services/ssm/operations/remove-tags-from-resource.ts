import type { RemoveTagsFromResourceCommandInput } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { findTaggedParameter } from '../tags.js';

export function removeTagsFromResource(input: RemoveTagsFromResourceCommandInput, { state }: OperationContext): object {
  const record = findTaggedParameter(state, input);
  record.tags = record.tags.filter(({ Key }) => !input.TagKeys!.includes(Key!));
  return {};
}
