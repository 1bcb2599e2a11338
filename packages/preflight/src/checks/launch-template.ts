// The launch template that the release's version is made from, and what the group follows meanwhile.
import type { Check, CheckContext, Draft } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import { findByRule } from '../group-rule.js';
import { launchTemplateOf } from '../launch-template-of.js';
import type { LaunchTemplateSnapshot } from '../snapshot.js';

export const checkLaunchTemplate: Check = ({ snapshot }) => {
  const { group } = snapshot;
  const subject = groupSubject(snapshot);
  const named = launchTemplateOf(group);
  if (named === undefined) return findByRule('NO_LAUNCH_TEMPLATE', snapshot);
  const template = readValue(snapshot.launchTemplate);
  if (snapshot.launchTemplate.kind === 'unread') return [];
  if (template === undefined || template.data === undefined)
    return [
      draft('LAUNCH_TEMPLATE_MISSING', {
        subject,
        message: `${groupName(group)} names version ${named.Version} of ${named.LaunchTemplateName ?? named.LaunchTemplateId}, which does not exist.`,
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
  // A number of another launch template is not ours to compare.
  const versions = [
    ...new Set(
      staying.map(({ LaunchTemplate }) =>
        LaunchTemplate?.LaunchTemplateId === template.launchTemplateId
          ? (LaunchTemplate.Version ?? '?')
          : 'another launch template',
      ),
    ),
  ].sort();
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
