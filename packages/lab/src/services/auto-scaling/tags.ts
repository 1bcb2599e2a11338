import type { AutoScalingGroup, Tag, TagDescription } from '@aws-sdk/client-auto-scaling';

/** Merges tags into the group's, by key. They reach instances that are launched from now on. */
export function putGroupTags(group: AutoScalingGroup, tags: readonly Tag[]): void {
  const byKey = new Map((group.Tags ?? []).map((tag) => [tag.Key, tag]));
  for (const tag of tags) byKey.set(tag.Key, describeTag(group.AutoScalingGroupName!, tag));
  group.Tags = [...byKey.values()].toSorted((a, b) => (a.Key! < b.Key! ? -1 : 1));
}

function describeTag(groupName: string, tag: Tag): TagDescription {
  return {
    ResourceId: groupName,
    ResourceType: 'auto-scaling-group',
    Key: tag.Key,
    Value: tag.Value ?? '',
    PropagateAtLaunch: tag.PropagateAtLaunch ?? false,
  };
}
