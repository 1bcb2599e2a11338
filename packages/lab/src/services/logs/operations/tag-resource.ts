import type { TagResourceCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findTagged, setTags } from '../tags.js';

export function tagResource({ resourceArn, tags }: TagResourceCommandInput, { state }: OperationContext): object {
  setTags(findTagged(state, resourceArn), tags);
  return {};
}
