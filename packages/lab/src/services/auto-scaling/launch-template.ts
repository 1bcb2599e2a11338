import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';

/** What a group's specification means now: `$Latest` and `$Default` as numbers. Throws ValidationError as CreateAutoScalingGroup does. */
interface ResolvedTemplate {
  readonly launchTemplateId: string;
  readonly launchTemplateName: string;
  readonly version: LaunchTemplateVersion;
}

export function resolveLaunchTemplate(state: LabState, specification: LaunchTemplateSpecification): ResolvedTemplate {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version: asked = '$Default' } = specification;
  const found = [...state.ec2.launchTemplates.values()].find(({ template }) =>
    id === undefined ? template.LaunchTemplateName === name : template.LaunchTemplateId === id,
  );
  if (!found) {
    const named = id === undefined ? `with template name ${name}` : `with template ID ${id}`;
    throw refusal(`The specified launch template, ${named}, does not exist.`);
  }
  const { template, versions } = found;
  const number =
    asked === '$Latest'
      ? template.LatestVersionNumber
      : asked === '$Default'
        ? template.DefaultVersionNumber
        : Number(asked);
  const version = versions.find((candidate) => candidate.VersionNumber === number);
  if (!version) {
    throw refusal(`The specified launch template version ${asked} of ${template.LaunchTemplateId} does not exist.`);
  }
  return { launchTemplateId: template.LaunchTemplateId!, launchTemplateName: template.LaunchTemplateName!, version };
}

/** Resolves and looks at what a launch would need at once, as AWS does when a group is created or changed. */
export function requireLaunchTemplate(
  state: LabState,
  specification: LaunchTemplateSpecification,
): LaunchTemplateSpecification {
  const resolved = resolveLaunchTemplate(state, specification);
  const imageId = resolved.version.LaunchTemplateData?.ImageId;
  if (imageId === undefined) throw refusal('The launch template must specify an ImageId.');
  if (!state.ec2.images.has(imageId)) throw refusal(`The image id '[${imageId}]' does not exist`);
  return {
    LaunchTemplateId: resolved.launchTemplateId,
    LaunchTemplateName: resolved.launchTemplateName,
    Version: specification.Version,
  };
}

function refusal(why: string): AwsError {
  return new AwsError('ValidationError', `You must use a valid fully-formed launch template. ${why}`);
}
