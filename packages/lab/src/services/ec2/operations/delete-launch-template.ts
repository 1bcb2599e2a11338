import type { DeleteLaunchTemplateRequest, DeleteLaunchTemplateResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { requireTemplate } from '../launch-templates.js';

export function deleteLaunchTemplate(
  input: DeleteLaunchTemplateRequest,
  context: OperationContext,
): DeleteLaunchTemplateResult {
  const { ec2 } = context.state;
  const { template } = requireTemplate(input, context);
  const shown = copyWithTags('launchTemplate', template, ec2);
  ec2.launchTemplates.delete(template.LaunchTemplateId!);
  ec2.tags.delete(template.LaunchTemplateId!);
  return { LaunchTemplate: shown };
}
