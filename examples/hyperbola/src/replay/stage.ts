// The stage of an act: a lab of its own, its traffic, and the clients to look at it with.
import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeImagesCommand, DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { groupName } from '../scenario.js';
import { askDirectrix } from './directrix.js';
import { type LabTime, startLabTime } from './lab-time.js';

/** What `directrix lab up --json` and `lab status --json` say, as far as the replay reads it. */
interface LabUp {
  readonly id: string;
  readonly endpoint: string;
  readonly env: Readonly<Record<string, string>>;
}
interface LabStatus {
  readonly listeners: readonly { readonly url: string }[];
}

export interface Stage {
  readonly env: Readonly<Record<string, string>>;
  /** Where the load balancer's listener is served. */
  readonly url: string;
  readonly time: LabTime;
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  /** Ends the lab and everything in it. */
  strike(): Promise<void>;
}

/**
 * Starts a lab with the site in `network`, in which every instance serves 0.149.1. `stateHome`: where directrix keeps its journals, so that
 * those of other labs, which have a group of the same name, are not read as witnesses.
 */
export async function setStage(
  { network, speed, stateHome }: { readonly network: string; readonly speed: number; readonly stateHome: string },
  signal: AbortSignal,
): Promise<Stage> {
  const args = [
    'lab',
    'up',
    '--detach',
    '--port',
    '0',
    '--speed',
    String(speed),
    '--scenario',
    `hyperbola:${network}`,
    '--json',
  ];
  const lab = await askDirectrix<LabUp>({ args, signal });
  const strike = async () => {
    // Not with the act's signal: the lab must go, above all when the act was interrupted.
    await askDirectrix({ args: ['lab', 'down', '--lab', lab.id, '--json'], signal: new AbortController().signal });
  };
  try {
    const status = await askDirectrix<LabStatus>({ args: ['lab', 'status', '--json'], env: lab.env, signal });
    const config = {
      region: lab.env.AWS_REGION!,
      endpoint: lab.endpoint,
      credentials: { accessKeyId: lab.env.AWS_ACCESS_KEY_ID!, secretAccessKey: lab.env.AWS_SECRET_ACCESS_KEY! },
    };
    return {
      env: { ...lab.env, XDG_STATE_HOME: stateHome },
      url: status.listeners[0]!.url,
      time: startLabTime(speed, signal),
      autoScaling: new AutoScalingClient(config),
      ec2: new EC2Client(config),
      elb: new ElasticLoadBalancingV2Client(config),
      strike,
    };
  } catch (error) {
    await strike();
    throw error;
  }
}

/** One instance as the audience sees it: its version is its image's. */
export interface Member {
  readonly instanceId: string;
  readonly lifecycleState: string;
  readonly targetState: string;
  readonly version: string;
}

/** Remembers what never changes: which version an image is. */
type VersionsByLaunchTemplate = Map<string, string>;

/** The group and its instances now. */
export async function lookAtGroup(
  stage: Stage,
  versions: VersionsByLaunchTemplate,
): Promise<{ readonly group: AutoScalingGroup; readonly members: readonly Member[] }> {
  const group = await describeGroup(stage);
  const { TargetHealthDescriptions = [] } = await stage.elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: group.TargetGroupARNs![0] }),
  );
  const members: Member[] = [];
  for (const instance of group.Instances ?? []) {
    members.push({
      instanceId: instance.InstanceId!,
      lifecycleState: instance.LifecycleState!,
      targetState: targetState(TargetHealthDescriptions, instance.InstanceId!),
      version: await versionOf(
        stage,
        versions,
        instance.LaunchTemplate!.LaunchTemplateId!,
        instance.LaunchTemplate!.Version!,
      ),
    });
  }
  return { group, members };
}

export async function describeGroup(stage: Stage): Promise<AutoScalingGroup> {
  const { AutoScalingGroups } = await stage.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  return AutoScalingGroups![0]!;
}

/** All of the group that a rollout may change for a while, with the image that its launch template means now. */
export async function describeSettings(stage: Stage): Promise<string> {
  const group = await describeGroup(stage);
  const template = group.LaunchTemplate!;
  const { LaunchTemplateVersions } = await stage.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: template.LaunchTemplateId,
      Versions: [template.Version!],
    }),
  );
  return JSON.stringify({
    sizes: [group.MinSize, group.DesiredCapacity, group.MaxSize],
    launchTemplate: template,
    image: LaunchTemplateVersions![0]!.LaunchTemplateData!.ImageId,
    suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName).sort(),
    instances: (group.Instances ?? []).map(({ InstanceId, LifecycleState }) => [InstanceId, LifecycleState]).sort(),
  });
}

function targetState(descriptions: readonly TargetHealthDescription[], instanceId: string): string {
  const health = descriptions.find(({ Target }) => Target?.Id === instanceId)?.TargetHealth;
  if (!health) return '–';
  return health.State === 'unhealthy' ? `unhealthy (${health.Description ?? health.Reason})` : health.State!;
}

async function versionOf(
  { ec2 }: Stage,
  versions: VersionsByLaunchTemplate,
  LaunchTemplateId: string,
  number: string,
): Promise<string> {
  const known = versions.get(number);
  if (known) return known;
  const { LaunchTemplateVersions } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [number] }),
  );
  const { Images } = await ec2.send(
    new DescribeImagesCommand({ ImageIds: [LaunchTemplateVersions![0]!.LaunchTemplateData!.ImageId!] }),
  );
  const version = Images![0]!.Tags!.find(({ Key }) => Key === 'Version')!.Value!;
  versions.set(number, version);
  return version;
}
