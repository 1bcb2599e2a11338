// plan: what clean-up does now, and why everything else stays. Pure: the account in, the plan out.
//
//   image:     available ──▶ disabled ──(window)──▶ deregistered      named again: disabled ──▶ available
//   snapshot:  of an image that is gone: marked ──(window)──▶ deleted
//
//   P1. Nothing goes that anything names. A part of the account that could not be read names everything.
//   P2. One run moves an image or a snapshot by one step at most, and never two within the window. Only the last step of a snapshot
//       cannot be undone.
//   P3. What others disabled, protect or manage is theirs, and stays.
//   P4. The same account gives the same plan.
import type { Image, Instance, LaunchTemplateVersion, Snapshot } from '@aws-sdk/client-ec2';
import { findWarmIn } from '@directrix/aws';
import { type Read, readValue } from '@directrix/preflight';
import { type CleanUpAccount, type ReferenceSource, referenceSources, type Sharing } from './account.js';
import {
  accountsIn,
  disabledAtTag,
  imageTag,
  keepTag,
  orphanedAtTag,
  quarantineExpiresTag,
  tagOf,
  timeOf,
} from './marks.js';
import type { Reference } from './reference.js';
import { findReferences, type ReferenceRules, type References } from './references.js';

export interface CleanUpRules extends ReferenceRules {
  /** From disabled to deregistered, and from marked to deleted. Milliseconds. */
  readonly windowMs: number;
  /** What is younger stays: a bake that nobody has deployed yet is named by nothing. Milliseconds. */
  readonly youngestMs: number;
  /** Parts of the account that are known to name nothing, although they could not be read. */
  readonly waived: readonly ReferenceSource[];
  /** Only images with one of these tags; empty: all of the account's own. */
  readonly onlyTags: readonly { readonly key: string; readonly value?: string | undefined }[];
}

export type Step =
  | { readonly kind: 'terminateInstance'; readonly instanceId: string; readonly expiredAt: number }
  /** What `deploy --keep-warm` left in Standby, of a rollout that is over. */
  | {
      readonly kind: 'terminateWarm';
      readonly groupName: string;
      readonly rolloutId: string;
      readonly version: string;
      readonly instanceIds: readonly string[];
      readonly expiredAt: number;
    }
  | {
      readonly kind: 'deleteLaunchTemplateVersion';
      readonly launchTemplateId: string;
      readonly version: string;
      readonly imageId?: string | undefined;
    }
  | {
      readonly kind: 'enableImage';
      readonly imageId: string;
      readonly name: string;
      readonly because: readonly Reference[];
      /** Whom it is shared with again. */
      readonly shareWith: readonly string[];
    }
  | {
      readonly kind: 'disableImage';
      readonly imageId: string;
      readonly name: string;
      readonly sharedWith: readonly string[];
    }
  | {
      readonly kind: 'deregisterImage';
      readonly imageId: string;
      readonly name: string;
      readonly disabledAt: number;
      /** Those that no other image is made of: marked first. */
      readonly snapshotIds: readonly string[];
    }
  | { readonly kind: 'markSnapshot'; readonly snapshotId: string; readonly imageId: string }
  | {
      readonly kind: 'deleteSnapshot';
      readonly snapshotId: string;
      readonly imageId: string;
      readonly orphanedAt: number;
      readonly size: SnapshotSize;
    };

export interface SnapshotSize {
  /** Of the volume. What is billed is at most this: snapshots share what did not change. GiB. */
  readonly volumeGib: number;
  /** Of the full snapshot, where EC2 says it. Bytes. */
  readonly fullBytes?: number | undefined;
}

/** Why something stays. */
export type KeepReason =
  | { readonly code: 'NAMED'; readonly reference: Reference }
  /** Made less than `youngestMs` ago. */
  | { readonly code: 'YOUNG'; readonly at: number }
  | { readonly code: 'KEEP_TAG' }
  /** None of the tags that images were chosen by. */
  | { readonly code: 'NOT_CHOSEN' }
  | { readonly code: 'PROTECTED'; readonly protection: string }
  /** Pending, failed or in another state that is not ours to judge. */
  | { readonly code: 'STATE'; readonly state: string }
  /** Disabled, and not by Directrix. */
  | { readonly code: 'DISABLED_BY_OTHERS' }
  /** Backup, Image Builder, Data Lifecycle Manager or a marketplace looks after it. */
  | { readonly code: 'MANAGED'; readonly by: string }
  /** Shared, and EC2 has no usage report that says whether it is used. */
  | { readonly code: 'SHARED_WITHOUT_REPORT' }
  /** Shared with everybody, with an organization or with a unit of one: who uses it cannot be known. */
  | { readonly code: 'SHARED_WIDELY'; readonly with: string }
  | { readonly code: 'UNREAD'; readonly source: string; readonly because: string }
  /** The next step is due then. */
  | { readonly code: 'WAITING'; readonly until: number };

