// Scheduled actions that fall into the time that the rollout may take.
import type { Check } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import { longestRolloutMs } from '../intent.js';

export const checkScheduledActions: Check = ({ snapshot, intent }) => {
  const until = snapshot.at + longestRolloutMs(snapshot, intent);
  return (readValue(snapshot.scheduledActions) ?? [])
    .filter(({ StartTime }) => StartTime !== undefined && +StartTime >= snapshot.at && +StartTime <= until)
    .map(({ ScheduledActionName = '', StartTime, MinSize, MaxSize, DesiredCapacity }) =>
      draft('SCHEDULED_ACTION', {
        subject: groupSubject(snapshot),
        message: `${ScheduledActionName} of ${groupName(snapshot.group)} is due at ${StartTime?.toISOString()}, and the rollout may take until ${new Date(until).toISOString()}: it will not happen.`,
        evidence: [
          {
            id: ScheduledActionName,
            what: `MinSize ${MinSize ?? '-'}, MaxSize ${MaxSize ?? '-'}, DesiredCapacity ${DesiredCapacity ?? '-'}`,
          },
        ],
      }),
    );
};
