import type {
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, describedBy, type FilterFields, passesFilters } from '../filters.js';
import { type LaunchTemplateRecord, requireTemplate, requireVersion, showVersion } from '../launch-templates.js';
import { pageOf } from '../paging.js';
import { invalidParameterValue, missingParameter } from '../refusals.js';

const fields: FilterFields<LaunchTemplateVersion> = describedBy('LaunchTemplateVersion', {
  'create-time': (v) => v.CreateTime,
  'ebs-optimized': (v) => v.LaunchTemplateData?.EbsOptimized,
  'iam-instance-profile': (v) => v.LaunchTemplateData?.IamInstanceProfile?.Arn,
  'image-id': (v) => v.LaunchTemplateData?.ImageId,
  'instance-type': (v) => v.LaunchTemplateData?.InstanceType,
  'is-default-version': (v) => v.DefaultVersion,
});

/** Newest first. Without a template, `$Latest` and `$Default` of every template. */
export function describeLaunchTemplateVersions(
  input: DescribeLaunchTemplateVersionsRequest,
  context: OperationContext,
): DescribeLaunchTemplateVersionsResult {
  checkFilters(input.Filters, fields);
  const found = chosenVersions(input, context).filter((version) => passesFilters(version, [], input.Filters, fields));
  const page = pageOf(found, input, { least: 1, most: 200 });
  return { LaunchTemplateVersions: [...page.items], NextToken: page.nextToken };
}

function chosenVersions(
  input: DescribeLaunchTemplateVersionsRequest,
  context: OperationContext,
): LaunchTemplateVersion[] {
  const versions = input.Versions ?? [];
  if (input.LaunchTemplateId === undefined && input.LaunchTemplateName === undefined) {
    const areAliases = versions.length > 0 && versions.every((one) => one === '$Latest' || one === '$Default');
    if (!areAliases) throw missingParameter('LaunchTemplateId or LaunchTemplateName');
    return [...context.state.ec2.launchTemplates.values()].flatMap((record) => namedVersions(record, versions));
  }
  const record = requireTemplate(input, context);
  return versions.length > 0 ? namedVersions(record, versions) : versionsBetween(record, input);
}

function namedVersions(record: LaunchTemplateRecord, names: readonly string[]): LaunchTemplateVersion[] {
  const chosen = new Set(names.map((name) => requireVersion(record, name)));
  return [...chosen].map((version) => showVersion(record, version)).sort(newestFirst);
}

/** Both ends included. */
function versionsBetween(
  record: LaunchTemplateRecord,
  { MinVersion, MaxVersion }: DescribeLaunchTemplateVersionsRequest,
): LaunchTemplateVersion[] {
  const least = boundOf(MinVersion, 0);
  const most = boundOf(MaxVersion, Number.POSITIVE_INFINITY);
  return record.versions
    .filter(({ VersionNumber: number = 0 }) => number >= least && number <= most)
    .map((version) => showVersion(record, version))
    .sort(newestFirst);
}

function boundOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d+$/.test(text)) return Number(text);
  throw invalidParameterValue(`Invalid launch template version: ${text}. A numeric version is expected.`);
}

function newestFirst(a: LaunchTemplateVersion, b: LaunchTemplateVersion): number {
  return (b.VersionNumber ?? 0) - (a.VersionNumber ?? 0);
}
