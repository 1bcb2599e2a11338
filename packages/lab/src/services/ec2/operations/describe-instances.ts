import type { DescribeInstancesRequest, DescribeInstancesResult, Instance, Reservation } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { checkFilters, passesFilters } from '../filters.js';
import { instanceFilters } from '../instance-filters.js';
import { requireInstances } from '../instances.js';
import { pageOf } from '../paging.js';
import { invalidParameterCombination } from '../refusals.js';
import type { InstanceRecord } from '../state.js';
import { tagsOf } from '../tags.js';

export function describeInstances(input: DescribeInstancesRequest, context: OperationContext): DescribeInstancesResult {
  const { ec2 } = context.state;
  checkFilters(input.Filters, instanceFilters);
  const records = chosenRecords(input, context).filter(({ instance, reservationId }) =>
    passesFilters({ ...instance, reservationId }, tagsOf(ec2, instance.InstanceId!), input.Filters, instanceFilters),
  );
  const page = pageOf(records, input);
  return { Reservations: reservationsOf(page.items, context), NextToken: page.nextToken };
}

function chosenRecords(input: DescribeInstancesRequest, context: OperationContext): readonly InstanceRecord[] {
  if (!input.InstanceIds?.length) return [...context.state.ec2.instances.values()];
  if (input.MaxResults !== undefined) {
    throw invalidParameterCombination('The parameter instancesSet cannot be used with the parameter maxResults');
  }
  return requireInstances(input.InstanceIds, context);
}

/** Instances that one call launched are shown together. */
function reservationsOf(records: readonly InstanceRecord[], context: OperationContext): Reservation[] {
  const byReservation = new Map<string, Instance[]>();
  for (const { instance, reservationId = '' } of records) {
    const instances = byReservation.get(reservationId) ?? [];
    instances.push(copyWithTags('instance', instance, context.state.ec2));
    byReservation.set(reservationId, instances);
  }
  return [...byReservation].map(([ReservationId, Instances]) => ({
    ReservationId,
    OwnerId: context.state.accountId,
    Groups: [],
    Instances,
  }));
}
