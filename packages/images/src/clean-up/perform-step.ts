// perform step: the hands of the plan. Each step looks again at what it is about to change, and leaves it when it is not so any more.
import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateTagsCommand,
  DeleteLaunchTemplateVersionsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DisableImageCommand,
  EnableImageCommand,
  type Image,
  ModifyImageAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type AwsClients, awsCodeOf, describeGroup, findWarmIn, loadRecord } from '@directrix/aws';
import { type DirectrixError, failureOf } from '@directrix/rollout';
import {
  disabledAtTag,
  imageTag,
  keepTag,
  longestTagValue,
  orphanedAtTag,
  quarantineExpiresTag,
  sharedWithTag,
  tagOf,
} from './marks.js';
import type { Step } from './plan.js';

export type StepResult =
  | { readonly kind: 'done'; readonly step: Step }
  /** It had changed since the plan was made. */
  | { readonly kind: 'left'; readonly step: Step; readonly because: 'gone' | 'changed' | 'busy' }
  | { readonly kind: 'failed'; readonly step: Step; readonly failure: ReturnType<typeof failureOf> };

/** Never rejects but for what nobody foresaw: one refused step stops no other. `at` is AWS's time, epoch milliseconds. */
export async function performStep(clients: AwsClients, step: Step, at: number): Promise<StepResult> {
  try {
    const because = await (performers[step.kind] as Performer<Step>)(clients, step, at);
    return because === undefined ? { kind: 'done', step } : { kind: 'left', step, because };
  } catch (error) {
    if (isGone(error)) return { kind: 'left', step, because: 'gone' };
    if ((error as DirectrixError).name !== 'DirectrixError') throw error;
    return { kind: 'failed', step, failure: failureOf(error) };
  }
}

type Performer<S> = (clients: AwsClients, step: S, at: number) => Promise<'gone' | 'changed' | undefined>;
type Performers = { readonly [K in Step['kind']]: Performer<Extract<Step, { readonly kind: K }>> };

const performers: Performers = {
  async terminateInstance(clients, { instanceId }, at) {
    const answer = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    const instance = answer.Reservations?.[0]?.Instances?.[0];
    const expires = Date.parse(tagOf(instance?.Tags, quarantineExpiresTag) ?? '');
    if (instance === undefined || instance.State?.Name === 'terminated') return 'gone';
    // Somebody may have prolonged it, or put it into a group.
    if (!(expires <= at) || tagOf(instance.Tags, keepTag) !== undefined) return 'changed';
    if (tagOf(instance.Tags, 'aws:autoscaling:groupName') !== undefined) return 'changed';
    await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    return undefined;
  },

  /** To be called under the lease of the group: a rollback that begins now needs them. */
  async terminateWarm(clients, { groupName, rolloutId, instanceIds }, at) {
    const [record, group] = await Promise.all([loadRecord(clients, groupName), describeGroup(clients, groupName)]);
    const kept = record && findWarmIn(record, group);
    if (kept === undefined) return 'gone';
    if (kept.rolloutId !== rolloutId || kept.untilAt > at) return 'changed';
    const standing = kept.instanceIds.filter((id) => instanceIds.includes(id));
    for (const InstanceId of standing)
      await clients.autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
      );
    return standing.length === 0 ? 'gone' : undefined;
  },

  async deleteLaunchTemplateVersion(clients, { launchTemplateId: LaunchTemplateId, version }) {
    const answer = await clients.ec2.send(
      new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [version] }),
    );
    return answer.UnsuccessfullyDeletedLaunchTemplateVersions?.length ? 'changed' : undefined;
  },

  async enableImage(clients, { imageId: ImageId, shareWith }) {
    const image = await findImage(clients, ImageId);
    if (image === undefined) return 'gone';
    if (tagOf(image.Tags, disabledAtTag) === undefined) return 'changed';
    await enableAndShare(clients, ImageId, shareWith);
    return undefined;
  },

  /** The mark is written first: a disabled image without one would be taken for somebody else's doing. */
  async disableImage(clients, { imageId: ImageId, sharedWith }, at) {
    const image = await findImage(clients, ImageId);
    if (image === undefined) return 'gone';
    if (image.State !== 'available' || tagOf(image.Tags, keepTag) !== undefined) return 'changed';
    const accounts = sharedWith.join(' ');
    // What would not fit into the tag could not be given back.
    if (accounts.length > longestTagValue) return 'changed';
    const Tags = [
      { Key: disabledAtTag, Value: new Date(at).toISOString() },
      ...(accounts === '' ? [] : [{ Key: sharedWithTag, Value: accounts }]),
    ];
    await clients.ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
    await clients.ec2.send(new DisableImageCommand({ ImageId }));
    return undefined;
  },

  /** Its snapshots are marked first: afterwards nothing says whose they were. */
  async deregisterImage(clients, { imageId: ImageId, disabledAt, snapshotIds }, at) {
    const image = await findImage(clients, ImageId);
    if (image === undefined) return 'gone';
    const isAsPlanned =
      image.State === 'disabled' &&
      tagOf(image.Tags, keepTag) === undefined &&
      Date.parse(tagOf(image.Tags, disabledAtTag) ?? '') === disabledAt;
    if (!isAsPlanned) return 'changed';
    for (const snapshotId of snapshotIds) await markSnapshot(clients, snapshotId, ImageId, at);
    await clients.ec2.send(new DeregisterImageCommand({ ImageId }));
    return undefined;
  },

  async markSnapshot(clients, { snapshotId, imageId }, at) {
    await markSnapshot(clients, snapshotId, imageId, at);
    return undefined;
  },

  async deleteSnapshot(clients, { snapshotId: SnapshotId }) {
    try {
      await clients.ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
      return undefined;
    } catch (error) {
      // An image was registered of it meanwhile.
      if (awsCodeOf(error) === 'InvalidSnapshot.InUse') return 'changed';
      throw error;
    }
  },
};

/** Enabled, its marks gone, and shared again with those whom it was shared with. */
export async function enableAndShare(
  clients: AwsClients,
  ImageId: string,
  shareWith: readonly string[],
): Promise<void> {
  await clients.ec2.send(new EnableImageCommand({ ImageId }));
  if (shareWith.length > 0)
    await clients.ec2.send(
      new ModifyImageAttributeCommand({
        ImageId,
        LaunchPermission: { Add: shareWith.map((UserId) => ({ UserId })) },
      }),
    );
  await clients.ec2.send(
    new DeleteTagsCommand({ Resources: [ImageId], Tags: [{ Key: disabledAtTag }, { Key: sharedWithTag }] }),
  );
}

async function markSnapshot(clients: AwsClients, snapshotId: string, imageId: string, at: number): Promise<void> {
  const Tags = [
    { Key: orphanedAtTag, Value: new Date(at).toISOString() },
    { Key: imageTag, Value: imageId },
  ];
  await clients.ec2.send(new CreateTagsCommand({ Resources: [snapshotId], Tags }));
}

export async function findImage(clients: AwsClients, imageId: string): Promise<Image | undefined> {
  const answer = await clients.ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], ImageIds: [imageId], IncludeDisabled: true }),
  );
  return answer.Images?.[0];
}

function isGone(error: unknown): boolean {
  return /^Invalid(AMIID|Snapshot|InstanceID|LaunchTemplateId)\.(NotFound|Unavailable)$/.test(awsCodeOf(error) ?? '');
}
