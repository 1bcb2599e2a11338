// places: in which VPC something is, for whoever asks about its network. Each throws what AWS says of an id that is not there.
import {
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  paginateDescribeNetworkInterfaces,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';

export async function vpcOfInstance({ ec2 }: AwsClients, instanceId: string): Promise<string | undefined> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return Reservations[0]?.Instances?.[0]?.VpcId;
}

export async function vpcOfNetworkInterface(clients: AwsClients, interfaceId: string): Promise<string | undefined> {
  return (await vpcsOfInterfaces(clients, { NetworkInterfaceIds: [interfaceId] }))[0];
}

export async function vpcOfSubnet({ ec2 }: AwsClients, subnetId: string): Promise<string | undefined> {
  return (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }))).Subnets?.[0]?.VpcId;
}

export async function vpcOfSecurityGroup({ ec2 }: AwsClients, groupId: string): Promise<string | undefined> {
  return (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }))).SecurityGroups?.[0]?.VpcId;
}

/** The VPCs in which an interface has this address, private or public. */
export async function vpcsOfAddress(clients: AwsClients, address: string): Promise<readonly string[]> {
  const by = (Name: string) => vpcsOfInterfaces(clients, { Filters: [{ Name, Values: [address] }] });
  return [...(await by('addresses.private-ip-address')), ...(await by('association.public-ip'))];
}

/** What a version of a launch template, by id or name, launches. `version` is a number, `$Default` or `$Latest`. */
export async function describeLaunchTemplateData(
  { ec2 }: AwsClients,
  idOrName: string,
  version: string,
): Promise<ResponseLaunchTemplateData | undefined> {
  const key = idOrName.startsWith('lt-') ? { LaunchTemplateId: idOrName } : { LaunchTemplateName: idOrName };
  const answer = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ ...key, Versions: [version] }));
  return answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData;
}

async function vpcsOfInterfaces(
  { ec2 }: AwsClients,
  question: Parameters<typeof paginateDescribeNetworkInterfaces>[1],
): Promise<string[]> {
  const found = await collectPages(
    paginateDescribeNetworkInterfaces({ client: ec2 }, question),
    (page) => page.NetworkInterfaces,
  );
  return found.flatMap(({ VpcId }) => VpcId ?? []);
}
