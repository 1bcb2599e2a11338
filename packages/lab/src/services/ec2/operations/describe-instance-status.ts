import type { DescribeInstanceStatusRequest, DescribeInstanceStatusResult, InstanceStatus } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { checkFilters, describedBy, type FilterFields, passesFilters } from '../filters.js';
import { requireInstances } from '../instances.js';
import { pageOf } from '../paging.js';
import type { InstanceRecord } from '../state.js';

const fields: FilterFields<InstanceStatus> = describedBy('InstanceStatus', {
  'availability-zone': (s) => s.AvailabilityZone,
  'instance-state-name': (s) => s.InstanceState?.Name,
  'instance-state-code': (s) => s.InstanceState?.Code,
  'instance-status.status': (s) => s.InstanceStatus?.Status,
  'system-status.status': (s) => s.SystemStatus?.Status,
});

/** Running instances, unless all are asked for. Their checks pass as soon as they run. */
export function describeInstanceStatus(
  input: DescribeInstanceStatusRequest,
  context: OperationContext,
): DescribeInstanceStatusResult {
  checkFilters(input.Filters, fields);
  const records = input.InstanceIds?.length
    ? requireInstances(input.InstanceIds, context)
    : [...context.state.ec2.instances.values()];
  const statuses = records
    .map(statusOf)
    .filter((status) => input.IncludeAllInstances === true || status.InstanceState?.Name === 'running')
    .filter((status) => passesFilters(status, [], input.Filters, fields));
  const page = pageOf(statuses, input);
  return { InstanceStatuses: [...page.items], NextToken: page.nextToken };
}

function statusOf({ instance }: InstanceRecord): InstanceStatus {
  const isRunning = instance.State?.Name === 'running';
  const summary = isRunning
    ? { Status: 'ok' as const, Details: [{ Name: 'reachability' as const, Status: 'passed' as const }] }
    : { Status: 'not-applicable' as const, Details: [] };
  return {
    InstanceId: instance.InstanceId,
    AvailabilityZone: instance.Placement?.AvailabilityZone,
    InstanceState: copyOf(instance.State),
    InstanceStatus: summary,
    SystemStatus: copyOf(summary),
    Events: [],
  };
}
