import { loadRecord } from '@directrix/aws';
import { logsTag } from '@directrix/preflight';
import { DirectrixError } from '@directrix/rollout';
import { observeGroup } from '../rollout/prepare-rollout.js';
import type { World } from '../world.js';
import { readLogGroups } from './image-log-groups.js';

/** Where the instances of the group ship their journal, by the tags of their images and of those of its last rollout. Throws LOG_GROUP_UNKNOWN. */
export async function findLogGroup(world: World, groupName: string): Promise<string> {
  const [{ observation }, record] = await Promise.all([
    observeGroup(world, groupName),
    loadRecord(world.clients, groupName),
  ]);
  const imageIds = [...observation.group.instances, ...(record === undefined ? [] : [record.to, record.from])];
  const names = await readLogGroups(
    world.clients,
    imageIds.flatMap(({ imageId }) => imageId ?? []),
  );
  const [name, other] = new Set(names.values());
  if (name !== undefined && other === undefined) return name;
  const what =
    name === undefined
      ? `the images of ${groupName} have no tag ${logsTag}`
      : `the images of ${groupName} name several log groups: ${[...new Set(names.values())].join(', ')}`;
  throw new DirectrixError('LOG_GROUP_UNKNOWN', `Where the logs are is not known: ${what}.`, {
    kind: name === undefined ? 'missing' : 'invalid',
    source: `group ${groupName}`,
    hint: `--log-group NAME; or tag the image ${logsTag}=NAME when it is built`,
  });
}
