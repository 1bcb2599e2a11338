// references: who in the account names which image and which snapshot.
//
//   1. A part of the account that was not read names nothing here; the plan looks at `unread` before it lets anything go.
//   2. An image that is named by a parameter that a launch template, a group or a fleet resolves is named by these.
import type { Instance, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { readValue } from '@directrix/preflight';
import type { CleanUpAccount, GroupMemory, PlainParameter } from './account.js';
import { namedIn } from './named-ids.js';
import type { Reference } from './reference.js';
import { bookTemplates } from './template-uses.js';

export interface ReferenceRules {
  /** Releases that a group can go back to: the last so many good ones of each group. */
  readonly goodReleases: number;
  /** And those that served within this time. Milliseconds. */
  readonly rollbackWindowMs: number;
  /** Every version of every launch template keeps its image, also one that nothing names. */
  readonly isEveryVersionKept: boolean;
}

export interface References {
  /** By image id. */
  readonly images: ReadonlyMap<string, readonly Reference[]>;
  /** By snapshot id; not by the images that are made of it. */
  readonly snapshots: ReadonlyMap<string, readonly Reference[]>;
  /** Launch template versions that something names. */
  readonly templateVersions: ReadonlySet<LaunchTemplateVersion>;
  /** Parameters that launches resolve, as they are written: `/web/image`, `/web/image:3`. */
  readonly resolvedNames: ReadonlySet<string>;
}

interface Namer {
  readonly reference: Reference;
  readonly data: unknown;
}

export function findReferences(account: CleanUpAccount, rules: ReferenceRules): References {
  const images = new Map<string, Reference[]>();
  const snapshots = new Map<string, Reference[]>();
  const resolvedNames = new Set<string>();
  const note = (book: Map<string, Reference[]>, id: string, reference: Reference) => {
    book.set(id, [...(book.get(id) ?? []), reference]);
  };
  const look = ({ reference, data }: Namer) => {
    const named = namedIn(data);
    for (const id of named.imageIds) note(images, id, reference);
    for (const id of named.snapshotIds) note(snapshots, id, reference);
    for (const name of named.parameterReferences) {
      resolvedNames.add(name);
      const value = resolve(name, account);
      if (value !== undefined)
        for (const id of namedIn(value).imageIds) note(images, id, { ...reference, through: `resolve:ssm:${name}` });
    }
  };

  const namers = namersOf(account);
  const templates = bookTemplates(
    readValue(account.launchTemplates) ?? [],
    readValue(account.launchTemplateVersions) ?? [],
    namers,
    rules.isEveryVersionKept,
  );
  for (const namer of namers) look(namer);
  for (const [version, users] of templates.uses)
    for (const reference of users) look({ reference, data: version.LaunchTemplateData });
  for (const parameter of parametersOfOthers(account))
    look({ reference: { kind: 'parameter', by: parameter.name }, data: parameter.value });
  for (const file of account.files) look({ reference: { kind: 'file', by: file.path }, data: file.text });
  for (const image of account.images)
    for (const file of account.files)
      if (isNamedIn(image.Name, file.text)) note(images, image.ImageId ?? '', { kind: 'file', by: file.path });
  for (const reference of readValue(account.imageReferences) ?? [])
    note(images, reference.ImageId ?? '', { kind: 'awsReference', by: reference.Arn ?? '' });
  const remembered = new Set<LaunchTemplateVersion>();
  for (const memory of readValue(account.memories) ?? [])
    for (const one of rememberedReleases(memory, rules, account.at)) {
      note(images, one.release.imageId, one.reference);
      for (const version of findVersions(one, memory, readValue(account.launchTemplateVersions) ?? [])) {
        remembered.add(version);
        look({ reference: one.reference, data: version.LaunchTemplateData });
      }
    }
  return { images, snapshots, resolvedNames, templateVersions: new Set([...templates.uses.keys(), ...remembered]) };
}

/** What names images, launch templates or both, each with its data. */
function namersOf(account: CleanUpAccount): Namer[] {
  const namers = <T>(
    part: readonly T[] | undefined,
    kind: Reference['kind'],
    nameOf: (one: T) => string | undefined,
  ): Namer[] => (part ?? []).map((data) => ({ reference: { kind, by: nameOf(data) ?? '' }, data }));
  return [
    ...namers(readValue(account.groups), 'group', (group) => group.AutoScalingGroupName),
    ...namers(
      readValue(account.launchConfigurations),
      'launchConfiguration',
      (configuration) => configuration.LaunchConfigurationName,
    ),
    ...namers(
      readValue(account.instanceRefreshes),
      'instanceRefresh',
      (refresh) => `${refresh.AutoScalingGroupName} ${refresh.InstanceRefreshId}`,
    ),
    ...namers(readValue(account.instances)?.map(withTemplate), 'instance', (instance) => instance.InstanceId),
    ...namers(readValue(account.spotRequests), 'spotRequest', (request) => request.SpotInstanceRequestId),
    ...namers(readValue(account.spotFleets), 'spotFleet', (fleet) => fleet.SpotFleetRequestId),
    ...namers(readValue(account.fleets), 'fleet', (fleet) => fleet.FleetId),
  ];
}

/** An instance, and the launch template version that EC2 tagged it with. */
function withTemplate(instance: Instance) {
  const tagOf = (key: string) => instance.Tags?.find(({ Key }) => Key === key)?.Value;
  const LaunchTemplateId = tagOf('aws:ec2launchtemplate:id');
  const { ImageId, InstanceId } = instance;
  return LaunchTemplateId === undefined
    ? { ImageId, InstanceId }
    : { ImageId, InstanceId, from: { LaunchTemplateId, Version: tagOf('aws:ec2launchtemplate:version') } };
}

/** Directrix's own parameters of the groups that there are have a meaning of their own; those of others are searched as any. */
function parametersOfOthers(account: CleanUpAccount): readonly PlainParameter[] {
  const known = new Set((readValue(account.memories) ?? []).flatMap(({ ownPath }) => ownPath));
  return (readValue(account.parameters) ?? []).filter(
    ({ name }) => ![...known].some((path) => name.startsWith(`${path}/`)),
  );
}

function resolve(name: string, account: CleanUpAccount): string | undefined {
  const bare = (readValue(account.parameters) ?? []).find((parameter) => parameter.name === name);
  if (bare !== undefined) return bare.value;
  const resolved = account.resolved.get(name);
  return resolved === undefined ? undefined : readValue(resolved);
}

/** A name as a word of its own: `web-1` is not in `web-1.2`. */
function isNamedIn(name: string | undefined, text: string): boolean {
  if (name === undefined || name === '') return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text.slice(at + name.length, at + name.length + 2);
    // A dot may end a sentence, or go on as a number.
    if (!/[\w/-]/.test(before) && !/^(?:[\w/-]|\.\w)/.test(after)) return true;
  }
  return false;
}

