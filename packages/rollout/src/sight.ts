// Sight: what an observation is worth before anything is concluded from it.
//
//   1. AWS's times become ours, once, here.
//   2. A group that is another one than the record's ends the rollout with nothing applied; a launch template that is another one, with
//      nothing but what was lent given back.
//   3. On the way forward a part that could not be read blinds the step. On the way back only what is readable counts: a target
//      group that is gone asks nothing of anybody.
import type { Evidence } from './contract/evidence.js';
import type { Need } from './contract/need.js';
import type { UnreadablePart } from './contract/unreadable-part.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';

/** The observation with AWS's times as our clock would have shown them, and going back without the target groups that are gone. */
export function readInOurTime(observation: Observation, { isGoingBack }: RolloutRecord): Observation {
  const offset = observation.awsClockOffsetMs ?? 0;
  const { group, targetGroups } = observation;
  const isGone = ({ unreadable }: Observation['targetGroups'][number]) => unreadable?.kind === 'missing';
  const hasGone = isGoingBack === true && targetGroups.some(isGone);
  if (offset === 0 && !hasGone) return observation;
  return {
    ...observation,
    targetGroups: hasGone ? targetGroups.filter((one) => !isGone(one)) : targetGroups,
    ...(observation.traffic === undefined
      ? {}
      : {
          traffic: {
            ...observation.traffic,
            minutes: observation.traffic.minutes.map((minute) => ({ ...minute, at: minute.at - offset })),
          },
        }),
    group: {
      ...group,
      instances: group.instances.map((instance) => ({
        ...instance,
        launchedAt: instance.launchedAt === undefined ? undefined : instance.launchedAt - offset,
      })),
      activities: group.activities.map((activity) => ({ ...activity, startedAt: activity.startedAt - offset })),
    },
  };
}

/** The parts without which the way forward cannot be judged. Going back needs none of them. */
export function listBlindParts(record: RolloutRecord, observation: Observation): readonly UnreadablePart[] {
  if (record.isGoingBack === true) return [];
  const parts = [...(observation.unreadable ?? [])];
  for (const { name, unreadable } of observation.targetGroups)
    if (unreadable !== undefined && !parts.some(({ part, subject }) => part === 'targetHealth' && subject === name))
      parts.push({ part: 'targetHealth', subject: name, failure: unreadable });
  if (observation.targetGroups.length === 0 && parts.length === 0)
    parts.push({
      part: 'targetGroups',
      failure: {
        kind: 'missing',
        code: 'NO_TARGET_GROUP',
        text: `${observation.group.name} is attached to no target group any more`,
      },
    });
  return parts;
}

/** What is unread says nothing of the instances and their targets: harm can still be seen. */
export function isHealthSeen(parts: readonly UnreadablePart[]): boolean {
  return !parts.some(({ part }) => part === 'targetHealth' || part === 'targetGroups' || part === 'instances');
}

/** Evidence that rests on what instances, targets and users show, and not on the parts that may be unread. */
export function isOfHealth({ code }: Evidence): boolean {
  return !['INSTANCE_LOST', 'VERSION_NOT_REPORTED', 'LAUNCH_FAILED', 'PROGRESS_DEADLINE'].includes(code);
}

/** The group, or its launch template, is not what the record is of. */
export function findReplaced(
  { original, from }: RolloutRecord,
  { group }: { readonly group: Pick<Observation['group'], 'groupArn' | 'launchTemplate'> },
): Need | undefined {
  const { groupArn, launchTemplate } = original;
  if (groupArn !== undefined && group.groupArn !== undefined && groupArn !== group.groupArn)
    return { code: 'GROUP_REPLACED', recordedArn: groupArn, seenArn: group.groupArn };
  const recordedId = launchTemplate.launchTemplateId;
  const seenId = group.launchTemplate?.launchTemplateId;
  if (seenId === recordedId) return undefined;
  return {
    code: 'LAUNCH_TEMPLATE_REPLACED',
    recordedId,
    goodVersion: from.launchTemplateVersion,
    seenId,
  };
}
