// read-preflight: everything that preflight looks at, read in three waves: the group, what it names, and what that names.
//
//   V1. Nothing is changed, and no value of a parameter is kept.
//   V2. Whatever AWS refuses to answer is `unread`, with AWS's reason; nothing is taken for absent because it was not told.
//   V3. No call is made per instance.
import {
  type AutoScalingGroup,
  DescribeInstanceRefreshesCommand,
  DescribeLifecycleHooksCommand,
  DescribeWarmPoolCommand,
  paginateDescribeScheduledActions,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
  type Image,
} from '@aws-sdk/client-ec2';
import {
  expectedNamesOf,
  findSecretsNeed,
  type LaunchTemplateSnapshot,
  type OtherRollout,
  type PermissionUse,
  type PreflightSnapshot,
  type Read,
  type RoleSnapshot,
  type SecretsSnapshot,
} from '@directrix/preflight';
import { type NetworkSnapshot, partitionOf } from '@directrix/reachability';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { collectPages } from '../clients/page.js';
import { describeGroup, targetGroupArnsOf } from '../observe/group.js';
import { describeImage } from '../release/images.js';
import { recordName } from '../state/parameter-names.js';
import { launchSourceOf, subnetIdsOf } from './launch-source.js';
import { readLoadBalancers, readTargetGroups } from './read-balancing.js';
import { readBaseline } from './read-baseline.js';
import { readBuilders } from './read-builders.js';
import { readCaller, readCredentials, readDeployerPermissions } from './read-deployer.js';
import { readNetwork } from './read-network.js';
import { isUnknownOperation, mapRead, readPart } from './read-part.js';
import { readRole } from './read-role.js';
import { readSecretNames } from './read-secret-names.js';

export interface PreflightRequest {
  readonly groupName: string;
  /** Of the release; undefined when it could not be found. */
  readonly imageId?: string;
  /** In place of what the image says. */
  readonly secretsPath?: string;
  /** In place of what the image says. */
  readonly secretNames?: readonly string[];
  /** Names or ids; empty: tagged ones, else those whose name says so. */
  readonly builders: readonly string[];
  readonly otherRollout: Read<OtherRollout | undefined>;
  /** What the deploy cannot do without, beside what every deploy needs. */
  readonly uses?: readonly PermissionUse[];
}

/** Throws GROUP_NOT_FOUND, and what keeps AWS from answering at all. */
export async function readPreflight(
  clients: AwsClients,
  clock: { now(): number },
  request: PreflightRequest,
): Promise<PreflightSnapshot> {
  const group = await describeGroup(clients, request.groupName);
  const [launchTemplate, image, attached, network, caller, rest] = await Promise.all([
    readPart(() => readLaunchTemplate(clients, group)),
    readImage(clients, request.imageId),
    readPart(() => readTargetGroups(clients, targetGroupArnsOf(group))),
    readGroupNetwork(clients, group),
    readCaller(clients),
    readGroupParts(clients, request.groupName),
  ]);
  const targetGroups = mapRead(attached, ({ found }) => found);
  const template = launchTemplate.kind === 'read' ? launchTemplate.value : undefined;
  const known = network.kind === 'read' ? network.value : undefined;
  const profile = template?.data?.IamInstanceProfile;
  const region = await clients.ec2.config.region();
  const accountId = caller.kind === 'read' ? caller.value.accountId : undefined;
  const [role, instanceTypes, loadBalancers, builders, deployerPermissions, baseline, credentials] = await Promise.all([
    launchTemplate.kind === 'unread' ? launchTemplate : readPart(() => readRole(clients, profile)),
    readPart(() => readInstanceTypes(clients, template?.data?.InstanceType)),
    targetGroups.kind === 'unread' ? targetGroups : readPart(() => readLoadBalancers(clients, targetGroups.value)),
    known === undefined
      ? (network as Read<never>)
      : readPart(() => readBuilders(clients, known, request.builders, template?.launchTemplateId)),
    readDeployerPermissions(
      clients,
      caller,
      {
        groupArn: group.AutoScalingGroupARN,
        launchTemplateArn:
          template &&
          `arn:${partitionOf(region)}:ec2:${region}:${accountId}:launch-template/${template.launchTemplateId}`,
        stateArn: `arn:${partitionOf(region)}:ssm:${region}:${accountId}:parameter${recordName(group.AutoScalingGroupName ?? '')}`,
      },
      request.uses,
    ),
    readPart(() => readBaseline(clients, group, template)),
    readCredentials(clients),
  ]);
  return {
    at: clock.now(),
    region,
    accountId,
    group,
    launchTemplate,
    image,
    instanceTypes,
    targetGroups,
    missingTargetGroupArns: attached.kind === 'read' ? attached.value.missingArns : [],
    baseline,
    credentials,
    loadBalancers,
    network,
    backend: {
      name: request.groupName,
      source: launchSourceOf(request.groupName, template?.data, subnetIdsOf(group.VPCZoneIdentifier), known),
      role,
    },
    builders,
    ...rest,
    otherRollout: request.otherRollout,
    ...(await readSecrets(clients, request, image, role, known)),
    deployerPermissions,
  };
}

async function readImage(clients: AwsClients, imageId: string | undefined): Promise<Read<Image | undefined>> {
  if (imageId === undefined) return { kind: 'read', value: undefined };
  return readPart(() => describeImage(clients, imageId));
}

