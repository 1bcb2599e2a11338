import type { CreateLaunchTemplateRequest, CreateLaunchTemplateResult, LaunchTemplate } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { mergeTemplateData, newVersion } from '../launch-templates.js';
import { missingParameter, required } from '../refusals.js';
import { putTags, tagsFor } from '../tags.js';

const operation = 'CreateLaunchTemplate';

export function createLaunchTemplate(
  input: CreateLaunchTemplateRequest,
  context: OperationContext,
): CreateLaunchTemplateResult {
  const { ec2, accountId } = context.state;
  const madeEarlier = ec2.launchTemplates.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return { LaunchTemplate: copyWithTags('launchTemplate', madeEarlier.template, ec2) };
  const name = required(input.LaunchTemplateName, 'LaunchTemplateName');
  checkName(name, context);
  const data = required(input.LaunchTemplateData, 'LaunchTemplateData');
  if (Object.values(data).every((value) => value === undefined)) throw missingParameter('LaunchTemplateData');
  const tags = tagsFor('launch-template', input.TagSpecifications);
  const template: LaunchTemplate = {
    LaunchTemplateId: context.ids.hex('lt-', 17),
    LaunchTemplateName: name,
    CreateTime: new Date(context.now),
    CreatedBy: `arn:aws:iam::${accountId}:root`,
    DefaultVersionNumber: 1,
    LatestVersionNumber: 1,
  };
  const first = newVersion(template, 1, mergeTemplateData(undefined, data), input.VersionDescription, context);
  ec2.launchTemplates.set(template.LaunchTemplateId!, { template, versions: [first], highestNumber: 1 });
  putTags(ec2, template.LaunchTemplateId!, tags);
  rememberMade(operation, input, template.LaunchTemplateId!, context);
  return { LaunchTemplate: copyWithTags('launchTemplate', template, ec2) };
}

function checkName(name: string, { state }: OperationContext): void {
  if (!/^[\w()./-]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidLaunchTemplateName.MalformedException',
      'A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.',
    );
  }
  if ([...state.ec2.launchTemplates.values()].some((record) => record.template.LaunchTemplateName === name)) {
    throw new AwsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
  }
}
