import { describe, expect, test } from 'vitest';
import { copyImage } from './operations/copy-image.js';
import { createImage } from './operations/create-image.js';
import { createImageUsageReport } from './operations/create-image-usage-report.js';
import { createLaunchTemplate } from './operations/create-launch-template.js';
import { deleteSnapshot } from './operations/delete-snapshot.js';
import { deregisterImage } from './operations/deregister-image.js';
import { describeImageAttribute } from './operations/describe-image-attribute.js';
import { describeImageReferences } from './operations/describe-image-references.js';
import { describeImageUsageReportEntries } from './operations/describe-image-usage-report-entries.js';
import { describeImageUsageReports } from './operations/describe-image-usage-reports.js';
import { describeImages } from './operations/describe-images.js';
import { describeSnapshots } from './operations/describe-snapshots.js';
import { describeVolumes } from './operations/describe-volumes.js';
import { disableImage } from './operations/disable-image.js';
import { disableImageDeprecation } from './operations/disable-image-deprecation.js';
import { disableImageDeregistrationProtection } from './operations/disable-image-deregistration-protection.js';
import { enableImage } from './operations/enable-image.js';
import { enableImageDeprecation } from './operations/enable-image-deprecation.js';
import { enableImageDeregistrationProtection } from './operations/enable-image-deregistration-protection.js';
import { listImagesInRecycleBin } from './operations/list-images-in-recycle-bin.js';
import { listSnapshotsInRecycleBin } from './operations/list-snapshots-in-recycle-bin.js';
import { modifyImageAttribute } from './operations/modify-image-attribute.js';
import { registerImage } from './operations/register-image.js';
import { restoreImageFromRecycleBin } from './operations/restore-image-from-recycle-bin.js';
import { restoreSnapshotFromRecycleBin } from './operations/restore-snapshot-from-recycle-bin.js';
import { runInstances } from './operations/run-instances.js';
import { stopInstances } from './operations/stop-instances.js';
import { terminateInstances } from './operations/terminate-instances.js';
import { createEc2Context, createTestNetwork, launchInstance, refusal } from './test-network.js';

const version = (Value: string) => [{ ResourceType: 'image' as const, Tags: [{ Key: 'Version', Value }] }];

describe('an image', () => {
  test('is registered with its directory and found by its tags', () => {
    const context = createEc2Context();
    const wanted = {
      Name: 'hyperbola-0.149.1',
      ImageLocation: '/srv/hyperbola',
      TagSpecifications: version('0.149.1'),
    };
    const { ImageId } = registerImage(wanted, context);
    registerImage({ ...wanted, Name: 'hyperbola-0.149.2', TagSpecifications: version('0.149.2') }, context);
    const filter = { Owners: ['self'], Filters: [{ Name: 'tag:Version', Values: ['0.149.1'] }] };
    expect(describeImages(filter, context).Images).toMatchObject([
      {
        ImageId,
        Name: 'hyperbola-0.149.1',
        ImageLocation: '/srv/hyperbola',
        State: 'available',
        Architecture: 'x86_64',
        Tags: [{ Key: 'Version', Value: '0.149.1' }],
      },
    ]);
    expect(describeImages({ Owners: ['amazon'] }, context).Images).toEqual([]);
  });

  test('has a name that no other has', () => {
    const context = createEc2Context();
    const { ImageId } = registerImage({ Name: 'web 1', ImageLocation: '/srv/web' }, context);
    expect(refusal(() => registerImage({ Name: 'web 1', ImageLocation: '/srv/web' }, context))).toEqual({
      code: 'InvalidAMIName.Duplicate',
      message: `AMI name web 1 is already in use by AMI ${ImageId}`,
    });
    expect(refusal(() => registerImage({ Name: 'w', ImageLocation: '/srv/web' }, context)).code).toBe(
      'InvalidAMIName.Malformed',
    );
  });

  test('that is deregistered launches no more, while what runs from it goes on and its name is free', () => {
    const network = createTestNetwork();
    const { context, imageId: ImageId } = network;
    const instanceId = launchInstance(network);
    deregisterImage({ ImageId }, context);
    expect(refusal(() => launchInstance(network)).code).toBe('InvalidAMIID.NotFound');
    expect(context.state.ec2.instances.get(instanceId)?.instance.ImageId).toBe(ImageId);
    expect(registerImage({ Name: 'web 1', ImageLocation: '/srv/web' }, context).ImageId).not.toBe(ImageId);
  });

  test('is shared with accounts and taken back', () => {
    const { context, imageId: ImageId } = createTestNetwork();
    const shared = () => describeImageAttribute({ ImageId, Attribute: 'launchPermission' }, context).LaunchPermissions;
    modifyImageAttribute(
      { ImageId, LaunchPermission: { Add: [{ UserId: '111122223333' }, { Group: 'all' }] } },
      context,
    );
    expect(shared()).toEqual([{ UserId: '111122223333' }, { Group: 'all' }]);
    expect(describeImages({ ImageIds: [ImageId] }, context).Images?.[0]?.Public).toBe(true);
    modifyImageAttribute({ ImageId, OperationType: 'remove', UserGroups: ['all'] }, context);
    expect(shared()).toEqual([{ UserId: '111122223333' }]);
  });
});

