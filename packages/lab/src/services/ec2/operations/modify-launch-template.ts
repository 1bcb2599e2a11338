import type { ModifyLaunchTemplateRequest, ModifyLaunchTemplateResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { requireTemplate, requireVersion } from '../launch-templates.js';
import { required } from '../refusals.js';

/** Sets the default version. */
export function modifyLaunchTemplate(
  input: ModifyLaunchTemplateRequest,
  context: OperationContext,
): ModifyLaunchTemplateResult {
  const record = requireTemplate(input, context);
  const version = requireVersion(record, required(input.DefaultVersion, 'SetDefaultVersion'));
  record.template.DefaultVersionNumber = version.VersionNumber;
  return { LaunchTemplate: copyWithTags('launchTemplate', record.template, context.state.ec2) };
}
