import type { DescribeTagsInput, DescribeTagsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireTaggable } from '../tags.js';

/** Where a listener is served on this machine is told, as the tag `directrix:url`, only to a client that asks for it: AWS has no such tag. */
export function describeTags(input: DescribeTagsInput, context: OperationContext): DescribeTagsOutput {
  const { elbv2 } = context.state;
  const arns = input.ResourceArns ?? [];
  for (const arn of arns) requireTaggable(elbv2, arn);
  return {
    TagDescriptions: arns.map((arn) => {
      const url = context.asksForListenerUrls === true ? elbv2.listenerUrls.get(arn) : undefined;
      const own = elbv2.tags.get(arn) ?? [];
      return { ResourceArn: arn, Tags: url === undefined ? [...own] : [...own, { Key: 'directrix:url', Value: url }] };
    }),
  };
}
