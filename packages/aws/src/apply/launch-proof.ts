import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import {
  DescribeSubnetsCommand,
  type Instance,
  paginateDescribeInstances,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { DirectrixError, type RolloutRecord } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { describeGroup } from '../observe/group.js';
import { describeLaunchTemplateData } from '../observe/places.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';
import { clientTokenFor } from './client-token.js';
import { ordinalTag, roleTag, rolloutTag, tagsOf } from './shadow.js';

/**
 * One instance of the launch template version, as the group would launch it: in its subnets, with its tags, but outside of it. One that
 * this rollout has launched before is found by its tags, and by EC2's client token.
 */
export async function launchProof(
  { clients }: ApplyContext,
  record: RolloutRecord,
  { launchTemplateVersion, availabilityZone, ordinal }: DecisionOf<'launchProof'>,
): Promise<{ readonly instanceId: string }> {
  const [known] = await findProofs(clients, record, ordinal);
  if (known?.InstanceId !== undefined) return { instanceId: known.InstanceId };
  const { launchTemplateId } = record.original.launchTemplate;
  const [group, network] = await Promise.all([
    describeGroup(clients, record.groupName),
    readTemplateNetwork(clients, launchTemplateId, launchTemplateVersion),
  ]);
  const subnetId = await chooseSubnet(
    clients,
    (group.VPCZoneIdentifier ?? '').split(',').filter(Boolean),
    availabilityZone,
  );
  const propagated = (group.Tags ?? [])
    .filter(({ PropagateAtLaunch, Key }) => PropagateAtLaunch === true && Key?.startsWith('aws:') === false)
    .map(({ Key, Value }) => ({ Key, Value }));
  const answer = await clients.ec2.send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: launchTemplateVersion },
      ...typeIn(group),
      ...placeIn(subnetId, availabilityZone, network),
      ClientToken: clientTokenFor(
        record.rolloutId,
        'launchProof',
        launchTemplateVersion,
        availabilityZone,
        ...ordinalTags(ordinal).map(({ Value }) => Value),
      ),
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [...propagated, ...tagsOf(record, 'proof'), ...ordinalTags(ordinal)] },
      ],
    }),
  );
  const instanceId = answer.Instances?.[0]?.InstanceId;
  if (instanceId !== undefined) return { instanceId };
  throw new DirectrixError('AWS_REFUSED', 'RunInstances answered without an instance.', { source: 'ec2:RunInstances' });
}

/** The first that a mixed instances policy names: its launch template may have none. */
function typeIn({ MixedInstancesPolicy }: AutoScalingGroup): Pick<RunInstancesCommandInput, 'InstanceType'> {
  const override = MixedInstancesPolicy?.LaunchTemplate?.Overrides?.find(
    ({ InstanceType }) => InstanceType !== undefined,
  );
  return override === undefined
    ? {}
    : { InstanceType: override.InstanceType as RunInstancesCommandInput['InstanceType'] };
}

/** Of those that take part in a canary beside the first. */
function ordinalTags(ordinal: number | undefined): { readonly Key: string; readonly Value: string }[] {
  return ordinal === undefined ? [] : [{ Key: ordinalTag, Value: String(ordinal) }];
}

/** The instance that this rollout launched outside of its group under this ordinal (undefined: the first), and that has not ended. */
export async function findProofs(
  clients: AwsClients,
  { rolloutId }: Pick<RolloutRecord, 'rolloutId'>,
  ordinal?: number,
): Promise<readonly Instance[]> {
  const reservations = await collectPages(
    paginateDescribeInstances(
      { client: clients.ec2 },
      {
        Filters: [
          { Name: `tag:${rolloutTag}`, Values: [rolloutId] },
          { Name: `tag:${roleTag}`, Values: ['proof'] },
          { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
        ],
      },
    ),
    (page) => page.Reservations,
  );
  const wanted = ordinal === undefined ? undefined : String(ordinal);
  return reservations
    .flatMap(({ Instances = [] }) => Instances)
    .filter(({ Tags = [] }) => Tags.find(({ Key }) => Key === ordinalTag)?.Value === wanted);
}

type NetworkInterfaces = NonNullable<RunInstancesCommandInput['NetworkInterfaces']>;

/** EC2 takes no subnet beside network interfaces: where the template has some, the first of them names it. */
function placeIn(
  SubnetId: string | undefined,
  AvailabilityZone: string,
  network: NetworkInterfaces,
): Pick<RunInstancesCommandInput, 'SubnetId' | 'NetworkInterfaces' | 'Placement'> {
  if (SubnetId === undefined) return AvailabilityZone === '' ? {} : { Placement: { AvailabilityZone } };
  if (network.length === 0) return { SubnetId };
  return {
    NetworkInterfaces: network.map((each) => ((each.DeviceIndex ?? 0) === 0 ? { ...each, SubnetId } : { ...each })),
  };
}

async function readTemplateNetwork(
  clients: AwsClients,
  LaunchTemplateId: string,
  version: string,
): Promise<NetworkInterfaces> {
  const network = (await describeLaunchTemplateData(clients, LaunchTemplateId, version))?.NetworkInterfaces ?? [];
  return network as NetworkInterfaces;
}

/** The subnet of the zone; any of them where none is there. */
async function chooseSubnet(
  clients: AwsClients,
  SubnetIds: string[],
  availabilityZone: string,
): Promise<string | undefined> {
  if (SubnetIds.length <= 1) return SubnetIds[0];
  const { Subnets = [] } = await clients.ec2.send(new DescribeSubnetsCommand({ SubnetIds }));
  const found = Subnets.find((subnet) => subnet.AvailabilityZone === availabilityZone);
  return found?.SubnetId ?? SubnetIds[0];
}
