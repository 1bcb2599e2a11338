// The launch template that the release's version is made from, and what the group follows meanwhile.
import type { Check, CheckContext, Draft } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import type { LaunchTemplateSnapshot } from '../snapshot.js';

export const checkLaunchTemplate: Check = ({ snapshot }) => {
  const { group } = snapshot;
  const subject = groupSubject(snapshot);
  if (group.LaunchTemplate === undefined)
    return [
      draft('NO_LAUNCH_TEMPLATE', {
        subject,
        message: `${groupName(group)} launches from ${group.MixedInstancesPolicy === undefined ? `the launch configuration ${group.LaunchConfigurationName}` : 'a mixed instances policy'}.`,
      }),
    ];
  const template = readValue(snapshot.launchTemplate);
  if (snapshot.launchTemplate.kind === 'unread') return [];
  if (template === undefined || template.data === undefined)
    return [
      draft('LAUNCH_TEMPLATE_MISSING', {
        subject,
        message: `${groupName(group)} names version ${group.LaunchTemplate.Version} of ${group.LaunchTemplate.LaunchTemplateName ?? group.LaunchTemplate.LaunchTemplateId}, which does not exist.`,
      }),
    ];
  return checkPin({ snapshot }, template);
};

function checkPin({ snapshot }: Pick<CheckContext, 'snapshot'>, template: LaunchTemplateSnapshot): readonly Draft[] {
  const meant = numberOf(template);
  if (meant === undefined || !template.version.startsWith('$')) return [];
  const subject = groupSubject(snapshot);
  const evidence = [{ id: template.launchTemplateId, what: `${template.version} is ${meant}` }];
  const staying = (snapshot.group.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService');
  const versions = [...new Set(staying.map(({ LaunchTemplate }) => LaunchTemplate?.Version ?? '?'))].sort();
  if (staying.length > 0 && !versions.includes(meant))
    return [
      draft('LAUNCH_TEMPLATE_AHEAD', {
        subject,
        message: `${groupName(snapshot.group)} follows ${template.version} of ${template.name}, which is ${meant}, and its instances are of ${versions.join(', ')}: anything that launches now is unverified.`,
        evidence,
      }),
    ];
  return [
    draft('LAUNCH_TEMPLATE_FLOATING', {
      subject,
      message: `${groupName(snapshot.group)} follows ${template.version} of ${template.name}, which is ${meant}; the rollout pins it to the number meanwhile.`,
      evidence,
    }),
  ];
}

function numberOf({ version, latestVersion, defaultVersion }: LaunchTemplateSnapshot): string | undefined {
  if (version === '$Latest') return latestVersion;
  return version === '$Default' ? defaultVersion : version;
}
