// group-rule: the rules of a rollout about the group itself, as findings. deploy refuses by the same functions.
import { type GroupFacts, groupRules } from '@directrix/rollout';
import { type Draft, groupName, groupSubject, readValue } from './check.js';
import { type DraftDetails, draft } from './draft.js';
import { launchTemplateOf } from './launch-template-of.js';
import type { PreflightSnapshot } from './snapshot.js';

/** The finding with the rule's own sentence, or none when the rule refuses nothing. */
export function findByRule(
  code: keyof typeof groupRules,
  snapshot: PreflightSnapshot,
  details: Partial<DraftDetails> = {},
): readonly Draft[] {
  const refusal = groupRules[code](factsOf(snapshot));
  if (refusal === undefined) return [];
  const { hint, message } = refusal;
  return [draft(code, { subject: groupSubject(snapshot), message, ...details, fix: { text: hint, ...details.fix } })];
}

/** What the snapshot tells of the group; what was not read is not known. */
export function factsOf(snapshot: PreflightSnapshot): GroupFacts {
  const { group } = snapshot;
  const launchTemplate = launchTemplateOf(group);
  return {
    group: {
      name: groupName(group),
      minSize: group.MinSize ?? 0,
      maxSize: group.MaxSize ?? 0,
      desiredCapacity: group.DesiredCapacity ?? 0,
      ...(launchTemplate !== undefined && { launchTemplate }),
      suspendedProcesses: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
      instances: group.Instances?.map(({ InstanceId = '', LifecycleState = '' }) => ({
        instanceId: InstanceId,
        lifecycleState: LifecycleState,
      })),
    },
    targetGroups: targetGroupFactsOf(snapshot),
  };
}

// One that is gone can call nobody healthy.
function targetGroupFactsOf(snapshot: PreflightSnapshot): GroupFacts['targetGroups'] {
  const read = readValue(snapshot.targetGroups);
  if (read?.length === 0 && (snapshot.openTargetGroups ?? []).length > 0) return undefined;
  return read?.map(({ targetGroup, health }) => ({
    name: targetGroup.TargetGroupName ?? '',
    targets: health.map(({ Target, TargetHealth }) => ({
      instanceId: Target?.Id ?? '',
      state: TargetHealth?.State ?? 'unknown',
      ...(TargetHealth?.Reason !== undefined && { reason: TargetHealth.Reason }),
    })),
  }));
}
