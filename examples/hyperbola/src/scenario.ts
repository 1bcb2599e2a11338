// The scenario `hyperbola:<network>`: the site as it stood before the release, 0.149.1 on three instances behind the load balancer.
// Everything is made with the AWS SDK over the endpoint, as it would be in an account.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AutoScalingClient, CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  RegisterImageCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type BuiltNetwork, buildNetwork } from './networks/build-network.js';
import { networks } from './networks/networks.js';
import { logGroupName } from './site/log-group.js';
import { settingNames } from './site/settings.js';

export const groupName = 'web';
export const releaseVersions = ['0.149.1', '0.149.2'] as const;

const accountId = '123456789012';
const roleName = 'hyperbola-backend';
const secretsPath = '/app/production/';
const fleetSize = 3;
/** By our clock, however slow the lab's is. */
const readyDeadlineMs = 300_000;

/** What a scenario is handed by `directrix lab up --scenario NAME:VARIANT`. */
export interface Stage {
  readonly variant: string;
  /** The lab's endpoint, in place of AWS's. */
  readonly endpoint: string;
  /** `AWS_REGION`, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` at least. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Tells the person who waits what is being done. */
  readonly say?: (text: string) => void;
}

interface Clients {
  readonly region: string;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
  readonly iam: IAMClient;
}

/**
 * Builds the site in the network that `variant` names, and returns when it is ready to be deployed to: every instance is healthy, and
 * every endpoint is available.
 *
 * @throws Error for an unknown variant (naming the known ones), or when the site is not ready within five minutes.
 */
export async function prepare(stage: Stage): Promise<{ readonly description: string }> {
  const network = networks[stage.variant];
  if (!network) {
    throw new Error(
      `hyperbola has no network ${stage.variant || '(none given)'}. It has ${Object.keys(networks).join(', ')}.`,
    );
  }
  const say = stage.say ?? (() => {});
  const clients = createClients(stage);
  say(`network ${network.name}: ${network.description}`);
  const built = await buildNetwork(clients.ec2, clients.region, network);
  await putSettings(clients.ssm);
  await createRole(clients);
  const images = await registerImages(clients.ec2);
  const targetGroupArn = await createLoadBalancer(clients.elb, built);
  await createGroup(clients, built, images[releaseVersions[0]]!, targetGroupArn);
  await createBuilder(clients, built, images[releaseVersions[0]]!);
  say(`${fleetSize} instances of ${releaseVersions[0]} are starting; this takes about half a minute of the lab's time`);
  await waitForFleet(clients.elb, targetGroupArn, stage.signal);
  await waitForEndpoints(clients.ec2, built.vpcId, stage.signal);
  return {
    description: `hyperbola ${releaseVersions[0]} on ${fleetSize} instances of the group ${groupName}; network ${network.name}: ${network.description}`,
  };
}

function createClients(stage: Stage): Clients {
  const region = stage.env.AWS_REGION ?? 'us-west-2';
  const config = {
    region,
    endpoint: stage.endpoint,
    credentials: {
      accessKeyId: stage.env.AWS_ACCESS_KEY_ID ?? 'lab',
      secretAccessKey: stage.env.AWS_SECRET_ACCESS_KEY ?? 'lab',
    },
  };
  return {
    region,
    ec2: new EC2Client(config),
    elb: new ElasticLoadBalancingV2Client(config),
    autoScaling: new AutoScalingClient(config),
    ssm: new SSMClient(config),
    iam: new IAMClient(config),
  };
}

/** What a release reads from Parameter Store. */
export async function putSettings(ssm: SSMClient): Promise<void> {
  const settings = [
    { Name: 'SECRET_KEY', Value: 'an-example-and-not-a-secret', Type: 'SecureString' },
    { Name: 'DATABASE_URL', Value: 'mysql://hyperbola@db.internal:3306/hyperbola', Type: 'SecureString' },
    { Name: 'CONTACT_ADDRESS', Value: 'hello@hyperbola.example', Type: 'String' },
  ] as const;
  for (const { Name, Value, Type } of settings) {
    await ssm.send(new PutParameterCommand({ Name: `${secretsPath}${Name}`, Value, Type }));
  }
}

async function createRole({ iam, region }: Clients): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
  // GetParametersByPath is authorised against the path itself, hence both forms.
  const path = `arn:aws:ssm:${region}:${accountId}:parameter/app/production`;
  const read = {
    Effect: 'Allow',
    Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
    Resource: [path, `${path}/*`],
  };
  await iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: policy(trust) }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'read-settings', PolicyDocument: policy(read) }),
  );
  const logs = {
    Effect: 'Allow',
    Action: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [`arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:*`],
  };
  await iam.send(
    new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'ship-logs', PolicyDocument: policy(logs) }),
  );
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: roleName }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: roleName, RoleName: roleName }));
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** An image for each of the releases, whose directories are in `releases/`; their ids by version. */
export async function registerImages(
  ec2: EC2Client,
  versions: readonly string[] = releaseVersions,
): Promise<Record<string, string>> {
  const images: Record<string, string> = {};
  for (const version of versions) {
    const { ImageId } = await ec2.send(
      new RegisterImageCommand({
        Name: `hyperbola-${version}`,
        ImageLocation: fileURLToPath(new URL(`../releases/${version}`, import.meta.url)),
        Architecture: 'x86_64',
        TagSpecifications: [{ ResourceType: 'image', Tags: tagsOf(version) }],
      }),
    );
    images[version] = ImageId!;
  }
  return images;
}