async function readSecrets(
  clients: AwsClients,
  request: PreflightRequest,
  image: Read<Image | undefined>,
  role: Read<RoleSnapshot | undefined>,
  network: NetworkSnapshot | undefined,
): Promise<Pick<PreflightSnapshot, 'secrets' | 'secretsHint'>> {
  const known = image.kind === 'read' ? image.value : undefined;
  const need = findSecretsNeed({
    option: request.secretsPath,
    image: known,
    role: role.kind === 'read' ? role.value : undefined,
    network,
  });
  if (need.kind === 'names') return { secretsHint: 'roleReadsNames' };
  if (need.kind === 'endpoint') return { secretsHint: 'endpointInVpc' };
  if (need.kind !== 'path') return {};
  const secrets: SecretsSnapshot = {
    path: need.path,
    saidBy: need.saidBy,
    expectedNames: request.secretNames ?? expectedNamesOf(known),
    parameters: await readPart(() => readSecretNames(clients, need.path)),
  };
  return { secrets };
}

async function readGroupNetwork(clients: AwsClients, group: AutoScalingGroup): Promise<Read<NetworkSnapshot>> {
  const SubnetIds = [...subnetIdsOf(group.VPCZoneIdentifier)];
  if (SubnetIds.length === 0)
    return { kind: 'unread', because: `${group.AutoScalingGroupName} names no subnet, so its VPC is not known.` };
  const subnets = await readPart(() => clients.ec2.send(new DescribeSubnetsCommand({ SubnetIds })));
  if (subnets.kind === 'unread') return subnets;
  const vpcId = subnets.value.Subnets?.[0]?.VpcId;
  if (vpcId === undefined) return { kind: 'unread', because: `The subnets ${SubnetIds.join(', ')} do not exist.` };
  return readPart(() => readNetwork(clients, vpcId));
}

async function readLaunchTemplate(
  { ec2 }: AwsClients,
  group: AutoScalingGroup,
): Promise<LaunchTemplateSnapshot | undefined> {
  const specification = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  if (specification === undefined) return undefined;
  const { LaunchTemplateId, LaunchTemplateName, Version = '$Default' } = specification;
  const which = LaunchTemplateId === undefined ? { name: LaunchTemplateName } : { id: LaunchTemplateId };
  try {
    const [templates, versions] = await Promise.all([
      ec2.send(
        new DescribeLaunchTemplatesCommand(
          which.id === undefined ? { LaunchTemplateNames: [which.name ?? ''] } : { LaunchTemplateIds: [which.id] },
        ),
      ),
      ec2.send(
        new DescribeLaunchTemplateVersionsCommand({
          ...(which.id === undefined ? { LaunchTemplateName: which.name } : { LaunchTemplateId: which.id }),
          Versions: [Version],
        }),
      ),
    ]);
    const template = templates.LaunchTemplates?.[0];
    return {
      launchTemplateId: template?.LaunchTemplateId ?? LaunchTemplateId ?? '',
      name: template?.LaunchTemplateName ?? LaunchTemplateName ?? '',
      version: Version,
      latestVersion: numberText(template?.LatestVersionNumber),
      defaultVersion: numberText(template?.DefaultVersionNumber),
      data: versions.LaunchTemplateVersions?.[0]?.LaunchTemplateData,
    };
  } catch (error) {
    if (/^InvalidLaunchTemplate/.test(awsCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

async function readInstanceTypes({ ec2 }: AwsClients, type: string | undefined) {
  if (type === undefined) return [];
  try {
    const answer = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [type as never] }));
    return answer.InstanceTypes ?? [];
  } catch (error) {
    if (awsCodeOf(error) === 'InvalidInstanceType') return [];
    throw error;
  }
}

type GroupParts = Pick<PreflightSnapshot, 'hooks' | 'scheduledActions' | 'instanceRefreshes' | 'warmPool'>;

async function readGroupParts({ autoScaling }: AwsClients, AutoScalingGroupName: string): Promise<GroupParts> {
  const [hooks, scheduledActions, instanceRefreshes, warmPool] = await Promise.all([
    readPart(async () => {
      const answer = await autoScaling.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName }));
      return answer.LifecycleHooks ?? [];
    }),
    readPart(() =>
      collectPages(
        paginateDescribeScheduledActions({ client: autoScaling }, { AutoScalingGroupName }),
        (page) => page.ScheduledUpdateGroupActions,
      ),
    ),
    readPart(() =>
      absentWithoutOperation([], async () => {
        // Newest first: an active one is among the first.
        const answer = await autoScaling.send(
          new DescribeInstanceRefreshesCommand({ AutoScalingGroupName, MaxRecords: 10 }),
        );
        return answer.InstanceRefreshes ?? [];
      }),
    ),
    readPart(() =>
      absentWithoutOperation(undefined, async () => {
        const answer = await autoScaling.send(new DescribeWarmPoolCommand({ AutoScalingGroupName }));
        return answer.WarmPoolConfiguration;
      }),
    ),
  ]);
  return { hooks, scheduledActions, instanceRefreshes, warmPool };
}

// An emulator that does not know the operation has none of the things.
async function absentWithoutOperation<T>(absent: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isUnknownOperation(error)) return absent;
    throw error;
  }
}
