// Who builds images, and so may need the secrets too: launch templates and instances that are tagged `directrix:builder`, that are
// named by `--builder`, or, when there are neither, whose name says so.
import { type Instance, type LaunchTemplate, paginateDescribeLaunchTemplates, type Tag } from '@aws-sdk/client-ec2';
import { builderName, builderTag, type SecretsClient } from '@directrix/preflight';
import type { NetworkSnapshot } from '@directrix/reachability';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { describeLaunchTemplateData } from '../observe/places.js';
import { launchSourceOf } from './launch-source.js';
import { readPart } from './read-part.js';
import { readRole } from './read-role.js';

interface Candidate {
  readonly name: string;
  readonly id: string;
  readonly isTagged: boolean;
  describe(): Promise<SecretsClient | undefined>;
}

/** `wanted`: names or ids of `--builder`; empty for the default. `except`: the launch template of the group itself. */
export async function readBuilders(
  clients: AwsClients,
  network: NetworkSnapshot,
  wanted: readonly string[],
  except: string | undefined,
): Promise<readonly SecretsClient[]> {
  const templates = await listTemplates(clients);
  const candidates = [
    ...templates
      .filter(({ LaunchTemplateId }) => LaunchTemplateId !== except)
      .map((template) => templateCandidate(clients, network, template)),
    ...(network.instances ?? [])
      .filter(({ State }) => State?.Name === 'running' || State?.Name === 'pending')
      .map((instance) => instanceCandidate(clients, instance)),
  ];
  const found = await Promise.all(choose(candidates, wanted).map((candidate) => candidate.describe()));
  return found.filter((builder) => builder !== undefined).sort((left, right) => left.name.localeCompare(right.name));
}

function choose(candidates: readonly Candidate[], wanted: readonly string[]): readonly Candidate[] {
  if (wanted.length > 0) return candidates.filter(({ name, id }) => wanted.includes(name) || wanted.includes(id));
  const tagged = candidates.filter(({ isTagged }) => isTagged);
  return tagged.length > 0 ? tagged : candidates.filter(({ name }) => builderName.test(name));
}

async function listTemplates({ ec2 }: AwsClients): Promise<LaunchTemplate[]> {
  return collectPages(paginateDescribeLaunchTemplates({ client: ec2 }, {}), (page) => page.LaunchTemplates);
}

function templateCandidate(clients: AwsClients, network: NetworkSnapshot, template: LaunchTemplate): Candidate {
  const id = template.LaunchTemplateId ?? '';
  const name = template.LaunchTemplateName ?? id;
  return {
    name,
    id,
    isTagged: isTagged(template.Tags),
    async describe() {
      const data = await describeLaunchTemplateData(clients, id, '$Default');
      if (data === undefined) return undefined;
      const own = data.NetworkInterfaces?.[0]?.SubnetId;
      const subnetIds = own === undefined ? publicSubnets(network) : [own];
      const source = launchSourceOf(name, data, subnetIds, network);
      // Launch templates know no VPC; one whose subnet or groups are not of this one builds elsewhere.
      if (!isOfNetwork(source, network)) return undefined;
      return { name, source, role: await readPart(() => readRole(clients, data.IamInstanceProfile)) };
    },
  };
}

function isOfNetwork(source: SecretsClient['source'], { subnets = [], securityGroups = [] }: NetworkSnapshot): boolean {
  if (source.kind !== 'launch') return true;
  return (
    source.subnetIds.length > 0 &&
    source.subnetIds.every((id) => subnets.some(({ SubnetId }) => SubnetId === id)) &&
    source.securityGroupIds.every((id) => securityGroups.some(({ GroupId }) => GroupId === id))
  );
}

function publicSubnets({ subnets = [] }: NetworkSnapshot): readonly string[] {
  return subnets.filter(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch).map(({ SubnetId }) => SubnetId ?? '');
}

function instanceCandidate(clients: AwsClients, instance: Instance): Candidate {
  const id = instance.InstanceId ?? '';
  const name = instance.Tags?.find(({ Key }) => Key === 'Name')?.Value || id;
  return {
    name,
    id,
    isTagged: isTagged(instance.Tags),
    describe: async () => ({
      name,
      source: { kind: 'instance', instanceId: id },
      role: await readPart(() => readRole(clients, instance.IamInstanceProfile)),
    }),
  };
}

function isTagged(tags: readonly Tag[] | undefined): boolean {
  return tags?.some(({ Key, Value }) => Key === builderTag && Value !== 'false') ?? false;
}
