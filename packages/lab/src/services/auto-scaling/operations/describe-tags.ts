import type { DescribeTagsType, Filter, TagDescription, TagsType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';

export function describeTags(input: DescribeTagsType, context: OperationContext): TagsType {
  const all = [...context.state.autoScaling.groups.values()].flatMap(({ group }) => group.Tags ?? []);
  const found = all.filter((tag) => (input.Filters ?? []).every((filter) => meets(tag, filter)));
  const page = takePage(found, input.NextToken, input.MaxRecords ?? 50, 'InvalidNextToken');
  return { Tags: [...page.items], NextToken: page.next };
}

function meets(tag: TagDescription, { Name: name, Values: values = [] }: Filter): boolean {
  switch (name) {
    case 'auto-scaling-group':
      return values.includes(tag.ResourceId!);
    case 'key':
      return values.includes(tag.Key!);
    case 'value':
      return values.includes(tag.Value!);
    case 'propagate-at-launch':
      return values.includes(String(tag.PropagateAtLaunch));
    default:
      throw new AwsError(
        'ValidationError',
        `Filter type ${name} is not correct. Allowed Filter types are: auto-scaling-group key propagate-at-launch value`,
      );
  }
}
