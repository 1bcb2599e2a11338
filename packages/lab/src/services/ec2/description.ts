// description: how EC2's Describe operations choose, page and copy.
//
//   1. Every id that is asked for exists, or the whole call is refused.
//   2. What is handed out is a copy with its tags; nobody can change EC2's books through it.
import type { Filter, Tag } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../control-plane/types.js';
import { copyOf } from './copy.js';
import { checkFilters, type FilterFields, passesFilters } from './filters.js';
import { type PageRequest, pageOf } from './paging.js';
import { kindOf, type ResourceKind, type ResourceOf, requireResource } from './resources.js';
import type { Ec2State } from './state.js';
import { tagsOf } from './tags.js';

interface DescribeRequest extends PageRequest {
  readonly ids?: readonly string[] | undefined;
  readonly Filters?: readonly Filter[] | undefined;
}

export interface Description<T> {
  readonly found: T[];
  readonly nextToken: string | undefined;
}

export function describe<K extends ResourceKind>(
  kind: K,
  request: DescribeRequest & { readonly isShown?: (resource: ResourceOf<K>) => boolean },
  fields: FilterFields<ResourceOf<K>>,
  context: OperationContext,
  bounds?: { readonly least: number; readonly most: number },
): Description<ResourceOf<K>> {
  const { all, idOf } = kindOf(kind);
  const state = context.state.ec2;
  checkFilters(request.Filters, fields);
  const chosen = request.ids?.length ? request.ids.map((id) => requireResource(kind, id, context)) : all(state);
  const shown = request.isShown === undefined ? chosen : chosen.filter(request.isShown);
  const passing = shown.filter((one) => passesFilters(one, tagsOf(state, idOf(one)), request.Filters, fields));
  const page = pageOf(passing, request, bounds);
  return { found: page.items.map((one) => copyWithTags(kind, one, state)), nextToken: page.nextToken };
}

/** A copy for a response, with the tags that the resource has now. */
export function copyWithTags<K extends ResourceKind>(kind: K, resource: ResourceOf<K>, state: Ec2State): ResourceOf<K> {
  const tags: Tag[] = copyOf([...tagsOf(state, kindOf(kind).idOf(resource))]);
  // As on AWS, what has no tags has no tag list.
  if (tags.length === 0) return copyOf(resource as object) as ResourceOf<K>;
  const member = kind === 'networkInterface' ? { TagSet: tags } : { Tags: tags };
  return { ...copyOf(resource as object), ...member } as ResourceOf<K>;
}
