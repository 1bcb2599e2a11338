// read account: everything that a clean-up is planned by, read with as few calls as AWS allows. Changes nothing.
import {
  type InstanceRefresh,
  paginateDescribeInstanceRefreshes,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeImageAttributeCommand,
  DescribeSnapshotAttributeCommand,
  type ImageUsageReport,
  paginateDescribeFleets,
  paginateDescribeImageReferences,
  paginateDescribeImages,
  paginateDescribeImageUsageReportEntries,
  paginateDescribeImageUsageReports,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeSnapshots,
  paginateDescribeSpotFleetRequests,
  paginateDescribeSpotInstanceRequests,
  paginateListImagesInRecycleBin,
} from '@aws-sdk/client-ec2';
import {
  type AwsClients,
  awsCodeOf,
  chunk,
  collectPages,
  describeGroups,
  describeParameters,
  groupPath,
  isUnknownOperation,
  loadHistory,
  loadRecord,
  readParameters,
  readPart,
} from '@directrix/aws';
import { type Read, readValue } from '@directrix/preflight';
import type { CleanUpAccount, ForeignUse, GroupMemory, NamedFile, PlainParameter, Sharing } from './account.js';
import { imageOfSnapshot } from './plan.js';
import { findReferences, type ReferenceRules } from './references.js';

export interface ReadAccountOptions {
  readonly rules: ReferenceRules;
  readonly files: readonly NamedFile[];
  /** By AWS's clock. Epoch milliseconds. */
  readonly at: number;
  readonly signal: AbortSignal;
  /** Told what is read now: `launch templates`. */
  readonly onRead?: (what: string) => void;
}

/** Instance refreshes in these states still launch. */
const endedRefreshes = new Set(['Successful', 'Failed', 'Cancelled', 'RollbackFailed', 'RollbackSuccessful']);
/** Spot fleets and fleets in these states launch no more. */
const endedFleets = new Set(['cancelled', 'cancelled_terminating', 'deleted', 'deleted_terminating']);
const endedSpotRequests = new Set(['closed', 'cancelled', 'failed']);

/** AWS takes at most 10 images in one call. */
const imagesPerCall = 10;
/** A usage report that is older says nothing of today. */
const reportFreshMs = 7 * 24 * 3600 * 1000;

/** Rejects when AWS cannot be reached or the images themselves cannot be read; every other part that AWS refuses is `unread`. */
export async function readCleanUpAccount(clients: AwsClients, options: ReadAccountOptions): Promise<CleanUpAccount> {
  const read = async <T>(what: string, work: () => Promise<T>, empty: T): Promise<Read<T>> => {
    options.signal.throwIfAborted();
    options.onRead?.(what);
    return readPart(() =>
      work().catch((error: unknown) => (isUnknownOperation(error) ? empty : Promise.reject(error))),
    );
  };
  options.onRead?.('images');
  const images = await readImages(clients);
  const snapshots = await readSnapshots(clients);
  const groups = await read('groups', () => describeGroups(clients), []);
  const parameters = await read('parameters', () => readPlainParameters(clients), { plain: [], encrypted: 0 });
  const account: CleanUpAccount = {
    at: options.at,
    region: await clients.ec2.config.region(),
    images,
    snapshots,
    groups,
    launchConfigurations: await read('launch configurations', () => readLaunchConfigurations(clients), []),
    instanceRefreshes: await read(
      'instance refreshes',
      () =>
        readInstanceRefreshes(
          clients,
          (readValue(groups) ?? []).map((group) => group.AutoScalingGroupName ?? ''),
        ),
      [],
    ),
    launchTemplates: await read('launch templates', () => readLaunchTemplates(clients), []),
    launchTemplateVersions: await read('launch template versions', () => readLaunchTemplateVersions(clients), []),
    instances: await read('instances', () => readInstances(clients), []),
    spotRequests: await read('Spot requests', () => readSpotRequests(clients), []),
    spotFleets: await read('Spot Fleets', () => readSpotFleets(clients), []),
    fleets: await read('EC2 Fleets', () => readFleets(clients), []),
    parameters: parameters.kind === 'read' ? { kind: 'read', value: parameters.value.plain } : parameters,
    encryptedParameters: readValue(parameters)?.encrypted ?? 0,
    resolved: new Map(),
    imageReferences: await read(
      'references of Image Builder',
      () =>
        readImageReferences(
          clients,
          images.map(({ ImageId = '' }) => ImageId),
        ),
      [],
    ),
    memories:
      groups.kind === 'read' ? await read('good releases', () => readMemories(clients, groups.value), []) : groups,
    sharing: new Map(),
    snapshotSharing: new Map(),
    recycledImageIds: await read('the Recycle Bin', () => readRecycledImages(clients), []),
    files: options.files,
  };
  return readWhatCouldGo(clients, account, options);
}

