import type {
  LaunchTemplate,
  LaunchTemplateVersion,
  RequestLaunchTemplateData,
  ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { copyOf } from './copy.js';
import { invalidParameterValue, missingParameter } from './refusals.js';
import { requireResource } from './resources.js';

export interface LaunchTemplateRecord {
  readonly template: LaunchTemplate;
  readonly versions: LaunchTemplateVersion[];
  highestNumber: number;
}

/** How a request names a template: by id or by name, not by both. */
export interface LaunchTemplateName {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

/** Throws AWS's errors for a name that is missing, double or unknown. */
export function requireTemplate(name: LaunchTemplateName, context: ControlPlaneContext): LaunchTemplateRecord {
  const { launchTemplates } = context.state.ec2;
  if (name.LaunchTemplateId !== undefined && name.LaunchTemplateName !== undefined) {
    throw invalidParameterValue('Either LaunchTemplateId or LaunchTemplateName must be specified, not both.');
  }
  if (name.LaunchTemplateId !== undefined) {
    const { LaunchTemplateId: id } = requireResource('launchTemplate', name.LaunchTemplateId, context);
    return launchTemplates.get(id!)!;
  }
  if (name.LaunchTemplateName === undefined) throw missingParameter('LaunchTemplateId or LaunchTemplateName');
  const named = [...launchTemplates.values()].find(
    (record) => record.template.LaunchTemplateName === name.LaunchTemplateName,
  );
  if (named !== undefined) return named;
  throw new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name.LaunchTemplateName}, does not exist.`,
  );
}

/** The version that a number, `$Latest` or `$Default` means now; `$Default` when nothing is said. */
export function requireVersion(record: LaunchTemplateRecord, version = '$Default'): LaunchTemplateVersion {
  const number = versionNumberOf(record, version);
  const found = record.versions.find((one) => one.VersionNumber === number);
  if (found === undefined) throw versionNotFound();
  return found;
}

export function versionNumberOf({ template }: LaunchTemplateRecord, version: string): number {
  if (version === '$Latest') return template.LatestVersionNumber ?? 0;
  if (version === '$Default') return template.DefaultVersionNumber ?? 0;
  if (!/^\d+$/.test(version)) {
    throw invalidParameterValue(
      `Invalid launch template version: ${version}. Either '$Default', '$Latest', or a numeric version are allowed.`,
    );
  }
  return Number(version);
}

function versionNotFound(): AwsError {
  return new AwsError('InvalidLaunchTemplateId.VersionNotFound', 'Could not find launch template version');
}

/**
 * The data of a new version: the source's, with the members of `data` put over it. As in AWS, a member is replaced as a whole,
 * never merged inside.
 */
export function mergeTemplateData(
  source: ResponseLaunchTemplateData | undefined,
  data: RequestLaunchTemplateData,
): ResponseLaunchTemplateData {
  const given = Object.entries(data).filter(([, value]) => value !== undefined && !isEmptyList(value));
  return copyOf({ ...source, ...Object.fromEntries(given) }) as ResponseLaunchTemplateData;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** A copy as the Describe operations show it. */
export function showVersion(record: LaunchTemplateRecord, version: LaunchTemplateVersion): LaunchTemplateVersion {
  return {
    ...copyOf(version),
    DefaultVersion: version.VersionNumber === record.template.DefaultVersionNumber,
  };
}

export function newVersion(
  template: LaunchTemplate,
  versionNumber: number,
  data: ResponseLaunchTemplateData,
  description: string | undefined,
  context: ControlPlaneContext,
): LaunchTemplateVersion {
  return {
    LaunchTemplateId: template.LaunchTemplateId,
    LaunchTemplateName: template.LaunchTemplateName,
    VersionNumber: versionNumber,
    ...(description === undefined ? {} : { VersionDescription: description }),
    CreateTime: new Date(context.now),
    CreatedBy: `arn:aws:iam::${context.state.accountId}:root`,
    DefaultVersion: false,
    LaunchTemplateData: data,
  };
}