export interface Kept {
  readonly id: string;
  readonly name?: string | undefined;
  readonly reasons: readonly KeepReason[];
}

export interface CleanUpPlan {
  readonly at: number;
  /** In the order in which they are to be taken. */
  readonly steps: readonly Step[];
  readonly keptImages: readonly Kept[];
  readonly keptSnapshots: readonly Kept[];
  readonly keptInstances: readonly Kept[];
  /** What could not be read: nothing that it may name goes. */
  readonly unread: readonly { readonly source: string; readonly because: string }[];
  readonly imageCount: number;
  /** What the snapshots of images that go, or went, take: at most. GiB of volumes. */
  readonly goingGib: number;
  readonly encryptedParameters: number;
}

export function planCleanUp(account: CleanUpAccount, rules: CleanUpRules): CleanUpPlan {
  const references = findReferences(account, rules);
  const unread = unreadIn(account, references, rules);
  const unreadReasons = unread.map(({ source, because }): KeepReason => ({ code: 'UNREAD', source, because }));
  const images = account.images.map((image) => judgeImage(image, account, rules, references, unreadReasons));
  const going = new Set(images.flatMap(({ step }) => (step?.kind === 'deregisterImage' ? step.imageId : [])));
  const snapshots = judgeSnapshots(account, rules, references, unreadReasons);
  const instances = judgeInstances(account);
  const warm = judgeWarm(account);
  const versions = judgeVersions(account, rules, references, unread.length > 0);
  const steps: Step[] = [
    ...instances.flatMap(({ step }) => step ?? []),
    ...warm.flatMap(({ step }) => step ?? []),
    ...versions,
    ...images.flatMap(({ step }) => (step?.kind === 'enableImage' ? step : [])),
    ...images.flatMap(({ step }) => (step?.kind === 'disableImage' ? step : [])),
    ...images.flatMap(({ step }) => (step?.kind === 'deregisterImage' ? step : [])),
    ...snapshots.flatMap(({ step }) => (step?.kind === 'markSnapshot' ? step : [])),
    ...snapshots.flatMap(({ step }) => (step?.kind === 'deleteSnapshot' ? step : [])),
  ];
  const goes = new Set([
    ...going,
    ...images.flatMap(({ image, step, kept }) =>
      step?.kind === 'disableImage' || kept?.some(({ code }) => code === 'WAITING') ? (image.ImageId ?? '') : [],
    ),
  ]);
  return {
    at: account.at,
    steps,
    keptImages: images.flatMap(({ image, kept }) =>
      kept === undefined ? [] : { id: image.ImageId ?? '', name: image.Name, reasons: kept },
    ),
    keptSnapshots: snapshots.flatMap(({ snapshot, kept }) =>
      kept === undefined ? [] : { id: snapshot.SnapshotId ?? '', name: snapshot.Description, reasons: kept },
    ),
    keptInstances: [
      ...instances.flatMap(({ instance, kept }) =>
        kept === undefined ? [] : { id: instance.InstanceId ?? '', reasons: kept },
      ),
      ...warm.flatMap(({ instanceIds, kept }) =>
        kept === undefined ? [] : instanceIds.map((id) => ({ id, reasons: kept })),
      ),
    ],
    unread,
    imageCount: account.images.length,
    goingGib: sumGib(
      account,
      goes,
      snapshots.filter(({ kept }) => isGoing(kept)).map(({ snapshot }) => snapshot),
    ),
    encryptedParameters: account.encryptedParameters,
  };
}

function isGoing(kept: readonly KeepReason[] | undefined): boolean {
  return kept === undefined || kept.every(({ code }) => code === 'WAITING');
}

function sumGib(account: CleanUpAccount, imageIds: ReadonlySet<string>, orphans: readonly Snapshot[]): number {
  const others = new Set(
    account.images.filter(({ ImageId = '' }) => !imageIds.has(ImageId)).flatMap((image) => snapshotsOf(image)),
  );
  const ids = new Set([
    ...account.images.filter(({ ImageId = '' }) => imageIds.has(ImageId)).flatMap((image) => snapshotsOf(image)),
    ...orphans.map(({ SnapshotId = '' }) => SnapshotId),
  ]);
  return account.snapshots
    .filter(({ SnapshotId = '' }) => ids.has(SnapshotId) && !others.has(SnapshotId))
    .reduce((sum, { VolumeSize = 0 }) => sum + VolumeSize, 0);
}