const dayMs = 24 * 3600 * 1000;

/** A network with an image that was created from a running instance, and is available. */
function createBakery() {
  const network = createTestNetwork();
  const { context } = network;
  const instanceId = launchInstance(network);
  context.pass(60_000);
  const bake = (Name: string) => createImage({ InstanceId: instanceId, Name, NoReboot: true }, context).ImageId!;
  const imageId = bake('baked');
  context.pass(60_000);
  const stateOf = (ImageId: string) =>
    describeImages({ ImageIds: [ImageId], IncludeDisabled: true }, context).Images?.[0]?.State;
  const snapshotOf = (ImageId: string) =>
    describeImages({ ImageIds: [ImageId], IncludeDisabled: true }, context).Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs
      ?.SnapshotId ?? '';
  return { ...network, baseId: network.imageId, imageId, instanceId, bake, stateOf, snapshotOf };
}

describe('an image of an instance', () => {
  test('is pending with its snapshots, then available, and says where it came from', () => {
    const { context, baseId, instanceId, bake, snapshotOf } = createBakery();
    const ImageId = bake('web 2');
    const image = () => describeImages({ ImageIds: [ImageId] }, context).Images?.[0];
    const snapshot = () => describeSnapshots({ SnapshotIds: [snapshotOf(ImageId)] }, context).Snapshots?.[0];
    expect(image()).toMatchObject({ State: 'pending', SourceInstanceId: instanceId, SourceImageId: baseId });
    expect(snapshot()).toMatchObject({
      State: 'pending',
      Description: `Created by CreateImage(${instanceId}) for ${ImageId}`,
    });
    expect(
      refusal(() => copyImage({ Name: 'copy', SourceImageId: ImageId, SourceRegion: 'us-west-2' }, context)).code,
    ).toBe('InvalidAMIID.Unavailable');
    context.pass(60_000);
    expect(image()?.State).toBe('available');
    expect(snapshot()).toMatchObject({ State: 'completed', Progress: '100%', VolumeSize: 8 });
  });

  test('reboots a running instance, unless told not to, and none that is stopped', () => {
    const { context, instanceId } = createBakery();
    const effects = () => context.effects.splice(0).map(({ kind }) => kind);
    effects();
    createImage({ InstanceId: instanceId, Name: 'a-1', NoReboot: true }, context);
    expect(effects()).toEqual([]);
    createImage({ InstanceId: instanceId, Name: 'a-2' }, context);
    expect(effects()).toEqual(['stopMachine', 'startMachine']);
    stopInstances({ InstanceIds: [instanceId] }, context);
    expect(refusal(() => createImage({ InstanceId: instanceId, Name: 'a-3' }, context))).toEqual({
      code: 'InvalidParameterValue',
      message: `Invalid value '${instanceId}' for instanceId. Instance is not in state 'running' or 'stopped'`,
    });
    context.pass(60_000);
    effects();
    createImage({ InstanceId: instanceId, Name: 'a-3' }, context);
    expect(effects()).toEqual([]);
  });

  test('has its tags and its snapshots have theirs', () => {
    const { context, instanceId } = createBakery();
    const tagged = (type: 'image' | 'snapshot', Value: string) => ({
      ResourceType: type,
      Tags: [{ Key: 'of', Value }],
    });
    const TagSpecifications = [tagged('image', 'image'), tagged('snapshot', 'snapshot')];
    createImage({ InstanceId: instanceId, Name: 'web 2', NoReboot: true, TagSpecifications }, context);
    const filter = (Value: string) => ({ Filters: [{ Name: 'tag:of', Values: [Value] }] });
    expect(describeImages(filter('image'), context).Images).toHaveLength(1);
    expect(describeImages(filter('snapshot'), context).Images).toHaveLength(0);
    expect(describeSnapshots(filter('snapshot'), context).Snapshots).toHaveLength(1);
  });

  test('is copied with new snapshots, and with its tags only when asked', () => {
    const { context, imageId, snapshotOf } = createBakery();
    const wanted = { SourceImageId: imageId, SourceRegion: 'us-west-2' };
    const { ImageId = '' } = copyImage({ ...wanted, Name: 'copy', ClientToken: 't' }, context);
    expect(copyImage({ ...wanted, Name: 'copy', ClientToken: 't' }, context).ImageId).toBe(ImageId);
    expect(snapshotOf(ImageId)).not.toBe(snapshotOf(imageId));
    context.pass(60_000);
    expect(describeImages({ ImageIds: [ImageId] }, context).Images?.[0]).toMatchObject({
      State: 'available',
      SourceImageId: imageId,
      SourceImageRegion: 'us-west-2',
    });
    const elsewhere = { ...wanted, SourceRegion: 'eu-central-1', Name: 'far' };
    expect(refusal(() => copyImage(elsewhere, context)).code).toBe('UnsupportedOperation');
  });
});

