// What the story is told with: a lab, the CLI of the CDK, the directrix command, and a look at what is there.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, ListInstanceProfilesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { askDirectrix, type Completion, runDirectrix } from '@directrix/hyperbola/directrix';
import { nodeOptionsFor } from './lab-clock.js';

const require = createRequire(import.meta.url);
const directory = fileURLToPath(new URL('../..', import.meta.url));
const cdkCommand = join(require.resolve('aws-cdk/package.json'), '../bin/cdk');
/** Far more than any of the stack's operations takes. */
const cdkDeadlineMs = 600_000;

export interface Clients {
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly autoScaling: AutoScalingClient;
  readonly iam: IAMClient;
  readonly ssm: SSMClient;
  readonly logs: CloudWatchLogsClient;
}

export interface Tools {
  readonly clients: Clients;
  /** Runs the CLI of the CDK, unmodified and by the lab's clock, on the app of this directory. */
  cdk(...args: readonly string[]): Promise<Completion>;
  directrix(...args: readonly string[]): Promise<Completion>;
  /** Ends the lab and everything in it. */
  close(): Promise<void>;
}

/** What `directrix lab up --json` says, as far as the story reads it. */
interface LabUp {
  readonly id: string;
  readonly endpoint: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts an empty lab whose time runs `speed` times as fast as ours. `home` is what the CDK takes for the home of its user. */
export async function openTools(speed: number, home: string, signal: AbortSignal): Promise<Tools> {
  const up = ['lab', 'up', '--detach', '--port', '0', '--speed', String(speed), '--json'];
  const lab = await askDirectrix<LabUp>({ args: up, signal });
  const config = {
    region: lab.env.AWS_REGION!,
    endpoint: lab.endpoint,
    credentials: { accessKeyId: lab.env.AWS_ACCESS_KEY_ID!, secretAccessKey: lab.env.AWS_SECRET_ACCESS_KEY! },
  };
  // Nothing of this machine's user, and nothing from outside: no notices, no newer versions.
  const cdkEnvironment = {
    ...process.env,
    ...lab.env,
    HOME: home,
    NODE_OPTIONS: nodeOptionsFor(lab.env.DIRECTRIX_CLOCK!),
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    CDK_DISABLE_VERSION_CHECK: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
    NO_COLOR: '1',
  };
  return {
    clients: {
      ec2: new EC2Client(config),
      elb: new ElasticLoadBalancingV2Client(config),
      autoScaling: new AutoScalingClient(config),
      iam: new IAMClient(config),
      ssm: new SSMClient(config),
      logs: new CloudWatchLogsClient(config),
    },
    cdk: (...args) => {
      const all = [cdkCommand, ...args, '--no-notices', '--output', join(home, 'cdk.out')];
      const options = { env: cdkEnvironment, cwd: directory, signal, timeout: cdkDeadlineMs, maxBuffer: 2 ** 26 };
      return new Promise((resolve) => {
        execFile(process.execPath, all, options, (error, stdout, stderr) => {
          const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
          resolve({ exitCode, stdout, stderr });
        });
      });
    },
    directrix: (...args) => runDirectrix({ args, env: lab.env, signal }),
    close: async () => {
      // Not with the story's signal: the lab must go, above all when the story was interrupted.
      await askDirectrix({ args: ['lab', 'down', '--lab', lab.id, '--json'], signal: new AbortController().signal });
    },
  };
}

/** What a stack makes, by kind and id, sorted. Instances that are terminated are told by AWS for a while, and are gone. */
export async function takeInventory({ ec2, elb, autoScaling, iam, logs }: Clients): Promise<readonly string[]> {
  const of = (kind: string, ids: readonly (string | undefined)[] = []) => ids.map((id) => `${kind} ${id}`);
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({}));
  const { InternetGateways } = await ec2.send(new DescribeInternetGatewaysCommand({}));
  const { LaunchTemplates } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances).filter(
    ({ State }) => State?.Name !== 'terminated',
  );
  const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({}));
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({}));
  const { Roles } = await iam.send(new ListRolesCommand({}));
  const { InstanceProfiles } = await iam.send(new ListInstanceProfilesCommand({}));
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
  return [
    ...of(
      'VPC',
      Vpcs?.map(({ VpcId }) => VpcId),
    ),
    ...of(
      'subnet',
      Subnets?.map(({ SubnetId }) => SubnetId),
    ),
    ...of(
      'security group',
      SecurityGroups?.map(({ GroupId }) => GroupId),
    ),
    ...of(
      'endpoint',
      VpcEndpoints?.map(({ VpcEndpointId }) => VpcEndpointId),
    ),
    ...of(
      'internet gateway',
      InternetGateways?.map(({ InternetGatewayId }) => InternetGatewayId),
    ),
    ...of(
      'launch template',
      LaunchTemplates?.map(({ LaunchTemplateName }) => LaunchTemplateName),
    ),
    ...of(
      'instance',
      instances.map(({ InstanceId }) => InstanceId),
    ),
    ...of(
      'Auto Scaling group',
      AutoScalingGroups?.map(({ AutoScalingGroupName }) => AutoScalingGroupName),
    ),
    ...of(
      'load balancer',
      LoadBalancers?.map(({ LoadBalancerName }) => LoadBalancerName),
    ),
    ...of(
      'target group',
      TargetGroups?.map(({ TargetGroupName }) => TargetGroupName),
    ),
    ...of(
      'role',
      Roles?.map(({ RoleName }) => RoleName),
    ),
    ...of(
      'instance profile',
      InstanceProfiles?.map(({ InstanceProfileName }) => InstanceProfileName),
    ),
    ...of(
      'log group',
      logGroups?.map(({ logGroupName }) => logGroupName),
    ),
  ].sort();
}
