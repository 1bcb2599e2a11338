import { type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';
import { chunk, collectPages } from '../clients/page.js';

/** EC2 takes at most 200 values in one filter. */
const idsPerCall = 200;

/**
 * The instances by id. Asked by filter, because a call by id fails as a whole when one instance is not known (yet, or any more);
 * such an instance is simply not in the answer.
 */
export async function describeInstances(
  clients: AwsClients,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, Instance>> {
  const found = new Map<string, Instance>();
  for (const ids of chunk([...new Set(instanceIds)], idsPerCall)) {
    const instances = await collectPages(
      paginateDescribeInstances(
        { client: clients.ec2 },
        { Filters: [{ Name: 'instance-id', Values: ids }], MaxResults: 1000 },
      ),
      (page) => (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []),
    );
    for (const instance of instances) found.set(instance.InstanceId ?? '', instance);
  }
  return found;
}
