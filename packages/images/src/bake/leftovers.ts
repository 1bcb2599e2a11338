// leftovers: what a bake that did not end by itself has left in the account: instances, key pairs, security groups, half-made images.
//
//   L1. Only what this bake has made: named by Packer with the random name that it told us, or tagged by us.
//   L2. One thing that cannot be removed stops no other.
import {
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeregisterImageCommand,
  DescribeKeyPairsCommand,
  type Instance,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeSecurityGroups,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type AwsClients, awsCodeOf, collectPages } from '@directrix/aws';
import { type DirectrixError, failureOf } from '@directrix/rollout';
import type { TemporaryThings } from './bake-story.js';

/** On everything temporary of a bake: its id. */
const bakeTag = 'directrix:bake';
/** Until when the bake may go on. ISO 8601. What is there later is a leftover, whoever made it. */
const bakeDeadlineTag = 'directrix:bake-deadline';

interface LeftoverClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type Removed =
  | {
      readonly kind: 'removed';
      readonly what: 'instance' | 'key pair' | 'security group' | 'image';
      readonly id: string;
    }
  | {
      readonly kind: 'failed';
      readonly what: string;
      readonly id: string;
      readonly failure: ReturnType<typeof failureOf>;
    };

/** Tags what the bake has made so far, so that any machine can find it. What is not there yet is left for later. */
export async function tagTemporary(
  clients: AwsClients,
  bakeId: string,
  deadline: number,
  made: TemporaryThings,
): Promise<void> {
  const [keyPairs, groups] = await Promise.all([findKeyPairs(clients, made), findGroups(clients, made)]);
  const Resources = [
    ...made.instanceIds,
    ...keyPairs.map(({ KeyPairId = '' }) => KeyPairId),
    ...groups.map(({ GroupId = '' }) => GroupId),
  ];
  if (Resources.length === 0) return;
  const Tags = [
    { Key: bakeTag, Value: bakeId },
    { Key: bakeDeadlineTag, Value: new Date(deadline).toISOString() },
  ];
  await clients.ec2.send(new CreateTagsCommand({ Resources, Tags }));
}

/** The ids of bakes whose time is over, by their tags. */
export async function findOverdue(clients: AwsClients, now: number): Promise<readonly string[]> {
  const Filters = [{ Name: 'tag-key', Values: [bakeDeadlineTag] }];
  const [instances, keyPairs, groups] = await Promise.all([
    listInstances(clients, Filters),
    clients.ec2.send(new DescribeKeyPairsCommand({ Filters })),
    listGroups(clients, Filters),
  ]);
  const all = [...instances, ...(keyPairs.KeyPairs ?? []), ...groups];
  const ids = all.flatMap(({ Tags = [] }) => {
    const tagOf = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    return Date.parse(tagOf(bakeDeadlineTag) ?? '') <= now ? (tagOf(bakeTag) ?? []) : [];
  });
  return [...new Set(ids)];
}

interface LeftoverQuestion {
  readonly bakeId: string;
  readonly made: TemporaryThings;
  /** The bake has failed: an image of its builder is half a bake. */
  readonly areImagesUnwanted: boolean;
}

const pollMs = 5_000;
/** How long instances may take to terminate: their security group cannot be deleted before. */
const terminationMs = 10 * 60_000;

/** Removes what is there. Idempotent. */
export async function removeLeftovers(
  clients: AwsClients,
  { bakeId, made, areImagesUnwanted }: LeftoverQuestion,
  clock: LeftoverClock,
): Promise<readonly Removed[]> {
  const removed: Removed[] = [];
  const remove = async (
    what: Extract<Removed, { kind: 'removed' }>['what'],
    id: string,
    work: () => Promise<unknown>,
  ) => {
    try {
      await work();
      removed.push({ kind: 'removed', what, id });
    } catch (error) {
      if (/NotFound/.test(awsCodeOf(error) ?? '')) return;
      if ((error as DirectrixError).name !== 'DirectrixError') throw error;
      removed.push({ kind: 'failed', what, id, failure: failureOf(error) });
    }
  };
  const instances = await findInstances(clients, bakeId, made);
  for (const { InstanceId = '', State } of instances)
    if (State?.Name !== 'terminated' && State?.Name !== 'shutting-down')
      await remove('instance', InstanceId, () =>
        clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] })),
      );
  if (areImagesUnwanted)
    for (const { ImageId = '' } of await findImages(clients, [
      ...made.instanceIds,
      ...instances.map(({ InstanceId = '' }) => InstanceId),
    ]))
      await remove('image', ImageId, () =>
        clients.ec2.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })),
      );
  for (const { KeyPairId = '', KeyName = '' } of await findKeyPairs(clients, made, bakeId))
    await remove('key pair', KeyName, () => clients.ec2.send(new DeleteKeyPairCommand({ KeyPairId })));
  const groups = await findGroups(clients, made, bakeId);
  if (groups.length > 0) await waitTerminated(clients, instances, clock);
  for (const { GroupId = '' } of groups)
    await remove('security group', GroupId, () => clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
  return removed;
}

