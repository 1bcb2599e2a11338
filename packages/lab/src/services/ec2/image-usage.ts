import type { ControlPlaneContext } from '../../control-plane/types.js';

/** Called by the timer that CreateImageUsageReport set. */
export function finishImageUsageReport(reportId: string, { state }: ControlPlaneContext): void {
  const record = state.ec2.imageUsageReports.get(reportId);
  if (record?.report.State === 'pending') record.report.State = 'available';
}
