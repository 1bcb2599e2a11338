// replacement: would an instance that the group launches now come up? The checks of a rollout, but for those that ask about replacing
// many instances one after the other.
import { describeGroup, describeImages, findLaunchTemplateImage, versionOf } from '@directrix/aws';
import type { Finding, findingCodes } from '@directrix/preflight';
import type { Release } from '@directrix/rollout';
import type { World } from '../../world.js';

/** What is only in the way of a rollout. */
const onlyOfRollouts: readonly (keyof typeof findingCodes)[] = [
  'NO_CAPACITY_HEADROOM',
  'SURGE_LIMITED',
  'GROUP_EMPTY',
  'LAUNCH_TEMPLATE_FLOATING',
  'NO_LAUNCH_TEMPLATE',
  'WARM_POOL',
  'INSTANCE_REFRESH_ACTIVE',
  'GROUP_BUSY',
  'ROLLOUT_UNFINISHED',
  'SCHEDULED_ACTION',
  'DEREGISTRATION_DELAY_LONG',
  'DEREGISTRATION_DELAY_ZERO',
  'NO_HEALTHY_BASELINE',
  'BASELINE_DEGRADED',
  'DEPLOYER_NOT_ALLOWED',
  'FORECAST',
];

export function isAboutReplacement({ code }: Finding): boolean {
  return !(onlyOfRollouts as readonly string[]).includes(code);
}

/**
 * What the group launches now. Undefined when that is not one image: it has no launch template of its own, or one that names an image
 * by an alias. Throws GROUP_NOT_FOUND.
 */
export async function findPresentRelease({ clients }: World, groupName: string): Promise<Release | undefined> {
  const { LaunchTemplate } = await describeGroup(clients, groupName);
  if (LaunchTemplate?.LaunchTemplateId === undefined) return undefined;
  const version = LaunchTemplate.Version ?? '$Default';
  const imageId = await findLaunchTemplateImage(clients, LaunchTemplate.LaunchTemplateId, version);
  if (imageId === undefined || !imageId.startsWith('ami-')) return undefined;
  const image = (await describeImages(clients, [imageId])).get(imageId);
  return { imageId, version: versionOf(image) ?? imageId };
}