// What a build knows and preflight asks: where the release reads its secrets, which it expects there, and where its logs go.
function tagsOf(version: string): Tag[] {
  const secrets =
    version === '0.149.1'
      ? [{ Key: 'directrix:secrets', Value: 'none' }]
      : [
          { Key: 'directrix:secrets', Value: secretsPath },
          { Key: 'directrix:secret-names', Value: Object.values(settingNames).join(' ') },
        ];
  return [{ Key: 'Version', Value: version }, { Key: 'directrix:logs', Value: logGroupName }, ...secrets];
}

async function createLoadBalancer(elb: ElasticLoadBalancingV2Client, network: BuiltNetwork): Promise<string> {
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'hyperbola-backend',
      VpcId: network.vpcId,
      Protocol: 'HTTP',
      Port: 80,
      HealthCheckPath: '/healthz',
      HealthCheckPort: '8888',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    }),
  );
  const TargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
    }),
  );
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'hyperbola',
      Subnets: [network.subnetIds['public-a']!, network.subnetIds['public-b']!],
      SecurityGroups: [network.groupIds.alb!],
    }),
  );
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  return TargetGroupArn;
}

async function createGroup(
  { ec2, autoScaling }: Clients,
  network: BuiltNetwork,
  ImageId: string,
  targetGroupArn: string,
): Promise<void> {
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'hyperbola-backend',
      LaunchTemplateData: {
        ImageId,
        InstanceType: 't3.micro',
        SecurityGroupIds: [network.groupIds.backend!],
        IamInstanceProfile: { Name: roleName },
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      },
    }),
  );
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: groupName,
      LaunchTemplate: { LaunchTemplateId: LaunchTemplate!.LaunchTemplateId, Version: '$Latest' },
      MinSize: 1,
      DesiredCapacity: fleetSize,
      MaxSize: 2 * fleetSize + 1,
      VPCZoneIdentifier: `${network.subnetIds['private-a']},${network.subnetIds['private-b']}`,
      TargetGroupARNs: [targetGroupArn],
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 90,
      Tags: [{ Key: 'Name', Value: 'hyperbola', PropagateAtLaunch: true }],
    }),
  );
}

// Packer starts its builder in the public subnet, with a public address. A bake imports the settings (collectstatic), so it reads the
// secrets with the role that the instances have.
async function createBuilder({ ec2 }: Clients, network: BuiltNetwork, ImageId: string): Promise<void> {
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'packer-builder',
      LaunchTemplateData: {
        ImageId,
        InstanceType: 't3.micro',
        IamInstanceProfile: { Name: roleName },
        NetworkInterfaces: [
          {
            DeviceIndex: 0,
            SubnetId: network.subnetIds['public-a']!,
            Groups: [network.groupIds.builder!],
            AssociatePublicIpAddress: true,
          },
        ],
      },
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'directrix:builder', Value: 'true' }] }],
    }),
  );
}

/** Returns when every instance of the site is healthy behind its load balancer. */
export async function waitForFleet(
  elb: ElasticLoadBalancingV2Client,
  TargetGroupArn: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await waitUntilAll('healthy', fleetSize, signal, async () => {
    const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State);
  });
}

// An endpoint that is still pending lets nobody in: a deploy would be refused.
async function waitForEndpoints(ec2: EC2Client, vpcId: string, signal: AbortSignal | undefined): Promise<void> {
  await waitUntilAll('available', 1, signal, async () => {
    const { VpcEndpoints = [] } = await ec2.send(
      new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    return VpcEndpoints.map(({ State }) => State?.toLowerCase());
  });
}

/** Until there are `least` states at least, and each is the wanted one. */
async function waitUntilAll(
  wanted: string,
  least: number,
  signal: AbortSignal | undefined,
  readStates: () => Promise<readonly (string | undefined)[]>,
): Promise<void> {
  const deadline = Date.now() + readyDeadlineMs;
  for (;;) {
    const states = await readStates();
    if (states.length >= least && states.every((state) => state === wanted)) return;
    if (Date.now() > deadline)
      throw new Error(`Not ${wanted} after ${readyDeadlineMs / 1000} s: ${states.join(', ') || 'nothing is there'}.`);
    await sleep(100, undefined, { signal });
  }
}
