import type { ResourceRequest } from './resource-type.js';
import { tagChange } from './resource-type.js';

/** For the creation of one of EC2's resources: none where there is nothing to tag it with. */
export function tagSpecifications(resourceType: string, { tags }: Pick<ResourceRequest, 'tags'>): object {
  return tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: resourceType, Tags: tags }] };
}

/** Brings the tags of one of EC2's resources from the previous ones to the present ones. */
export function retagEc2(request: ResourceRequest, resourceId = request.physicalId): void {
  const { put, remove } = tagChange(request);
  if (remove.length > 0)
    request.ask('ec2', 'DeleteTags', { Resources: [resourceId], Tags: remove.map((Key) => ({ Key })) });
  if (put.length > 0) request.ask('ec2', 'CreateTags', { Resources: [resourceId], Tags: put });
}
