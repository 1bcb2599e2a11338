import type {
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResponseErrorItem,
  DeleteLaunchTemplateVersionsResult,
  LaunchTemplateErrorCode,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { type LaunchTemplateRecord, requireTemplate, versionNumberOf } from '../launch-templates.js';
import { missingParameter } from '../refusals.js';

/** Deletes what can be deleted and lists the rest: versions that do not exist, and the default one. */
export function deleteLaunchTemplateVersions(
  input: DeleteLaunchTemplateVersionsRequest,
  context: OperationContext,
): DeleteLaunchTemplateVersionsResult {
  const record = requireTemplate(input, context);
  if (!input.Versions?.length) throw missingParameter('Versions');
  const numbers = input.Versions.map((version) => versionNumberOf(record, version));
  const deleted: LaunchTemplateVersion[] = [];
  const refused: DeleteLaunchTemplateVersionsResponseErrorItem[] = [];
  for (const number of numbers) {
    const version = record.versions.find((one) => one.VersionNumber === number);
    const error = version === undefined ? 'launchTemplateVersionDoesNotExist' : refusalOf(version, record);
    if (version === undefined || error !== undefined) refused.push(errorItem(record, number, error!));
    else {
      record.versions.splice(record.versions.indexOf(version), 1);
      deleted.push(version);
    }
  }
  // $Latest means the newest version that is left.
  record.template.LatestVersionNumber = Math.max(...record.versions.map((one) => one.VersionNumber ?? 0));
  return {
    SuccessfullyDeletedLaunchTemplateVersions: deleted.map((version) => itemOf(record, version.VersionNumber!)),
    UnsuccessfullyDeletedLaunchTemplateVersions: refused,
  };
}

function refusalOf(version: LaunchTemplateVersion, record: LaunchTemplateRecord): LaunchTemplateErrorCode | undefined {
  return version.VersionNumber === record.template.DefaultVersionNumber ? 'unexpectedError' : undefined;
}

function itemOf({ template }: LaunchTemplateRecord, number: number) {
  const { LaunchTemplateId, LaunchTemplateName } = template;
  return { LaunchTemplateId, LaunchTemplateName, VersionNumber: number };
}

function errorItem(
  record: LaunchTemplateRecord,
  number: number,
  code: LaunchTemplateErrorCode,
): DeleteLaunchTemplateVersionsResponseErrorItem {
  const message =
    code === 'unexpectedError'
      ? 'Cannot delete the default launch template version'
      : `The specified launch template version ${number} does not exist.`;
  return { ...itemOf(record, number), ResponseError: { Code: code, Message: message } };
}