/** What must be asked for each image: of those alone that nothing names so far. */
async function readWhatCouldGo(
  clients: AwsClients,
  account: CleanUpAccount,
  { rules, signal, onRead }: ReadAccountOptions,
): Promise<CleanUpAccount> {
  const known = new Set((readValue(account.parameters) ?? []).map(({ name }) => name));
  const resolved = new Map<string, Read<string | undefined>>();
  onRead?.('parameters that launches resolve');
  for (const name of findReferences(account, rules).resolvedNames) {
    signal.throwIfAborted();
    if (!known.has(name)) resolved.set(name, await readPart(() => resolveParameter(clients, name)));
  }
  const references = findReferences({ ...account, resolved }, rules);
  onRead?.('who else may use the images');
  const sharing = new Map<string, Read<Sharing>>();
  const unnamed = account.images.flatMap(({ ImageId = '', State }) =>
    State !== 'available' || references.images.has(ImageId) ? [] : ImageId,
  );
  for (const imageId of unnamed) {
    signal.throwIfAborted();
    sharing.set(imageId, await readPart(() => readSharing(clients, imageId, account.at)));
  }
  const registered = new Set(account.images.map(({ ImageId = '' }) => ImageId));
  const snapshotSharing = new Map<string, Read<readonly string[]>>();
  for (const snapshot of account.snapshots) {
    signal.throwIfAborted();
    const imageId = imageOfSnapshot(snapshot);
    if (imageId === undefined || registered.has(imageId)) continue;
    const { SnapshotId = '' } = snapshot;
    snapshotSharing.set(SnapshotId, await readPart(() => readSnapshotSharing(clients, SnapshotId)));
  }
  return { ...account, resolved, sharing, snapshotSharing };
}

async function readImages(clients: AwsClients) {
  return collectPages(
    paginateDescribeImages(
      { client: clients.ec2 },
      { Owners: ['self'], IncludeDisabled: true, IncludeDeprecated: true },
    ),
    (page) => page.Images,
  );
}

export async function readSnapshots(clients: AwsClients) {
  return collectPages(
    paginateDescribeSnapshots({ client: clients.ec2 }, { OwnerIds: ['self'], MaxResults: 1000 }),
    (page) => page.Snapshots,
  );
}

async function readLaunchConfigurations(clients: AwsClients) {
  return collectPages(
    paginateDescribeLaunchConfigurations({ client: clients.autoScaling }, {}),
    (page) => page.LaunchConfigurations,
  );
}

async function readInstanceRefreshes(clients: AwsClients, groupNames: readonly string[]): Promise<InstanceRefresh[]> {
  const found: InstanceRefresh[] = [];
  for (const AutoScalingGroupName of groupNames) {
    const refreshes = await collectPages(
      paginateDescribeInstanceRefreshes({ client: clients.autoScaling }, { AutoScalingGroupName }),
      (page) => page.InstanceRefreshes,
    );
    found.push(...refreshes.filter(({ Status = '' }) => !endedRefreshes.has(Status)));
  }
  return found;
}

async function readLaunchTemplates(clients: AwsClients) {
  return collectPages(
    paginateDescribeLaunchTemplates({ client: clients.ec2 }, { MaxResults: 200 }),
    (page) => page.LaunchTemplates,
  );
}

async function readLaunchTemplateVersions(clients: AwsClients) {
  const templates = await readLaunchTemplates(clients);
  const versions = [];
  for (const { LaunchTemplateId } of templates)
    versions.push(
      ...(await collectPages(
        paginateDescribeLaunchTemplateVersions({ client: clients.ec2 }, { LaunchTemplateId, MaxResults: 200 }),
        (page) => page.LaunchTemplateVersions,
      )),
    );
  return versions;
}

async function readInstances(clients: AwsClients) {
  const reservations = await collectPages(
    paginateDescribeInstances({ client: clients.ec2 }, { MaxResults: 1000 }),
    (page) => page.Reservations,
  );
  return reservations.flatMap(({ Instances = [] }) => Instances).filter(({ State }) => State?.Name !== 'terminated');
}

async function readSpotRequests(clients: AwsClients) {
  const all = await collectPages(
    paginateDescribeSpotInstanceRequests({ client: clients.ec2 }, { MaxResults: 1000 }),
    (page) => page.SpotInstanceRequests,
  );
  return all.filter(({ State = '' }) => !endedSpotRequests.has(State));
}

async function readSpotFleets(clients: AwsClients) {
  const all = await collectPages(
    paginateDescribeSpotFleetRequests({ client: clients.ec2 }, { MaxResults: 1000 }),
    (page) => page.SpotFleetRequestConfigs,
  );
  return all.filter(({ SpotFleetRequestState = '' }) => !endedFleets.has(SpotFleetRequestState));
}

async function readFleets(clients: AwsClients) {
  const all = await collectPages(
    paginateDescribeFleets({ client: clients.ec2 }, { MaxResults: 1000 }),
    (page) => page.Fleets,
  );
  return all.filter(({ FleetState = '' }) => !endedFleets.has(FleetState));
}

