// What serves now: without a healthy baseline a failure cannot be told from what is broken already.
import type { Check } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkBaseline: Check = ({ snapshot, intent }) => {
  const targetGroups = readValue(snapshot.targetGroups);
  // A template has no instances yet.
  if (snapshot.group.Instances === undefined) return [];
  const members = snapshot.group.Instances.filter(({ LifecycleState }) => LifecycleState === 'InService');
  if (targetGroups === undefined || targetGroups.length === 0 || snapshot.group.DesiredCapacity === 0) return [];
  const stateOf = (id: string) =>
    targetGroups.map(({ health }) => health.find(({ Target }) => Target?.Id === id)?.TargetHealth);
  const broken = members.filter(({ InstanceId = '' }) =>
    stateOf(InstanceId).some((health) => health?.State !== 'healthy'),
  );
  if (broken.length === 0 && members.length > 0) return [];
  const evidence = broken.map(({ InstanceId = '' }) => ({
    id: InstanceId,
    what: stateOf(InstanceId)
      .map((health) => [health?.State ?? 'absent', health?.Reason].filter(Boolean).join(' '))
      .join(', '),
  }));
  const subject = groupSubject(snapshot);
  const name = groupName(snapshot.group);
  if (broken.length < members.length)
    return [
      draft('BASELINE_DEGRADED', {
        subject,
        message: `${broken.length} of the ${members.length} instances in service of ${name} are not healthy in every target group now.`,
        evidence,
      }),
    ];
  return [
    draft('NO_HEALTHY_BASELINE', {
      subject,
      severity: intent.isBrokenBaselineAccepted === true ? 'warning' : 'error',
      message: `None of the ${members.length} instances in service of ${name} is healthy in every target group now.`,
      evidence,
    }),
  ];
};
