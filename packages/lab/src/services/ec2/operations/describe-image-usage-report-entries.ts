import type {
  DescribeImageUsageReportEntriesRequest,
  DescribeImageUsageReportEntriesResult,
  ImageUsageReportEntry,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, type FilterFields, passesFilters } from '../filters.js';
import { pageOf } from '../paging.js';

const fields: FilterFields<ImageUsageReportEntry> = {
  'account-id': (e) => e.AccountId,
  'creation-time': (e) => e.ReportCreationTime,
  'resource-type': (e) => e.ResourceType,
};

/** Of reports that are available; one that is pending has none yet. */
export function describeImageUsageReportEntries(
  input: DescribeImageUsageReportEntriesRequest,
  context: OperationContext,
): DescribeImageUsageReportEntriesResult {
  checkFilters(input.Filters, fields);
  const all = [...context.state.ec2.imageUsageReports.values()].flatMap(({ report, entries }) => {
    const { ReportId = '', ImageId = '', CreationTime } = report;
    if (report.State !== 'available') return [];
    if (input.ReportIds?.length && !input.ReportIds.includes(ReportId)) return [];
    if (input.ImageIds?.length && !input.ImageIds.includes(ImageId)) return [];
    return entries.map(
      ({ accountId, resourceType, count }): ImageUsageReportEntry => ({
        ReportId,
        ImageId,
        AccountId: accountId,
        ResourceType: resourceType,
        UsageCount: count,
        ...(CreationTime === undefined ? {} : { ReportCreationTime: new Date(CreationTime) }),
      }),
    );
  });
  const found = all.filter((entry) => passesFilters(entry, [], input.Filters, fields));
  const page = pageOf(found, input, { least: 1, most: 1000 });
  return { ImageUsageReportEntries: [...page.items], NextToken: page.nextToken };
}
