import type { AutoScalingGroup, Filter } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';
import type { GroupRecord } from './state.js';

/** A copy for the answer. `includeInstances` false leaves the instances out, as DescribeAutoScalingGroups allows. */
export function describeGroup({ group }: GroupRecord, includeInstances: boolean): AutoScalingGroup {
  return { ...group, Instances: includeInstances ? (group.Instances ?? []).map((instance) => ({ ...instance })) : [] };
}

/** `tag-key`, `tag-value` and `tag:<key>`; each filter must be met, by any of its values. */
export function meetsFilters(group: AutoScalingGroup, filters: readonly Filter[] | undefined): boolean {
  return (filters ?? []).every((filter) => meetsFilter(group, filter));
}

function meetsFilter(group: AutoScalingGroup, { Name: name = '', Values: values = [] }: Filter): boolean {
  const tags = group.Tags ?? [];
  if (name === 'tag-key') return tags.some((tag) => values.includes(tag.Key!));
  if (name === 'tag-value') return tags.some((tag) => values.includes(tag.Value!));
  if (name.startsWith('tag:')) {
    return tags.some((tag) => tag.Key === name.slice('tag:'.length) && values.includes(tag.Value!));
  }
  throw new AwsError(
    'ValidationError',
    `Filter type ${name} is not correct. Allowed Filter types are: tag-key tag-value tag:<key>`,
  );
}
