import { type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { readReasonTag } from '../apply/quarantine.js';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';

/** An instance that runs on outside of its group, as evidence. */
export interface QuarantinedInstance {
  readonly instanceId: string;
  readonly rolloutId: string;
  /** The codes of what it showed. */
  readonly evidence: readonly string[];
  /** EC2's state. */
  readonly state: string;
  readonly instanceType?: string;
  readonly imageId?: string;
  /** ISO 8601, as its tag says. */
  readonly expiresAt?: string;
  /** By AWS's clock. Epoch milliseconds. */
  readonly launchedAt?: number;
}

/** Every instance of the region that a rollout has put into quarantine and EC2 still knows, by their tags. */
export async function listQuarantined(clients: AwsClients): Promise<QuarantinedInstance[]> {
  const instances = await collectPages(
    paginateDescribeInstances(
      { client: clients.ec2 },
      {
        Filters: [{ Name: 'tag-key', Values: ['directrix:quarantine-reason'] }],
      },
    ),
    (page) => (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances),
  );
  return instances.map(describe).sort((left, right) => left.instanceId.localeCompare(right.instanceId));
}

function describe(instance: Instance): QuarantinedInstance {
  const tagOf = (name: string) => instance.Tags?.find(({ Key }) => Key === name)?.Value;
  return {
    instanceId: instance.InstanceId ?? '',
    rolloutId: tagOf('directrix:rollout') ?? '',
    evidence: readReasonTag(tagOf('directrix:quarantine-reason') ?? ''),
    state: instance.State?.Name ?? 'unknown',
    instanceType: instance.InstanceType,
    imageId: instance.ImageId,
    expiresAt: tagOf('directrix:quarantine-expires'),
    launchedAt: instance.LaunchTime?.getTime(),
  };
}