/** The parts that may name an image and were not read. */
function unreadIn(account: CleanUpAccount, references: References, rules: CleanUpRules): CleanUpPlan['unread'] {
  const parts = referenceSources
    .filter((source) => !rules.waived.includes(source))
    .flatMap((source) => {
      const part = account[source];
      return part.kind === 'unread' ? [{ source, because: part.because }] : [];
    });
  const names = rules.waived.includes('parameters') ? [] : [...references.resolvedNames];
  const parameters = names.flatMap((name) => {
    const part = account.resolved.get(name);
    return part?.kind === 'unread' ? [{ source: name, because: part.because }] : [];
  });
  return [...parts, ...parameters];
}

interface Judged {
  readonly step?: Step;
  readonly kept?: readonly KeepReason[];
}

function judgeImage(
  image: Image,
  account: CleanUpAccount,
  rules: CleanUpRules,
  references: References,
  unread: readonly KeepReason[],
): Judged & { readonly image: Image } {
  const imageId = image.ImageId ?? '';
  const name = image.Name ?? '';
  const named = (references.images.get(imageId) ?? []).map((reference): KeepReason => ({ code: 'NAMED', reference }));
  const disabledAt = timeOf(image.Tags, disabledAtTag);
  if (image.State === 'disabled' && disabledAt !== undefined && named.length > 0) {
    const because = references.images.get(imageId) ?? [];
    const shareWith = accountsIn(image.Tags);
    return { image, step: { kind: 'enableImage', imageId, name, because, shareWith } };
  }
  const reasons = [...named, ...reasonsOf(image, account, rules), ...unread];
  if (reasons.length > 0) return { image, kept: reasons };
  if (image.State !== 'disabled') {
    const sharing = account.sharing.get(imageId);
    const part = sharing === undefined ? undefined : readValue(sharing);
    const sharedWith = (part?.permissions ?? []).flatMap(({ UserId }) => UserId ?? []);
    return { image, step: { kind: 'disableImage', imageId, name, sharedWith } };
  }
  if (disabledAt === undefined) return { image, kept: [{ code: 'DISABLED_BY_OTHERS' }] };
  const until = disabledAt + rules.windowMs;
  if (account.at < until) return { image, kept: [{ code: 'WAITING', until }] };
  const others = new Set(account.images.filter((other) => other !== image).flatMap(snapshotsOf));
  const snapshotIds = snapshotsOf(image).filter((id) => !others.has(id));
  return { image, step: { kind: 'deregisterImage', imageId, name, disabledAt, snapshotIds } };
}

function reasonsOf(image: Image, account: CleanUpAccount, rules: CleanUpRules): KeepReason[] {
  const { State: state = 'unknown', DeregistrationProtection: protection = 'disabled', Tags: tags = [] } = image;
  const madeAt = Date.parse(image.CreationDate ?? '');
  const isChosen =
    rules.onlyTags.length === 0 ||
    rules.onlyTags.some(({ key, value }) => tags.some((tag) => tag.Key === key && (value ?? tag.Value) === tag.Value));
  const manager = managerOf(image);
  return [
    ...(isChosen ? [] : [{ code: 'NOT_CHOSEN' } as const]),
    ...(tagOf(tags, keepTag) === undefined ? [] : [{ code: 'KEEP_TAG' } as const]),
    ...(state === 'available' || state === 'disabled' ? [] : [{ code: 'STATE', state } as const]),
    // A date that cannot be read is taken for now.
    ...(account.at - madeAt >= rules.youngestMs ? [] : [{ code: 'YOUNG', at: madeAt } as const]),
    ...(protection === 'disabled' ? [] : [{ code: 'PROTECTED', protection } as const]),
    ...(manager === undefined ? [] : [{ code: 'MANAGED', by: manager } as const]),
    // A disabled image is shared with nobody.
    ...(state === 'available' ? sharingReasons(account.sharing.get(image.ImageId ?? '')) : []),
  ];
}

