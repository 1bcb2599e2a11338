import type {
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  LaunchTemplate,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';
import { requireTemplate } from '../launch-templates.js';

const fields: FilterFields<LaunchTemplate> = describedBy('LaunchTemplate', {
  'launch-template-name': (t) => t.LaunchTemplateName,
  'create-time': (t) => t.CreateTime,
});

export function describeLaunchTemplates(
  input: DescribeLaunchTemplatesRequest,
  context: OperationContext,
): DescribeLaunchTemplatesResult {
  const named = (input.LaunchTemplateNames ?? []).map(
    (LaunchTemplateName) => requireTemplate({ LaunchTemplateName }, context).template.LaunchTemplateId!,
  );
  const request = { ...input, ids: [...(input.LaunchTemplateIds ?? []), ...named] };
  const { found, nextToken } = describe('launchTemplate', request, fields, context, { least: 1, most: 200 });
  return { LaunchTemplates: found, NextToken: nextToken };
}
