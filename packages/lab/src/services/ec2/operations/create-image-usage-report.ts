import type { CreateImageUsageReportRequest, CreateImageUsageReportResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { requireOwnImage } from '../images.js';
import { missingParameter } from '../refusals.js';
import { putTags, tagsFor } from '../tags.js';

const operation = 'CreateImageUsageReport';
/** EC2 keeps a report for 30 days. */
const keptForMs = 30 * 24 * 3600 * 1000;

/** What other accounts use an image for. In the lab it has what a test planted in `ec2.foreignUses`. */
export function createImageUsageReport(
  input: CreateImageUsageReportRequest,
  context: OperationContext,
): CreateImageUsageReportResult {
  const { ec2 } = context.state;
  const madeEarlier = madeBefore(operation, input, context);
  if (madeEarlier !== undefined) return { ReportId: madeEarlier };
  const { ImageId = '' } = requireOwnImage(input.ImageId, context);
  if (!input.ResourceTypes?.length) throw missingParameter('resourceType');
  const types = input.ResourceTypes.map(({ ResourceType }) => ResourceType);
  const tags = tagsFor('image-usage-report', input.TagSpecifications);
  const ReportId = context.ids.hex('amiur-', 17);
  const uses = ec2.foreignUses.get(ImageId) ?? [];
  ec2.imageUsageReports.set(ReportId, {
    report: {
      ReportId,
      ImageId,
      AccountIds: input.AccountIds ?? [],
      CreationTime: new Date(context.now),
      ExpirationTime: new Date(context.now + keptForMs),
      ResourceTypes: types.map((ResourceType) => ({ ResourceType })),
      State: 'pending',
    },
    entries: uses.filter(
      (use) =>
        types.includes(use.resourceType) && (!input.AccountIds?.length || input.AccountIds.includes(use.accountId)),
    ),
  });
  putTags(ec2, ReportId, tags);
  rememberMade(operation, input, ReportId, context);
  const event = { service: 'ec2', type: 'timer', name: 'imageUsageReport', id: ReportId } as const;
  context.schedule(context.now + context.timing.imagePendingMs, event);
  return { ReportId };
}
