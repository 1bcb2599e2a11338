import type { CreateLaunchTemplateVersionRequest, CreateLaunchTemplateVersionResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { mergeTemplateData, newVersion, requireTemplate, requireVersion, showVersion } from '../launch-templates.js';
import { required } from '../refusals.js';

const operation = 'CreateLaunchTemplateVersion';

/** Numbers only grow: that of a deleted version is never given again. */
export function createLaunchTemplateVersion(
  input: CreateLaunchTemplateVersionRequest,
  context: OperationContext,
): CreateLaunchTemplateVersionResult {
  const record = requireTemplate(input, context);
  const madeEarlier = madeBefore(operation, input, context);
  if (madeEarlier !== undefined) {
    const version = requireVersion(record, madeEarlier);
    return { LaunchTemplateVersion: showVersion(record, version) };
  }
  const data = required(input.LaunchTemplateData, 'LaunchTemplateData');
  const { SourceVersion: from } = input;
  const source = from === undefined ? undefined : requireVersion(record, from).LaunchTemplateData;
  const number = record.highestNumber + 1;
  const merged = mergeTemplateData(source, data);
  const version = newVersion(record.template, number, merged, input.VersionDescription, context);
  record.versions.push(version);
  record.highestNumber = number;
  record.template.LatestVersionNumber = number;
  rememberMade(operation, input, String(number), context);
  return { LaunchTemplateVersion: showVersion(record, version) };
}
