// read-baseline: the release that serves now, as the way back will name it: by a version of the group's own launch template.
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { BaselineSnapshot, LaunchTemplateSnapshot } from '@directrix/preflight';
import type { AwsClients } from '../clients/aws-clients.js';
import { describeInstances } from '../observe/instances.js';
import { describeImage } from '../release/images.js';
import { findLaunchTemplateImage, findVersionOfImage } from '../release/launch-template-image.js';

/**
 * What most instances in service run, and its image; undefined without an instance, or when the template names no image by its id. An
 * instance of another launch template has numbers of another row: it counts by its image.
 */
export async function readBaseline(
  clients: AwsClients,
  group: AutoScalingGroup,
  template: LaunchTemplateSnapshot | undefined,
): Promise<BaselineSnapshot | undefined> {
  if (template === undefined) return undefined;
  const inService = (group.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService');
  const own = inService.filter(({ LaunchTemplate }) => LaunchTemplate?.LaunchTemplateId === template.launchTemplateId);
  const launchTemplateVersion = findCommonest(own.flatMap(({ LaunchTemplate }) => LaunchTemplate?.Version ?? []));
  if (launchTemplateVersion === undefined) return readForeignBaseline(clients, inService, template);
  const imageId = await findLaunchTemplateImage(clients, template.launchTemplateId, launchTemplateVersion);
  // `resolve:ssm:/path` is answered anew at each launch.
  if (!imageId?.startsWith('ami-')) return undefined;
  return { launchTemplateVersion, imageId, image: await describeImage(clients, imageId) };
}

/** No instance is of the launch template that the group has now. */
async function readForeignBaseline(
  clients: AwsClients,
  inService: NonNullable<AutoScalingGroup['Instances']>,
  { launchTemplateId }: LaunchTemplateSnapshot,
): Promise<BaselineSnapshot | undefined> {
  const instances = await describeInstances(
    clients,
    inService.flatMap(({ InstanceId }) => InstanceId ?? []),
  );
  const imageId = findCommonest([...instances.values()].flatMap(({ ImageId }) => ImageId ?? []));
  if (imageId === undefined) return undefined;
  const launchTemplateVersion = await findVersionOfImage(clients, launchTemplateId, imageId);
  return { launchTemplateVersion, imageId, image: await describeImage(clients, imageId) };
}

/** Of those that are as common, the one with the greatest number. */
function findCommonest(values: readonly string[]): string | undefined {
  const count = new Map<string, number>();
  for (const value of values) count.set(value, (count.get(value) ?? 0) + 1);
  return [...count].sort(([a, x], [b, y]) => y - x || Number(b) - Number(a))[0]?.[0];
}
