import type { DeleteImageUsageReportRequest, DeleteImageUsageReportResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { required } from '../refusals.js';

export function deleteImageUsageReport(
  input: DeleteImageUsageReportRequest,
  context: OperationContext,
): DeleteImageUsageReportResult {
  const { ec2 } = context.state;
  const id = required(input.ReportId, 'reportId');
  if (!ec2.imageUsageReports.has(id))
    throw new AwsError('InvalidImageUsageReportId.NotFound', `The image usage report '${id}' does not exist`);
  ec2.imageUsageReports.delete(id);
  ec2.tags.delete(id);
  return { Return: true };
}