describe('a volume', () => {
  test('belongs to its instance, is found by it, and goes with it', () => {
    const { context, instanceId } = createBakery();
    const Filters = [{ Name: 'attachment.instance-id', Values: [instanceId] }];
    const volumes = () => describeVolumes({ Filters }, context).Volumes;
    expect(volumes()).toMatchObject([{ State: 'in-use', Size: 8, Attachments: [{ InstanceId: instanceId }] }]);
    terminateInstances({ InstanceIds: [instanceId] }, context);
    context.pass(60_000);
    expect(volumes()).toEqual([]);
  });

  test('takes its size from the launch before the image, and stays where DeleteOnTermination is false', () => {
    const { context, imageId, subnetId, groupId } = createBakery();
    const launch = {
      ImageId: imageId,
      InstanceType: 't3.micro' as const,
      SubnetId: subnetId,
      SecurityGroupIds: [groupId],
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, DeleteOnTermination: false } },
        { DeviceName: '/dev/xvdb', Ebs: { VolumeSize: 5 } },
      ],
    };
    const { Instances } = runInstances({ ...launch, MinCount: 1, MaxCount: 1 }, context);
    const InstanceId = Instances?.[0]?.InstanceId ?? '';
    const Filters = [{ Name: 'attachment.instance-id', Values: [InstanceId] }];
    const sizes = describeVolumes({ Filters }, context).Volumes?.map(({ Size }) => Size);
    expect(sizes).toEqual([20, 5]);
    const [rootId = ''] = (Instances?.[0]?.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.VolumeId ?? '');
    context.pass(60_000);
    terminateInstances({ InstanceIds: [InstanceId] }, context);
    context.pass(60_000);
    expect(describeVolumes({ VolumeIds: [rootId] }, context).Volumes).toMatchObject([{ State: 'available' }]);
  });
});

