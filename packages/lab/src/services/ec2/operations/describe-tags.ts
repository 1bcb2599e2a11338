import type { DescribeTagsRequest, DescribeTagsResult, TagDescription } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, type FilterFields, passesFilters } from '../filters.js';
import { pageOf } from '../paging.js';
import { kindOf, kindOfId } from '../resources.js';

const fields: FilterFields<TagDescription> = {
  key: (t) => t.Key,
  value: (t) => t.Value,
  'resource-id': (t) => t.ResourceId,
  'resource-type': (t) => t.ResourceType,
};

export function describeTags(input: DescribeTagsRequest, context: OperationContext): DescribeTagsResult {
  checkFilters(input.Filters, fields);
  const all = [...context.state.ec2.tags].flatMap(([id, tags]) =>
    tags.map(({ Key, Value }): TagDescription => {
      const kind = kindOfId(id);
      return { Key, Value, ResourceId: id, ...(kind === undefined ? {} : { ResourceType: kindOf(kind).type }) };
    }),
  );
  const found = all.filter((tag) => passesFilters(tag, [{ Key: tag.Key, Value: tag.Value }], input.Filters, fields));
  const page = pageOf(found, input);
  return { Tags: [...page.items], NextToken: page.nextToken };
}
