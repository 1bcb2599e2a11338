// Somebody else who changes the group now: another deployer, or AWS's own instance refresh.
import { shell } from '@directrix/rollout';
import type { Check } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

const ended = ['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'];

export const checkOtherRollouts: Check = ({ snapshot }) => {
  const name = groupName(snapshot.group);
  const subject = groupSubject(snapshot);
  const refresh = (readValue(snapshot.instanceRefreshes) ?? []).find(({ Status = '' }) => !ended.includes(Status));
  const other = readValue(snapshot.otherRollout);
  return [
    ...(refresh === undefined
      ? []
      : [
          draft('INSTANCE_REFRESH_ACTIVE', {
            subject,
            message: `${name} is in the instance refresh ${refresh.InstanceRefreshId} (${refresh.Status}, ${refresh.PercentageComplete ?? 0}%).`,
            fix: { commands: [shell`aws autoscaling cancel-instance-refresh --auto-scaling-group-name ${name}`] },
          }),
        ]),
    ...(other === undefined
      ? []
      : [
          draft(other.isActive ? 'GROUP_BUSY' : 'ROLLOUT_UNFINISHED', {
            subject,
            message: other.isActive
              ? `${name} is already being changed by ${other.holder} (rollout ${other.rolloutId}).`
              : `The rollout ${other.rolloutId} of ${name} was not ended.`,
            fix: {
              commands: other.isActive
                ? [shell`directrix status --group ${name}`]
                : [shell`directrix resume --group ${name}`, shell`directrix abort --group ${name}`],
            },
          }),
        ]),
  ];
};