interface Remembered {
  readonly release: { readonly imageId: string; readonly launchTemplateVersion?: string | undefined };
  readonly reference: Reference;
}

/** The releases that a group may go back to, and those that an unfinished rollout moves between. */
function rememberedReleases(
  { groupName: by, history, record }: GroupMemory,
  rules: ReferenceRules,
  at: number,
): Remembered[] {
  const good = history.filter(({ withdrawnAt }) => withdrawnAt === undefined).slice(0, rules.goodReleases);
  const recent = history.filter((release) => at - release.at <= rules.rollbackWindowMs);
  const isOpen = record !== undefined && (record.outcome === undefined || record.outcome === 'needsHuman');
  const named = (kind: Reference['kind']) => (release: Remembered['release']) => ({ release, reference: { kind, by } });
  return [
    ...good.map(named('goodRelease')),
    ...recent.map(named('rollbackWindow')),
    ...(isOpen ? [record.from, record.to] : []).map(named('rollout')),
  ];
}

/** The launch template version of a release, in the templates of its group. */
function findVersions(
  { release }: Remembered,
  { launchTemplateIds }: GroupMemory,
  versions: readonly LaunchTemplateVersion[],
): LaunchTemplateVersion[] {
  return versions.filter(
    ({ LaunchTemplateId = '', VersionNumber }) =>
      launchTemplateIds.includes(LaunchTemplateId) && String(VersionNumber) === release.launchTemplateVersion,
  );
}
