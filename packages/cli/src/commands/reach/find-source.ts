// The source as reachability wants it, and the VPC that it is in.
import {
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { type AwsClients, describeGroup, launchSourceOf, readNetwork, subnetIdsOf } from '@directrix/aws';
import type { NetworkSnapshot, Source } from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import type { SourceName } from './parse-place.js';

export interface FoundSource {
  readonly source: Source;
  readonly network: NetworkSnapshot;
}

/** Throws GROUP_NOT_FOUND, SOURCE_NOT_FOUND, or what AWS said. */
export async function findSource(clients: AwsClients, name: SourceName): Promise<FoundSource> {
  switch (name.kind) {
    case 'group':
      return findGroup(clients, name.name);
    case 'launchTemplate':
      return findTemplate(clients, name.name);
    case 'instance': {
      const answer = await ask(name.id, () =>
        clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [name.id] })),
      );
      const vpcId = answer.Reservations?.[0]?.Instances?.[0]?.VpcId;
      return { source: { kind: 'instance', instanceId: name.id }, network: await readVpc(clients, vpcId, name.id) };
    }
    case 'networkInterface': {
      const answer = await ask(name.id, () =>
        clients.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [name.id] })),
      );
      const vpcId = answer.NetworkInterfaces?.[0]?.VpcId;
      return {
        source: { kind: 'networkInterface', networkInterfaceId: name.id },
        network: await readVpc(clients, vpcId, name.id),
      };
    }
  }
}

async function findGroup(clients: AwsClients, groupName: string): Promise<FoundSource> {
  const group = await describeGroup(clients, groupName);
  const specification = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  const subnetIds = subnetIdsOf(group.VPCZoneIdentifier);
  const which = specification?.LaunchTemplateId ?? specification?.LaunchTemplateName;
  if (which === undefined) throw notFound(`group ${groupName}`, 'it launches from no launch template');
  const data = await readTemplate(clients, which, specification?.Version ?? '$Default');
  const network = await readVpc(clients, await vpcOfSubnet(clients, subnetIds[0]), groupName);
  return { source: launchSourceOf(groupName, data, subnetIds, network), network };
}

async function findTemplate(clients: AwsClients, name: string): Promise<FoundSource> {
  const data = await ask(name, () => readTemplate(clients, name, '$Default'));
  const own = data?.NetworkInterfaces?.[0];
  const groupIds = own?.Groups ?? data?.SecurityGroupIds ?? [];
  const vpcId =
    own?.SubnetId === undefined ? await vpcOfGroup(clients, groupIds[0]) : await vpcOfSubnet(clients, own.SubnetId);
  const network = await readVpc(clients, vpcId, name);
  // A template without a subnet may be launched in any of them.
  const subnetIds =
    own?.SubnetId === undefined ? (network.subnets ?? []).map(({ SubnetId }) => SubnetId ?? '') : [own.SubnetId];
  return { source: launchSourceOf(name, data, subnetIds, network), network };
}

async function readTemplate(
  { ec2 }: AwsClients,
  which: string,
  version: string,
): Promise<ResponseLaunchTemplateData | undefined> {
  const key = which.startsWith('lt-') ? { LaunchTemplateId: which } : { LaunchTemplateName: which };
  const answer = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ ...key, Versions: [version] }));
  return answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData;
}

async function vpcOfSubnet({ ec2 }: AwsClients, subnetId: string | undefined): Promise<string | undefined> {
  if (subnetId === undefined) return undefined;
  return (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }))).Subnets?.[0]?.VpcId;
}

async function vpcOfGroup({ ec2 }: AwsClients, groupId: string | undefined): Promise<string | undefined> {
  if (groupId === undefined) return undefined;
  return (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }))).SecurityGroups?.[0]?.VpcId;
}

async function readVpc(clients: AwsClients, vpcId: string | undefined, what: string): Promise<NetworkSnapshot> {
  if (vpcId === undefined) throw notFound(what, 'nothing says which VPC it is in');
  return readNetwork(clients, vpcId);
}

async function ask<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DirectrixError && error.code === 'AWS_REFUSED') throw notFound(what, error.message);
    throw error;
  }
}

function notFound(what: string, because: string): DirectrixError {
  return new DirectrixError('SOURCE_NOT_FOUND', `${what} cannot be asked about: ${because}.`, {
    source: '--from',
    hint: 'is AWS_REGION right?',
  });
}