/** Every parameter that is not encrypted, with its value. Nothing is decrypted: an image's id is no secret. */
async function readPlainParameters({ ssm }: AwsClients) {
  const described = await describeParameters(ssm);
  const isPlain = ({ Type }: { readonly Type?: string | undefined }) => Type !== 'SecureString';
  const names = described.filter(isPlain).map(({ Name = '' }) => Name);
  const read = await readParameters(ssm, names, { isDecrypted: false });
  const plain = [...read.values()].map(({ name, value }): PlainParameter => ({ name, value }));
  return { plain, encrypted: described.length - names.length };
}

/** A parameter's version or label, as a launch names it; undefined where there is none. Those of AWS name images of AWS. */
async function resolveParameter({ ssm }: AwsClients, name: string): Promise<string | undefined> {
  if (name.startsWith('/aws/service/')) return undefined;
  // AWS may name it otherwise than it was asked for: by an ARN, or with a selector.
  const [found] = (await readParameters(ssm, [name], { isDecrypted: false })).values();
  return found?.value;
}

/** Of Image Builder alone: the others are read whole, and EC2 looks at the newest versions of launch templates only. */
async function readImageReferences(clients: AwsClients, imageIds: readonly string[]) {
  const found = [];
  for (const ImageIds of chunk(imageIds, imagesPerCall))
    found.push(
      ...(await collectPages(
        paginateDescribeImageReferences(
          { client: clients.ec2 },
          {
            ImageIds,
            ResourceTypes: [
              { ResourceType: 'imagebuilder:ImageRecipe' },
              { ResourceType: 'imagebuilder:ContainerRecipe' },
            ],
          },
        ),
        (page) => page.ImageReferences,
      )),
    );
  return found;
}

async function readMemories(
  clients: AwsClients,
  groups: readonly { readonly AutoScalingGroupName?: string | undefined }[],
): Promise<GroupMemory[]> {
  const memories: GroupMemory[] = [];
  for (const group of groups) {
    const groupName = group.AutoScalingGroupName ?? '';
    const [history, record] = await Promise.all([loadHistory(clients, groupName), loadRecord(clients, groupName)]);
    const named = record?.original.launchTemplate.launchTemplateId;
    const launchTemplateIds = [...new Set([...templateIdsIn(group), ...(named === undefined ? [] : [named])])];
    memories.push({ groupName, history, record, ownPath: groupPath(groupName), launchTemplateIds });
  }
  return memories;
}

function templateIdsIn(data: unknown): string[] {
  return [...JSON.stringify(data).matchAll(/"LaunchTemplateId":"(lt-[0-9a-f]+)"/g)].flatMap(([, id]) => id ?? []);
}

async function readSharing(clients: AwsClients, ImageId: string, at: number): Promise<Sharing> {
  const answer = await clients.ec2.send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }));
  const permissions = answer.LaunchPermissions ?? [];
  return permissions.length === 0 ? { permissions } : { permissions, use: await readForeignUse(clients, ImageId, at) };
}

/** By EC2's newest usage report of all accounts that counts instances and launch templates. */
async function readForeignUse(clients: AwsClients, imageId: string, at: number): Promise<ForeignUse> {
  try {
    const reports = await collectPages(
      paginateDescribeImageUsageReports({ client: clients.ec2 }, { ImageIds: [imageId] }),
      (page) => page.ImageUsageReports,
    );
    const [report] = reports
      .filter((one) => saysEnough(one, at))
      .sort((left, right) => (right.CreationTime?.getTime() ?? 0) - (left.CreationTime?.getTime() ?? 0));
    if (report?.ReportId === undefined) return { kind: 'noReport' };
    const ReportIds = [report.ReportId];
    const entries = await collectPages(
      paginateDescribeImageUsageReportEntries({ client: clients.ec2 }, { ReportIds }),
      (page) => page.ImageUsageReportEntries,
    );
    const uses = entries.map(({ AccountId = '', UsageCount = 0 }) => ({ accountId: AccountId, count: UsageCount }));
    return { kind: 'reported', uses };
  } catch (error) {
    if (isUnknownOperation(error)) return { kind: 'noReport' };
    throw error;
  }
}

function saysEnough(report: ImageUsageReport, at: number): boolean {
  const types = (report.ResourceTypes ?? []).map(({ ResourceType }) => ResourceType);
  return (
    report.State === 'available' &&
    !report.AccountIds?.length &&
    at - (report.CreationTime?.getTime() ?? 0) <= reportFreshMs &&
    ['ec2:Instance', 'ec2:LaunchTemplate'].every((type) => types.includes(type))
  );
}

async function readSnapshotSharing(clients: AwsClients, SnapshotId: string): Promise<readonly string[]> {
  try {
    const answer = await clients.ec2.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
    );
    return (answer.CreateVolumePermissions ?? []).map(({ Group, UserId }) => Group ?? UserId ?? '');
  } catch (error) {
    // Gone meanwhile: shared with nobody.
    if (awsCodeOf(error) === 'InvalidSnapshot.NotFound') return [];
    throw error;
  }
}

async function readRecycledImages(clients: AwsClients): Promise<string[]> {
  const images = await collectPages(
    paginateListImagesInRecycleBin({ client: clients.ec2 }, { MaxResults: 1000 }),
    (page) => page.Images,
  );
  return images.map(({ ImageId = '' }) => ImageId);
}
