import { DescribeInstanceRefreshesCommand } from '@aws-sdk/client-auto-scaling';
import { DirectrixError, shell } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';

const endedStatuses = ['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'];

/** Throws INSTANCE_REFRESH_ACTIVE when AWS's own instance refresh is changing the group: two rollouts would fight. */
export async function refuseInstanceRefresh(clients: AwsClients, groupName: string): Promise<void> {
  const refreshes = await describeRefreshes(clients, groupName);
  const active = refreshes.find(({ Status }) => !endedStatuses.includes(Status ?? ''));
  if (active === undefined) return;
  // One that is Pending has no StartTime.
  const since = active.StartTime === undefined ? '' : ` since ${active.StartTime.toISOString()}`;
  throw new DirectrixError(
    'INSTANCE_REFRESH_ACTIVE',
    `${groupName} is in the instance refresh ${active.InstanceRefreshId} (${active.Status}, ${active.PercentageComplete ?? 0}%)${since}.`,
    {
      source: `group ${groupName}`,
      hint: `wait for it, or: ${shell`aws autoscaling cancel-instance-refresh --auto-scaling-group-name ${groupName}`}`,
    },
  );
}

async function describeRefreshes(clients: AwsClients, groupName: string) {
  try {
    // Newest first: an active one is the first.
    const answer = await clients.autoScaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: groupName, MaxRecords: 10 }),
    );
    return answer.InstanceRefreshes ?? [];
  } catch (error) {
    // An emulator without instance refreshes has none under way.
    if (/^(InvalidAction|UnknownOperation|UnsupportedOperation|NotImplemented)/.test(awsCodeOf(error) ?? '')) return [];
    throw error;
  }
}
