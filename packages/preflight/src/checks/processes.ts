// Processes of the group that somebody suspended.
import type { Check } from '../check.js';
import { groupName, groupSubject } from '../check.js';
import { draft } from '../draft.js';

const needed = ['Launch', 'Terminate', 'AddToLoadBalancer'];
const watching = ['HealthCheck', 'ReplaceUnhealthy'];

export const checkProcesses: Check = ({ snapshot }) => {
  const { group } = snapshot;
  const suspended = (group.SuspendedProcesses ?? []).map(({ ProcessName = '', SuspensionReason }) => ({
    id: ProcessName,
    what: SuspensionReason ?? 'suspended',
  }));
  const resume = (names: readonly string[]) =>
    `aws autoscaling resume-processes --auto-scaling-group-name ${groupName(group)} --scaling-processes ${names.join(' ')}`;
  const stopping = suspended.filter(({ id }) => needed.includes(id));
  const unwatched = suspended.filter(({ id }) => watching.includes(id));
  const names = (found: typeof suspended) => found.map(({ id }) => id);
  return [
    ...(stopping.length === 0
      ? []
      : [
          draft('PROCESS_SUSPENDED', {
            subject: groupSubject(snapshot),
            message: `${groupName(group)} has suspended ${names(stopping).join(', ')}, without which no instance can be replaced.`,
            evidence: stopping,
            fix: { commands: [resume(names(stopping))] },
          }),
        ]),
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
