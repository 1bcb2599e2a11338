// The fixes that preflight prints are AWS CLI calls: typed as they are printed, with the unmodified AWS CLI, they mend everything.
// AWS_CLI names another `aws` than the one on the PATH.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SuspendProcessesCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcAttributeCommand,
  ModifyVpcEndpointCommand,
  ReplaceNetworkAclAssociationCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { type AwsClients, createAwsClients } from '@directrix/aws';
import type { Finding } from '@directrix/preflight';
import { type Io, runProgram, type World } from 'directrix';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from '../../examples/hyperbola/src/scenario.js';
import { type RealLab, startRealLab } from './tools/real-lab.js';

const run = promisify(execFile);
const AWS = process.env.AWS_CLI ?? 'aws';

let real: RealLab;
let clients: AwsClients;

function createClients(): AwsClients {
  return createAwsClients({
    version: '0.0.0',
    region: 'us-west-2',
    endpoint: real.endpoint.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

beforeAll(async () => {
  real = await startRealLab();
  clients = createClients();
  const env = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  await prepare({ variant: 'N1', endpoint: real.endpoint.url, env });
  await breakEverything();
});
afterAll(async () => {
  clients.destroy();
  await real.close();
});

// One fault of each kind that a call can mend, on top of the three of N1.
async function breakEverything(): Promise<void> {
  const { ec2, elbv2, autoScaling, iam } = clients;
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}));
  const ssm = VpcEndpoints.find(({ ServiceName }) => ServiceName?.endsWith('.ssm'))!;
  const PolicyDocument = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}';
  await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: ssm.VpcEndpointId, PolicyDocument }));
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: ssm.VpcId, EnableDnsHostnames: { Value: false } }));
  await closePrivateSubnets(ssm.VpcId!, ssm.SubnetIds!);
  const { TargetGroups = [] } = await elbv2.send(new DescribeTargetGroupsCommand({}));
  const { TargetGroupArn } = TargetGroups[0]!;
  await elbv2.send(new ModifyTargetGroupCommand({ TargetGroupArn, Matcher: { HttpCode: '200-499' } }));
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }];
  await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'hyperbola-backend',
      PolicyName: 'read-settings',
      PolicyDocument: '{"Statement":[{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"*"}]}',
    }),
  );
  const AutoScalingGroupName = 'web';
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MaxSize: 3, HealthCheckGracePeriod: 1 }),
  );
  await autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }));
}

/** Only what the load balancer sends comes in, and nothing goes out. */
async function closePrivateSubnets(VpcId: string, subnetIds: readonly string[]): Promise<void> {
  const { ec2 } = clients;
  const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId }));
  const NetworkAclId = NetworkAcl!.NetworkAclId!;
  const all = { NetworkAclId, RuleNumber: 100, CidrBlock: '0.0.0.0/0', Protocol: '-1', RuleAction: 'allow' as const };
  await ec2.send(new CreateNetworkAclEntryCommand({ ...all, Egress: false }));
  const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
  for (const association of NetworkAcls.flatMap(({ Associations = [] }) => Associations))
    if (subnetIds.includes(association.SubnetId!))
      await ec2.send(
        new ReplaceNetworkAclAssociationCommand({ AssociationId: association.NetworkAclAssociationId, NetworkAclId }),
      );
}

async function preflight(): Promise<readonly Finding[]> {
  let stdout = '';
  const silent = { write: () => undefined, isTTY: false, columns: 80 };
  const io: Io = {
    stdout: {
      ...silent,
      write: (text) => {
        stdout += text;
      },
    },
    stderr: silent,
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  };
  const world = {
    clients: createClients(),
    clock: { now: () => Date.now() },
    holder: { id: 'laptop-1', name: 'user@laptop', pid: 1 },
    isProcessGone: () => false,
  } as unknown as World;
  await runProgram(['preflight', '--group', 'web', '--version', '0.149.2', '--json'], io, world);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.filter(({ severity }) => severity !== 'note');
}

// MaxSize leaves no headroom here: a note, since a rollout lends itself what it needs.
test('every call that is printed is accepted, and afterwards nothing is wrong any more', async () => {
  const before = await preflight();
  const codes = new Set(before.map(({ code }) => code));
  for (const code of [
    'DNS_PRIVATE_DISABLED',
    'DNS_VPC_ATTRIBUTES',
    'SG_SHARED_NO_SELF_RULE',
    'POLICY_ENDPOINT',
    'SUBNET_ACL_RESTRICTION',
    'POLICY_IAM_PATH',
    'PROCESS_SUSPENDED',
    'HEALTH_CHECK_ACCEPTS_ERRORS',
    'HEALTH_CHECK_GRACE',
    'DEREGISTRATION_DELAY_ZERO',
    'BYSTANDER_BROKEN',
  ])
    expect(codes).toContain(code);
  const commands = [...new Set(before.flatMap(({ fix }) => fix?.commands ?? []))];
  // As a person types it, but that older CLIs do not read AWS_ENDPOINT_URL.
  for (const command of commands)
    await run('sh', ['-c', `aws() { command ${AWS} --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }; ${command}`], {
      env: { ...real.environment },
    });
  const after = await preflight();
  expect(after.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
});
