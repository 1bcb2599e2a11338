// aws-sources: what CloudWatch and EC2 keep of a time.
import { listReleaseImages, loadRecord, readAlarmHistory, versionOf } from '@directrix/aws';
import type { Span, Statement } from '@directrix/timeline';
import type { World } from '../../world.js';

/** The alarms that the last rollout of the group watched, if it is one of these. */
export async function findAlarmNames(
  { clients }: World,
  groupName: string,
  rolloutIds: readonly string[],
): Promise<readonly string[]> {
  const record = await loadRecord(clients, groupName);
  return record !== undefined && rolloutIds.includes(record.rolloutId) ? (record.options.alarmNames ?? []) : [];
}

/** Each change of the alarm's state. */
export async function readAlarmChanges({ clients }: World, alarmName: string, span: Span): Promise<Statement> {
  const changes = await readAlarmHistory(clients, alarmName, span);
  return { sightings: changes.map(({ at, state }) => ({ at, sighting: { witness: 'alarm', alarmName, state } })) };
}

/** The images of this account with a version that were made in this time. */
export async function readBakes({ clients }: World, { since, until }: Span): Promise<Statement> {
  const images = await listReleaseImages(clients);
  return {
    sightings: images.flatMap((image) => {
      const at = Date.parse(image.CreationDate ?? '');
      const version = versionOf(image);
      if (version === undefined || !(at >= since && at <= until)) return [];
      return [{ at, sighting: { witness: 'release', what: 'baked', version, id: image.ImageId } as const }];
    }),
  };
}