describe('a disabled image', () => {
  test('launches no more, is hidden and no longer shared; what runs from it goes on; enabled, it launches again', () => {
    const bakery = createBakery();
    const { context, imageId: ImageId, stateOf } = bakery;
    const instanceId = launchInstance(bakery);
    modifyImageAttribute({ ImageId, LaunchPermission: { Add: [{ UserId: '111122223333' }] } }, context);
    disableImage({ ImageId }, context);
    expect(stateOf(ImageId)).toBe('disabled');
    expect(describeImages({ Owners: ['self'] }, context).Images?.map((image) => image.ImageId)).not.toContain(ImageId);
    expect(refusal(() => launchInstance(bakery))).toEqual({
      code: 'InvalidAMIID.Unavailable',
      message: `The image ID '${ImageId}' is not available`,
    });
    expect(context.state.ec2.instances.get(instanceId)?.instance.ImageId).toBe(ImageId);
    expect(describeImageAttribute({ ImageId, Attribute: 'launchPermission' }, context).LaunchPermissions).toEqual([]);
    enableImage({ ImageId }, context);
    expect(launchInstance(bakery)).toMatch(/^i-/);
  });

  test('keeps its snapshots from being deleted', () => {
    const { context, imageId: ImageId, snapshotOf } = createBakery();
    const SnapshotId = snapshotOf(ImageId);
    disableImage({ ImageId }, context);
    expect(refusal(() => deleteSnapshot({ SnapshotId }, context))).toEqual({
      code: 'InvalidSnapshot.InUse',
      message: `The snapshot ${SnapshotId} is currently in use by ${ImageId}`,
    });
    deregisterImage({ ImageId }, context);
    deleteSnapshot({ SnapshotId }, context);
    expect(refusal(() => describeSnapshots({ SnapshotIds: [SnapshotId] }, context)).code).toBe(
      'InvalidSnapshot.NotFound',
    );
  });
});

describe('deregistering', () => {
  test('takes the snapshots along when asked, but for those that another image uses', () => {
    const { context, imageId: ImageId, snapshotOf } = createBakery();
    const SnapshotId = snapshotOf(ImageId);
    const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }];
    const other = registerImage({ Name: 'same disk', BlockDeviceMappings }, context).ImageId;
    expect(deregisterImage({ ImageId, DeleteAssociatedSnapshots: true }, context)).toEqual({
      Return: true,
      DeleteSnapshotResults: [{ SnapshotId, ReturnCode: 'skipped' }],
    });
    expect(deregisterImage({ ImageId: other, DeleteAssociatedSnapshots: true }, context).DeleteSnapshotResults).toEqual(
      [{ SnapshotId, ReturnCode: 'success' }],
    );
    expect(refusal(() => registerImage({ Name: 'again', BlockDeviceMappings }, context)).code).toBe(
      'InvalidSnapshot.NotFound',
    );
  });

  test('is refused while the image is protected, and for 24 hours more with a cool-down', () => {
    const { context, imageId: ImageId } = createBakery();
    const attempt = () => refusal(() => deregisterImage({ ImageId }, context)).code;
    enableImageDeregistrationProtection({ ImageId, WithCooldown: true }, context);
    expect(attempt()).toBe('OperationNotPermitted');
    disableImageDeregistrationProtection({ ImageId }, context);
    expect(attempt()).toBe('OperationNotPermitted');
    context.pass(dayMs);
    expect(describeImages({ ImageIds: [ImageId] }, context).Images?.[0]?.DeregistrationProtection).toBe('disabled');
    enableImageDeregistrationProtection({ ImageId }, context);
    disableImageDeregistrationProtection({ ImageId }, context);
    expect(deregisterImage({ ImageId }, context).Return).toBe(true);
  });

  test('is undone from the Recycle Bin, snapshots first, until the retention is over', () => {
    const { context, imageId: ImageId, snapshotOf, stateOf, bake } = createBakery();
    const { rules } = context.state.ec2.recycleBin;
    rules.set('a', { ruleId: 'a', kind: 'image', days: 7, tags: [] });
    rules.set('b', { ruleId: 'b', kind: 'snapshot', days: 7, tags: [] });
    const SnapshotId = snapshotOf(ImageId);
    deregisterImage({ ImageId, DeleteAssociatedSnapshots: true }, context);
    expect(listImagesInRecycleBin({}, context).Images).toMatchObject([{ ImageId, Name: 'baked' }]);
    expect(listSnapshotsInRecycleBin({}, context).Snapshots).toMatchObject([{ SnapshotId }]);
    expect(refusal(() => restoreImageFromRecycleBin({ ImageId }, context)).code).toBe('InvalidSnapshot.NotFound');
    restoreSnapshotFromRecycleBin({ SnapshotId }, context);
    const stranger = bake('baked');
    expect(refusal(() => restoreImageFromRecycleBin({ ImageId }, context)).code).toBe('InvalidAMIName.Duplicate');
    context.pass(60_000);
    deregisterImage({ ImageId: stranger }, context);
    restoreImageFromRecycleBin({ ImageId }, context);
    expect(stateOf(ImageId)).toBe('available');
    context.pass(8 * dayMs);
    expect(listImagesInRecycleBin({}, context).Images).toEqual([]);
    expect(refusal(() => restoreImageFromRecycleBin({ ImageId: stranger }, context)).code).toBe(
      'InvalidAMIID.NotFound',
    );
  });
});

