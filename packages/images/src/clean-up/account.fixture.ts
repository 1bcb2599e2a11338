import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Image, Instance, LaunchTemplate, LaunchTemplateVersion, Snapshot } from '@aws-sdk/client-ec2';
import type { Read } from '@directrix/preflight';
import type { CleanUpAccount, Sharing } from './account.js';
import type { CleanUpRules } from './plan.js';

export const now = Date.parse('2018-11-11T08:00:00Z');
export const day = 24 * 3600 * 1000;

export const rules: CleanUpRules = {
  windowMs: 7 * day,
  youngestMs: day,
  rollbackWindowMs: 14 * day,
  goodReleases: 3,
  isEveryVersionKept: false,
  waived: [],
  onlyTags: [],
};

export const read = <T>(value: T): Read<T> => ({ kind: 'read', value });
export const unread: Read<never> = { kind: 'unread', because: 'AccessDenied' };

/** `ami-0000000000000000a`. */
export const id = (prefix: string, text: string) => `${prefix}-${text.padStart(17, '0')}`;
export const ami = (text: string) => id('ami', text);

/** An available image of a year ago with one snapshot of 8 GiB, `snap-` with the same digits. */
export function image(text: string, more: Partial<Image> = {}): Image {
  return {
    ImageId: ami(text),
    Name: `web-${text}`,
    State: 'available',
    CreationDate: new Date(now - 365 * day).toISOString(),
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: id('snap', text), VolumeSize: 8 } }],
    Tags: [],
    ...more,
  };
}

export function snapshotFor(text: string, more: Partial<Snapshot> = {}): Snapshot {
  return {
    SnapshotId: id('snap', text),
    Description: `Created by CreateImage(i-0123456789abcdef0) for ${ami(text)}`,
    State: 'completed',
    VolumeSize: 8,
    Tags: [],
    ...more,
  };
}

/** A template of which each version names an image, the first version first; the last is $Latest and, unless said otherwise, $Default. */
export function template(text: string, imageIds: readonly string[], defaultVersion = imageIds.length) {
  const LaunchTemplateId = id('lt', text);
  const launchTemplate: LaunchTemplate = {
    LaunchTemplateId,
    LaunchTemplateName: `template-${text}`,
    LatestVersionNumber: imageIds.length,
    DefaultVersionNumber: defaultVersion,
  };
  const versions = imageIds.map(
    (ImageId, index): LaunchTemplateVersion => ({
      LaunchTemplateId,
      VersionNumber: index + 1,
      DefaultVersion: index + 1 === defaultVersion,
      CreateTime: new Date(now - 365 * day),
      LaunchTemplateData: { ImageId },
    }),
  );
  return { launchTemplate, versions };
}

export function group(name: string, more: Partial<AutoScalingGroup> = {}): AutoScalingGroup {
  return { AutoScalingGroupName: name, Instances: [], ...more } as AutoScalingGroup;
}

export function instance(text: string, more: Partial<Instance> = {}): Instance {
  return { InstanceId: id('i', text), State: { Name: 'running' }, Tags: [], ...more };
}

const unshared: Read<Sharing> = { kind: 'read', value: { permissions: [] } };

/** An account in which nothing names anything, and everything was read. */
export function account(more: Partial<CleanUpAccount> = {}): CleanUpAccount {
  const images = more.images ?? [];
  const snapshots = more.snapshots ?? [];
  return {
    at: now,
    region: 'us-west-2',
    images,
    snapshots,
    groups: read([]),
    launchConfigurations: read([]),
    instanceRefreshes: read([]),
    launchTemplates: read([]),
    launchTemplateVersions: read([]),
    instances: read([]),
    spotRequests: read([]),
    spotFleets: read([]),
    fleets: read([]),
    parameters: read([]),
    encryptedParameters: 0,
    resolved: new Map(),
    imageReferences: read([]),
    memories: read([]),
    sharing: new Map(images.map(({ ImageId = '' }) => [ImageId, unshared])),
    snapshotSharing: new Map(snapshots.map(({ SnapshotId = '' }) => [SnapshotId, read([])])),
    recycledImageIds: read([]),
    files: [],
    ...more,
  };
}

/** The parts of an account with these templates. */
export function withTemplates(...templates: readonly ReturnType<typeof template>[]) {
  return {
    launchTemplates: read(templates.map(({ launchTemplate }) => launchTemplate)),
    launchTemplateVersions: read(templates.flatMap(({ versions }) => versions)),
  };
}