async function waitTerminated(
  clients: AwsClients,
  instances: readonly Instance[],
  clock: LeftoverClock,
): Promise<void> {
  const ids = instances.map(({ InstanceId = '' }) => InstanceId);
  const until = clock.now() + terminationMs;
  while (ids.length > 0 && clock.now() < until) {
    const present = await listInstances(clients, [{ Name: 'instance-id', Values: ids }]);
    if (present.every(({ State }) => State?.Name === 'terminated')) return;
    await clock.sleep(pollMs);
  }
}

type Filters = { Name: string; Values: string[] }[];

async function listInstances(clients: AwsClients, filters: Filters): Promise<Instance[]> {
  const reservations = await collectPages(
    paginateDescribeInstances({ client: clients.ec2 }, { Filters: filters }),
    (page) => page.Reservations,
  );
  return reservations.flatMap(({ Instances = [] }) => Instances);
}

/** By id, by the key pair that only this bake has, or by our tag. */
async function findInstances(clients: AwsClients, bakeId: string, made: TemporaryThings): Promise<Instance[]> {
  const filters: Filters[] = [[{ Name: `tag:${bakeTag}`, Values: [bakeId] }]];
  if (made.instanceIds.length > 0) filters.push([{ Name: 'instance-id', Values: [...made.instanceIds] }]);
  if (made.keyPairNames.length > 0) filters.push([{ Name: 'key-name', Values: [...made.keyPairNames] }]);
  const found = await Promise.all(filters.map((one) => listInstances(clients, one)));
  const byId = new Map(found.flat().map((instance) => [instance.InstanceId, instance]));
  return [...byId.values()].filter(({ State }) => State?.Name !== 'terminated');
}

async function findKeyPairs(clients: AwsClients, made: TemporaryThings, bakeId?: string) {
  const filters = filtersOf('key-name', made.keyPairNames, bakeId);
  const answers = await Promise.all(
    filters.map((Filters) => clients.ec2.send(new DescribeKeyPairsCommand({ Filters }))),
  );
  const byId = new Map(answers.flatMap(({ KeyPairs = [] }) => KeyPairs).map((pair) => [pair.KeyPairId, pair]));
  return [...byId.values()];
}

async function findGroups(clients: AwsClients, made: TemporaryThings, bakeId?: string) {
  const filters = filtersOf('group-name', made.securityGroupNames, bakeId);
  const found = await Promise.all(filters.map((Filters) => listGroups(clients, Filters)));
  return [...new Map(found.flat().map((group) => [group.GroupId, group])).values()];
}

async function listGroups(clients: AwsClients, Filters: Filters) {
  return collectPages(
    paginateDescribeSecurityGroups({ client: clients.ec2 }, { Filters }),
    (page) => page.SecurityGroups,
  );
}

function filtersOf(name: string, names: readonly string[], bakeId: string | undefined): Filters[] {
  return [
    ...(names.length === 0 ? [] : [[{ Name: name, Values: [...names] }]]),
    ...(bakeId === undefined ? [] : [[{ Name: `tag:${bakeTag}`, Values: [bakeId] }]]),
  ];
}

/** EC2 says of an image which instance it was made of. */
async function findImages(clients: AwsClients, instanceIds: readonly string[]) {
  if (instanceIds.length === 0) return [];
  const Filters = [{ Name: 'source-instance-id', Values: [...new Set(instanceIds)] }];
  return collectPages(
    paginateDescribeImages({ client: clients.ec2 }, { Owners: ['self'], Filters }),
    (page) => page.Images,
  );
}
