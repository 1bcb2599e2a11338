// The source as reachability wants it, and the networks in which it and the destination are.
import {
  type AwsClients,
  describeGroup,
  describeLaunchTemplateData,
  launchSourceOf,
  readNetwork,
  subnetIdsOf,
  vpcOfInstance,
  vpcOfNetworkInterface,
  vpcOfSecurityGroup,
  vpcOfSubnet,
  vpcsOfAddress,
} from '@directrix/aws';
import type { Destination, NetworkSnapshot, Source } from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import type { SourceName } from './parse-place.js';

export interface FoundSource {
  readonly source: Source;
  readonly network: NetworkSnapshot;
  /** Of a template or a plan: what cannot be known before it is made. */
  readonly unresolved?: readonly string[];
}

type ReadVpc = (vpcId: string | undefined, what: string) => Promise<NetworkSnapshot>;

/** Throws GROUP_NOT_FOUND, SOURCE_NOT_FOUND, DESTINATION_NOT_FOUND, or what AWS said. */
export async function findSource(clients: AwsClients, name: SourceName, to: Destination): Promise<FoundSource> {
  const far = await vpcsOfDestination(clients, to);
  const readVpc: ReadVpc = async (vpcId, what) => {
    if (vpcId === undefined) throw notFound(what, 'nothing says which VPC it is in');
    return readNetwork(clients, ...new Set([vpcId, ...far]));
  };
  switch (name.kind) {
    case 'group':
      return findGroup(clients, name.name, readVpc);
    case 'launchTemplate':
      return findTemplate(clients, name.name, readVpc);
    case 'instance': {
      const vpcId = await ask(name.id, () => vpcOfInstance(clients, name.id));
      return { source: { kind: 'instance', instanceId: name.id }, network: await readVpc(vpcId, name.id) };
    }
    case 'networkInterface': {
      const vpcId = await ask(name.id, () => vpcOfNetworkInterface(clients, name.id));
      return {
        source: { kind: 'networkInterface', networkInterfaceId: name.id },
        network: await readVpc(vpcId, name.id),
      };
    }
  }
}

async function findGroup(clients: AwsClients, groupName: string, readVpc: ReadVpc): Promise<FoundSource> {
  const group = await describeGroup(clients, groupName);
  const specification = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  const subnetIds = subnetIdsOf(group.VPCZoneIdentifier);
  const which = specification?.LaunchTemplateId ?? specification?.LaunchTemplateName;
  if (which === undefined) throw notFound(`group ${groupName}`, 'it launches from no launch template');
  const data = await describeLaunchTemplateData(clients, which, specification?.Version ?? '$Default');
  const [first] = subnetIds;
  const network = await readVpc(first === undefined ? undefined : await vpcOfSubnet(clients, first), groupName);
  return { source: launchSourceOf(groupName, data, subnetIds, network), network };
}

async function findTemplate(clients: AwsClients, name: string, readVpc: ReadVpc): Promise<FoundSource> {
  const data = await ask(name, () => describeLaunchTemplateData(clients, name, '$Default'));
  const own = data?.NetworkInterfaces?.[0];
  const [groupId] = own?.Groups ?? data?.SecurityGroupIds ?? [];
  const ofGroup = () => (groupId === undefined ? undefined : vpcOfSecurityGroup(clients, groupId));
  const network = await readVpc(
    await (own?.SubnetId === undefined ? ofGroup() : vpcOfSubnet(clients, own.SubnetId)),
    name,
  );
  // A template without a subnet may be launched in any of them.
  const subnetIds =
    own?.SubnetId === undefined ? (network.subnets ?? []).map(({ SubnetId }) => SubnetId ?? '') : [own.SubnetId];
  return { source: launchSourceOf(name, data, subnetIds, network), network };
}

/** The VPCs that have the destination, when it is not a name: they may be others than the source's. */
async function vpcsOfDestination(clients: AwsClients, to: Destination): Promise<readonly string[]> {
  const found = async (id: string, read: () => Promise<string | undefined>) => {
    const vpcId = await ask(id, read, destinationNotFound);
    return vpcId === undefined ? [] : [vpcId];
  };
  switch (to.kind) {
    case 'name':
      return [];
    case 'address':
      return vpcsOfAddress(clients, to.address);
    case 'instance':
      return found(to.instanceId, () => vpcOfInstance(clients, to.instanceId));
    case 'networkInterface':
      return found(to.networkInterfaceId, () => vpcOfNetworkInterface(clients, to.networkInterfaceId));
  }
}

async function ask<T>(what: string, call: () => Promise<T>, refusal = notFound): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DirectrixError && error.code === 'AWS_REFUSED') throw refusal(what, error.message);
    throw error;
  }
}

function notFound(what: string, because: string): DirectrixError {
  return new DirectrixError('SOURCE_NOT_FOUND', `${what} cannot be asked about: ${because}.`, {
    source: '--from',
    hint: 'are the region (--region, AWS_REGION) and the account right?',
  });
}

function destinationNotFound(what: string, because: string): DirectrixError {
  return new DirectrixError('DESTINATION_NOT_FOUND', `${what} does not exist here: ${because}.`, {
    source: '--to',
    hint: 'are the region (--region, AWS_REGION) and the account right?',
  });
}
