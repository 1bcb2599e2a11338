import {
  addRollout,
  findLaunchTemplateImage,
  type GoodRelease,
  isPassing,
  loadHistory,
  loadRecord,
  resolveRelease,
  withdrawRelease,
} from '@directrix/aws';
import { DirectrixError, defaultRollbackBakeMs, type Release, type RolloutRecord, shell } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { conductRollout } from '../../rollout/conduct-rollout.js';
import {
  currentImageOf,
  type ObservedGroup,
  observeGroup,
  type PreparedReleases,
  prepareRollout,
} from '../../rollout/prepare-rollout.js';
import { performRollout } from '../../rollout/rollout-command.js';
import { UnexpectedUnderLease } from '../../rollout/unexpected-under-lease.js';
import { isInTheWay, isUnfinished } from '../../rollout/unfinished.js';
import type { World } from '../../world.js';
import { abortRollout } from '../abort/run.js';
import { type DeployOptions, startOptionsOf } from '../deploy/run.js';

export type RollbackOptions = Omit<DeployOptions, 'image' | 'version' | 'latestImage'> & {
  readonly toVersion?: string;
};

export async function runRollback(context: CommandContext, options: RollbackOptions): Promise<void> {
  const request = { command: 'rollback', groupName: options.group, json: options.json === true };
  const { io } = context;
  await performRollout(context, request, async (world) => {
    // Nothing healthy is what a rollback is for: it needs no permission to go on. The way back is not kept open to what it leaves.
    const start = {
      ...startOptionsOf({ ...options, bake: options.bake ?? defaultRollbackBakeMs }, context.argv),
      isBrokenBaselineAccepted: true,
    };
    const last = await loadRecord(world.clients, options.group);
    const seen = await observeGroup(world, options.group);
    const isOpen = last !== undefined && canBeAborted(last, seen);
    if (isOpen) return abortRollout(io, world, 'rollback', start);
    const to = await chooseGoodRelease(world, options, seen, last);
    const prepare = (releases: PreparedReleases) => withdraw(world, options.group, releases);
    const prepared = await prepareRollout(io, world, 'rollback', { ...start, prepare }, seen, to);
    return prepared.kind === 'ready' ? conductRollout(io, world, prepared.request) : prepared.document;
  });
}

/** It has a way back of its own: also where its new instances, which have all been put in, do not serve. */
function canBeAborted(last: RolloutRecord, { observation }: ObservedGroup): boolean {
  return isInTheWay(last, observation) || (isUnfinished(last) && last.needs?.code === 'NEW_NOT_SERVING');
}

// Before anything is changed: a rollback that is killed must not leave the release that it leaves as one to go back to.
async function withdraw(world: World, groupName: string, { from, rolloutId }: PreparedReleases): Promise<void> {
  try {
    await withdrawRelease(world.clients, groupName, { ...from, at: world.clock.now(), rolloutId });
  } catch (error) {
    // The answer was lost, perhaps: then it may be on record as withdrawn.
    throw isPassing(error) ? new UnexpectedUnderLease(error) : error;
  }
}

/** The release to go back to, never the present one. Throws NO_GOOD_RELEASE. */
async function chooseGoodRelease(
  world: World,
  { group, toVersion }: RollbackOptions,
  seen: ObservedGroup,
  last: RolloutRecord | undefined,
): Promise<Release> {
  const currentImageId = currentImageOf(seen.observation);
  const remembered = await loadHistory(world.clients, group);
  // Killed after its end and before it was remembered, a rollout is known from its record alone.
  const history = last === undefined ? remembered : addRollout(remembered, last, world.clock.now());
  const others = history.filter(({ imageId, withdrawnAt }) => imageId !== currentImageId && withdrawnAt === undefined);
  const good = toVersion === undefined ? others[0] : others.find(({ version }) => version === toVersion);
  if (good === undefined) throw describeNoRelease(group, toVersion, currentImageId, history);
  const release = await resolveRelease(world.clients, {
    imageId: good.imageId,
    version: good.version,
    isLatestImageTaken: false,
    currentImageId,
  });
  // The version of the launch template that was good with it, where it still is what it was.
  const launchTemplateId = seen.observation.group.launchTemplate?.launchTemplateId ?? '';
  const imageId = await findLaunchTemplateImage(world.clients, launchTemplateId, good.launchTemplateVersion);
  return imageId === good.imageId ? { ...release, launchTemplateVersion: good.launchTemplateVersion } : release;
}

function describeNoRelease(
  group: string,
  toVersion: string | undefined,
  currentImageId: string | undefined,
  history: readonly GoodRelease[],
): DirectrixError {
  const known = history.map(
    ({ version, imageId, withdrawnAt }) =>
      `${version}${imageId === currentImageId ? ' (the present one)' : withdrawnAt === undefined ? '' : ' (withdrawn)'}`,
  );
  return new DirectrixError(
    'NO_GOOD_RELEASE',
    toVersion === undefined
      ? `No other good release of ${group} is on record.`
      : `${toVersion} is not among the good releases of ${group} that could be gone back to.`,
    {
      source: `history of ${group}`,
      hint: `${known.length === 0 ? 'Directrix has not rolled this group yet' : `on record: ${known.join(', ')}`}; any release can be rolled out: ${shell`directrix deploy --group ${group} --version V`}`,
    },
  );
}
