// What serves now: without a healthy baseline a failure cannot be told from what is broken already.
import { describeNoBaseline, isServing } from '@directrix/rollout';
import type { Check, CheckContext, Draft } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import { factsOf, findByRule } from '../group-rule.js';

export const checkBaseline: Check = (context) => [
  ...checkHealth(context),
  ...checkImage(context),
  ...checkVersion(context),
];

// The instances are of another launch template than the group has now: the way back names a version of the one that it has.
function checkVersion({ snapshot, intent }: CheckContext): readonly Draft[] {
  const baseline = snapshot.baseline && readValue(snapshot.baseline);
  const template = readValue(snapshot.launchTemplate);
  if (baseline === undefined || template === undefined || baseline.launchTemplateVersion !== undefined) return [];
  if (baseline.imageId === intent.imageId) return [];
  const { message, command } = describeNoBaseline(
    groupName(snapshot.group),
    template.launchTemplateId,
    baseline.imageId,
  );
  return [
    draft('NO_BASELINE', {
      subject: groupSubject(snapshot),
      message,
      evidence: [{ id: template.launchTemplateId, what: `has no version with ${baseline.imageId}` }],
      fix: { commands: [command] },
    }),
  ];
}

// The image of the release itself has a check of its own.
function checkImage({ snapshot, intent }: CheckContext): readonly Draft[] {
  const baseline = snapshot.baseline && readValue(snapshot.baseline);
  if (baseline === undefined || baseline.imageId === intent.imageId) return [];
  const { imageId, image, launchTemplateVersion } = baseline;
  if (image?.State === 'available') return [];
  return [
    draft('BASELINE_IMAGE_MISSING', {
      subject: `image ${imageId}`,
      severity: intent.isBrokenBaselineAccepted === true ? 'warning' : 'error',
      message: `${groupName(snapshot.group)} serves from ${imageId}${launchTemplateVersion === undefined ? '' : ` (launch template version ${launchTemplateVersion})`}, which ${image === undefined ? 'does not exist any more' : `is ${image.State}`}: there would be no way back to it.`,
      evidence: [{ id: imageId, what: image?.State ?? 'no such image' }],
    }),
  ];
}

const checkHealth: Check = ({ snapshot, intent }) => {
  const targetGroups = readValue(snapshot.targetGroups);
  const facts = factsOf(snapshot);
  // A template has no instances yet; without target groups or with none wanted, another check says so.
  if (snapshot.group.Instances === undefined) return [];
  if (targetGroups === undefined || targetGroups.length === 0 || snapshot.group.DesiredCapacity === 0) return [];
  const members = snapshot.group.Instances.filter(({ LifecycleState }) => LifecycleState === 'InService');
  const stateOf = (id: string) =>
    targetGroups.map(({ health }) => health.find(({ Target }) => Target?.Id === id)?.TargetHealth);
  const broken = members.filter(
    ({ InstanceId: instanceId = '' }) =>
      !isServing({ instanceId, lifecycleState: 'InService' }, facts.targetGroups ?? []),
  );
  const evidence = broken.map(({ InstanceId = '' }) => ({
    id: InstanceId,
    what: stateOf(InstanceId)
      .map((health) => [health?.State ?? 'absent', health?.Reason].filter(Boolean).join(' '))
      .join(', '),
  }));
  const refused = findByRule('NO_HEALTHY_BASELINE', snapshot, {
    severity: intent.isBrokenBaselineAccepted === true ? 'warning' : 'error',
    evidence,
    fix: { text: 'fix the group first; or deploy with --accept-broken-baseline when the release is the fix' },
  });
  if (refused.length > 0 || broken.length === 0) return refused;
  return [
    draft('BASELINE_DEGRADED', {
      subject: groupSubject(snapshot),
      message: `${broken.length} of the ${members.length} instances in service of ${groupName(snapshot.group)} are not healthy in every target group now.`,
      evidence,
    }),
  ];
};
