import { findLaunchTemplateImage, type GoodRelease, loadHistory, loadRecord, resolveRelease } from '@directrix/aws';
import { DirectrixError, type Release } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { performRollout } from '../../rollout/rollout-command.js';
import { currentImageOf, type ObservedGroup, observeGroup, startRollout } from '../../rollout/start-rollout.js';
import { isUnfinished } from '../../rollout/unfinished.js';
import type { World } from '../../world.js';
import { abortRollout } from '../abort/run.js';
import { startOptionsOf } from '../deploy/run.js';
import type { RollbackOptions } from './command.js';

export async function runRollback(context: CommandContext, options: RollbackOptions): Promise<void> {
  const request = { command: 'rollback', groupName: options.group, json: options.json === true };
  await performRollout(context, request, async (world) => {
    const start = startOptionsOf(options);
    const last = await loadRecord(world.clients, options.group);
    if (last !== undefined && isUnfinished(last)) return abortRollout(context.io, world, 'rollback', start);
    const seen = await observeGroup(world, options.group);
    const to = await chooseGoodRelease(world, options, seen);
    return startRollout(context.io, world, 'rollback', start, seen, to);
  });
}

/** The release to go back to, never the present one. Throws NO_GOOD_RELEASE. */
async function chooseGoodRelease(
  world: World,
  { group, toVersion }: RollbackOptions,
  seen: ObservedGroup,
): Promise<Release> {
  const currentImageId = currentImageOf(seen.observation);
  const history = await loadHistory(world.clients, group);
  const others = history.filter(({ imageId }) => imageId !== currentImageId);
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
    ({ version, imageId }) => `${version}${imageId === currentImageId ? ' (the present one)' : ''}`,
  );
  return new DirectrixError(
    'NO_GOOD_RELEASE',
    toVersion === undefined
      ? `No other good release of ${group} is on record.`
      : `${toVersion} is not among the good releases of ${group} that could be gone back to.`,
    {
      source: `history of ${group}`,
      hint: `${known.length === 0 ? 'Directrix has not rolled this group yet' : `on record: ${known.join(', ')}`}; any release can be rolled out: directrix deploy --group ${group} --version V`,
    },
  );
}
