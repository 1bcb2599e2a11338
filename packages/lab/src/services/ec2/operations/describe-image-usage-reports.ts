import type {
  DescribeImageUsageReportsRequest,
  DescribeImageUsageReportsResult,
  ImageUsageReport,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { checkFilters, type FilterFields, passesFilters } from '../filters.js';
import { pageOf } from '../paging.js';
import { tagsOf } from '../tags.js';

const fields: FilterFields<ImageUsageReport> = {
  state: (r) => r.State,
  'creation-time': (r) => r.CreationTime,
};

export function describeImageUsageReports(
  input: DescribeImageUsageReportsRequest,
  context: OperationContext,
): DescribeImageUsageReportsResult {
  const { ec2 } = context.state;
  checkFilters(input.Filters, fields);
  const found = [...ec2.imageUsageReports.values()]
    .map(({ report }) => report)
    .filter(({ ReportId = '' }) => !input.ReportIds?.length || input.ReportIds.includes(ReportId))
    .filter(({ ImageId = '' }) => !input.ImageIds?.length || input.ImageIds.includes(ImageId))
    .filter((report) => passesFilters(report, tagsOf(ec2, report.ReportId ?? ''), input.Filters, fields));
  const page = pageOf(found, input, { least: 1, most: 1000 });
  return { ImageUsageReports: page.items.map(copyOf), NextToken: page.nextToken };
}