function sharingReasons(part: Read<Sharing> | undefined): KeepReason[] {
  if (part === undefined) return [{ code: 'UNREAD', source: 'sharing', because: 'it was not asked for' }];
  if (part.kind === 'unread') return [{ code: 'UNREAD', source: 'sharing', because: part.because } as const];
  const { permissions, use }: Sharing = part.value;
  const wide = permissions.flatMap((one) => one.Group ?? one.OrganizationArn ?? one.OrganizationalUnitArn ?? []);
  if (wide[0] !== undefined) return [{ code: 'SHARED_WIDELY', with: wide[0] } as const];
  if (permissions.length === 0) return [];
  if (use === undefined || use.kind === 'noReport') return [{ code: 'SHARED_WITHOUT_REPORT' } as const];
  return use.uses
    .filter(({ count }) => count > 0)
    .map(({ accountId: by }) => ({ code: 'NAMED', reference: { kind: 'account', by } }) as const);
}

const managers: readonly (readonly [RegExp, string])[] = [
  [/^aws:backup:/, 'AWS Backup'],
  [/^(aws:dlm:|dlm:)/, 'Data Lifecycle Manager'],
  [/^Ec2ImageBuilderArn$/, 'EC2 Image Builder'],
  [/^aws:cloudformation:/, 'CloudFormation'],
];

function managerOf({ Tags: tags = [], ProductCodes: codes = [] }: Image): string | undefined {
  if (codes.length > 0) return 'AWS Marketplace';
  return managers.find(([pattern]) => tags.some(({ Key = '' }) => pattern.test(Key)))?.[1];
}

function snapshotsOf(image: Image): string[] {
  return (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
}

/** The image that a snapshot was made for, as CreateImage and CopyImage describe it, or as we have marked it. */
export function imageOfSnapshot({ Tags, Description = '' }: Snapshot): string | undefined {
  const [, made] = /^Created by CreateImage\(i-[0-9a-f]+\) for (ami-[0-9a-f]+)/.exec(Description) ?? [];
  const [, copied] = /^Copied for DestinationAmi (ami-[0-9a-f]+) from SourceAmi/.exec(Description) ?? [];
  return tagOf(Tags, imageTag) ?? made ?? copied;
}

/** Snapshots of images that are gone. Others (backups, somebody's own) are nobody's litter and are not even listed. */
function judgeSnapshots(
  account: CleanUpAccount,
  rules: CleanUpRules,
  references: References,
  unread: readonly KeepReason[],
): readonly (Judged & { readonly snapshot: Snapshot })[] {
  const registered = new Set(account.images.map(({ ImageId = '' }) => ImageId));
  const users = new Map(account.images.flatMap((image) => snapshotsOf(image).map((id) => [id, image] as const)));
  return account.snapshots.flatMap((snapshot): readonly (Judged & { readonly snapshot: Snapshot })[] => {
    const snapshotId = snapshot.SnapshotId ?? '';
    const imageId = imageOfSnapshot(snapshot);
    if (imageId === undefined || registered.has(imageId) || users.has(snapshotId)) return [];
    const reasons = [...snapshotReasons(snapshot, imageId, account, references), ...unread];
    if (reasons.length > 0) return [{ snapshot, kept: reasons }];
    const orphanedAt = timeOf(snapshot.Tags, orphanedAtTag);
    if (orphanedAt === undefined) return [{ snapshot, step: { kind: 'markSnapshot', snapshotId, imageId } }];
    const until = orphanedAt + rules.windowMs;
    if (account.at < until) return [{ snapshot, kept: [{ code: 'WAITING', until }] }];
    const size = { volumeGib: snapshot.VolumeSize ?? 0, fullBytes: snapshot.FullSnapshotSizeInBytes };
    return [{ snapshot, step: { kind: 'deleteSnapshot', snapshotId, imageId, orphanedAt, size } }];
  });
}

function snapshotReasons(
  snapshot: Snapshot,
  imageId: string,
  account: CleanUpAccount,
  references: References,
): KeepReason[] {
  const { SnapshotId = '', State: state = 'unknown', Tags } = snapshot;
  const sharing = account.snapshotSharing.get(SnapshotId) ?? { kind: 'unread', because: 'it was not asked for' };
  const recycled = account.recycledImageIds;
  const manager = managerOf({ Tags });
  return [
    ...(references.snapshots.get(SnapshotId) ?? []).map((reference) => ({ code: 'NAMED', reference }) as const),
    ...(tagOf(Tags, keepTag) === undefined ? [] : [{ code: 'KEEP_TAG' } as const]),
    ...(state === 'completed' || state === 'error' ? [] : [{ code: 'STATE', state } as const]),
    ...(manager === undefined ? [] : [{ code: 'MANAGED', by: manager } as const]),
    ...(recycled.kind === 'unread'
      ? [{ code: 'UNREAD', source: 'recycledImageIds', because: recycled.because } as const]
      : recycled.value.includes(imageId)
        ? [{ code: 'NAMED', reference: { kind: 'recycledImage', by: imageId } } as const]
        : []),
    ...(sharing.kind === 'unread'
      ? [{ code: 'UNREAD', source: 'snapshotSharing', because: sharing.because } as const]
      : sharing.value.map((by) => ({ code: 'NAMED', reference: { kind: 'account', by } }) as const)),
  ];
}

/** Instances that a rollout kept as evidence, whose time is over and that no group holds. */
function judgeInstances(account: CleanUpAccount): readonly (Judged & { readonly instance: Instance })[] {
  const members = new Set(
    (readValue(account.groups) ?? []).flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)),
  );
  return (readValue(account.instances) ?? []).flatMap(
    (instance): readonly (Judged & { readonly instance: Instance })[] => {
      const expiredAt = timeOf(instance.Tags, quarantineExpiresTag);
      const { InstanceId: instanceId = '', State } = instance;
      if (expiredAt === undefined || State?.Name === 'shutting-down') return [];
      const reasons: KeepReason[] = [
        ...(tagOf(instance.Tags, keepTag) === undefined ? [] : [{ code: 'KEEP_TAG' } as const]),
        ...(account.groups.kind === 'unread'
          ? [{ code: 'UNREAD', source: 'groups', because: account.groups.because } as const]
          : []),
        ...(members.has(instanceId) ? [{ code: 'STATE', state: 'in a group' } as const] : []),
        ...(account.at < expiredAt ? [{ code: 'WAITING', until: expiredAt } as const] : []),
      ];
      return [
        reasons.length > 0
          ? { instance, kept: reasons }
          : { instance, step: { kind: 'terminateInstance', instanceId, expiredAt } },
      ];
    },
  );
}

