// Processes of the group that somebody suspended.
import { listNeededSuspended, shell } from '@directrix/rollout';
import type { Check } from '../check.js';
import { groupName, groupSubject } from '../check.js';
import { draft } from '../draft.js';
import { findByRule } from '../group-rule.js';

const watching = ['HealthCheck', 'ReplaceUnhealthy'];

export const checkProcesses: Check = ({ snapshot }) => {
  const { group } = snapshot;
  const suspended = (group.SuspendedProcesses ?? []).map(({ ProcessName = '', SuspensionReason }) => ({
    id: ProcessName,
    what: SuspensionReason ?? 'suspended',
  }));
  const resume = (names: readonly string[]) =>
    shell`aws autoscaling resume-processes --auto-scaling-group-name ${groupName(group)} --scaling-processes ${names}`;
  const needed = listNeededSuspended(suspended.map(({ id }) => id));
  const unwatched = suspended.filter(({ id }) => watching.includes(id));
  const names = (found: typeof suspended) => found.map(({ id }) => id);
  return [
    ...findByRule('PROCESS_SUSPENDED', snapshot, {
      evidence: suspended.filter(({ id }) => needed.includes(id)),
      fix: { commands: [resume(needed)] },
    }),
    ...(unwatched.length === 0
      ? []
      : [
          draft('HEALTH_CHECK_SUSPENDED', {
            subject: groupSubject(snapshot),
            message: `${groupName(group)} has suspended ${names(unwatched).join(', ')}; Directrix leaves that as it is.`,
            evidence: unwatched,
            fix: { commands: [resume(names(unwatched))] },
          }),
        ]),
  ];
};