test('a deprecated image says since when, launches on, and can be undeprecated', () => {
  const bakery = createBakery();
  const { context, imageId: ImageId } = bakery;
  const deprecation = () => describeImages({ ImageIds: [ImageId] }, context).Images?.[0]?.DeprecationTime;
  enableImageDeprecation({ ImageId, DeprecateAt: new Date('2018-12-01T10:00:31Z') }, context);
  expect(deprecation()).toBe('2018-12-01T10:01:00.000Z');
  expect(launchInstance(bakery)).toMatch(/^i-/);
  disableImageDeprecation({ ImageId }, context);
  expect(deprecation()).toBeUndefined();
  for (const at of ['2018-11-01T00:00:00Z', '2029-01-01T00:00:00Z'])
    expect(refusal(() => enableImageDeprecation({ ImageId, DeprecateAt: new Date(at) }, context)).code).toBe(
      'InvalidParameterValue',
    );
});

test('references are what EC2 looks at: instances, the newest launch template versions, parameters of images', () => {
  const bakery = createBakery();
  const { context, imageId, baseId, instanceId } = bakery;
  createLaunchTemplate({ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: imageId } }, context);
  const found = (ResourceTypes?: { ResourceType: 'ec2:Instance' }[]) =>
    describeImageReferences(
      { ImageIds: [imageId, baseId], ...(ResourceTypes ? { ResourceTypes } : { IncludeAllResourceTypes: true }) },
      context,
    ).ImageReferences?.map(({ ImageId, ResourceType, Arn = '' }) => [ImageId, ResourceType, Arn.split(':')[5]]);
  const templateId = [...context.state.ec2.launchTemplates.keys()][0];
  const instance = [baseId, 'ec2:Instance', `instance/${instanceId}`];
  expect(found()).toEqual([[imageId, 'ec2:LaunchTemplate', `launch-template/${templateId}`], instance]);
  expect(found([{ ResourceType: 'ec2:Instance' }])).toEqual([instance]);
});

test('a usage report says what other accounts have of an image, once it is there', () => {
  const { context, imageId: ImageId } = createBakery();
  context.state.ec2.foreignUses.set(ImageId, [
    { accountId: '111122223333', resourceType: 'ec2:Instance', count: 4 },
    { accountId: '444455556666', resourceType: 'ec2:LaunchTemplate', count: 1 },
  ]);
  const { ReportId } = createImageUsageReport({ ImageId, ResourceTypes: [{ ResourceType: 'ec2:Instance' }] }, context);
  const entries = () => describeImageUsageReportEntries({ ImageIds: [ImageId] }, context).ImageUsageReportEntries;
  expect(entries()).toEqual([]);
  context.pass(60_000);
  expect(describeImageUsageReports({ ImageIds: [ImageId] }, context).ImageUsageReports).toMatchObject([
    { ReportId, State: 'available' },
  ]);
  expect(entries()).toMatchObject([{ AccountId: '111122223333', UsageCount: 4 }]);
});

test('an empty name of an instance profile is none, as Packer sends it', () => {
  const { context, imageId: ImageId, subnetId: SubnetId } = createBakery();
  const launch = { ImageId, SubnetId, InstanceType: 't3.micro' as const, MinCount: 1, MaxCount: 1 };
  const { Instances } = runInstances({ ...launch, IamInstanceProfile: { Name: '' } }, context);
  expect(Instances?.[0]?.IamInstanceProfile).toBeUndefined();
});