interface JudgedWarm extends Judged {
  readonly instanceIds: readonly string[];
}

/** What an ended rollout keeps in Standby, and no rollout goes on with. */
function judgeWarm(account: CleanUpAccount): readonly JudgedWarm[] {
  const instances = new Map((readValue(account.instances) ?? []).map((instance) => [instance.InstanceId, instance]));
  return (readValue(account.memories) ?? []).flatMap(({ groupName, record }): readonly JudgedWarm[] => {
    const group = readValue(account.groups)?.find(({ AutoScalingGroupName }) => AutoScalingGroupName === groupName);
    const kept = record === undefined || group === undefined ? undefined : findWarmIn(record, group);
    if (kept === undefined) return [];
    const { rolloutId, release, instanceIds, untilAt } = kept;
    const isPinned = instanceIds.some((id) => tagOf(instances.get(id)?.Tags, keepTag) !== undefined);
    const reasons: KeepReason[] = [
      ...(isPinned ? [{ code: 'KEEP_TAG' } as const] : []),
      ...(account.at < untilAt ? [{ code: 'WAITING', until: untilAt } as const] : []),
    ];
    if (reasons.length > 0) return [{ instanceIds, kept: reasons }];
    const { version } = release;
    const step = { kind: 'terminateWarm', groupName, rolloutId, version, instanceIds, expiredAt: untilAt } as const;
    return [{ instanceIds, step }];
  });
}

/** `directrix 20181111-080400-1f9c`: a version that a rollout has made. Others' versions are theirs. */
const ownDescription = /^directrix \S+$/;

function judgeVersions(
  account: CleanUpAccount,
  rules: CleanUpRules,
  references: References,
  isAnyUnread: boolean,
): Step[] {
  if (isAnyUnread) return [];
  return (readValue(account.launchTemplateVersions) ?? [])
    .filter((version) => isOwnLitter(version, account, rules, references))
    .map(({ LaunchTemplateId: launchTemplateId = '', VersionNumber, LaunchTemplateData }) => ({
      kind: 'deleteLaunchTemplateVersion' as const,
      launchTemplateId,
      version: String(VersionNumber),
      imageId: LaunchTemplateData?.ImageId,
    }));
}

function isOwnLitter(
  version: LaunchTemplateVersion,
  account: CleanUpAccount,
  rules: CleanUpRules,
  references: References,
): boolean {
  const age = account.at - (version.CreateTime?.getTime() ?? account.at);
  return (
    ownDescription.test(version.VersionDescription ?? '') &&
    version.DefaultVersion !== true &&
    age >= Math.max(rules.youngestMs, rules.rollbackWindowMs) &&
    !references.templateVersions.has(version)
  );
}
