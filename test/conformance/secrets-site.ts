// For tests: a lab of real processes in one of hyperbola's networks, and an application of one file that loads its secrets as it boots.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateNetworkAclCommand,
  DescribeNetworkAclsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
  ModifyVpcEndpointCommand,
  RegisterImageCommand,
  ReplaceNetworkAclAssociationCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { PutParameterCommand, type PutParameterCommandInput, SSMClient } from '@aws-sdk/client-ssm';
import { createLab, createProcessDataPlane, createScaledClock, type Lab } from '@directrix/lab';
import { buildNetwork } from '../../examples/hyperbola/src/networks/build-network.js';
import type { Network } from '../../examples/hyperbola/src/networks/network.js';

const app = fileURLToPath(new URL('./fixtures/secrets-app.mjs', import.meta.url));
const deadlineMs = 25_000;
const parameterArn = 'arn:aws:ssm:us-west-2:123456789012:parameter/app/production';

/** What the application printed at its end. */
interface AppResult {
  readonly loaded?: readonly string[];
  readonly versions?: Readonly<Record<string, number>>;
  readonly printed?: string;
  readonly code?: string;
  readonly layer?: string;
  readonly message?: string;
}

export interface BootOptions {
  /** For loadSecrets, and `keys` and `isOpen` for its schema. */
  readonly secrets?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly container?: boolean;
  /** Default: a private one. */
  readonly subnet?: string;
  /** Of node, before the application. */
  readonly nodeOptions?: readonly string[];
  /** Whether the instance has a metadata service. */
  readonly metadata?: 'enabled' | 'disabled';
  /** The name of the instance profile: `reader` by default, none with null. */
  readonly profile?: string | null;
}

export interface SecretsSite {
  readonly lab: Lab;
  readonly ssm: SSMClient;
  put(name: string, value: string, input?: Partial<PutParameterCommandInput>): Promise<void>;
  setEndpointPolicy(statement: object): Promise<void>;
  /** What somebody may do to a VPC after its endpoint was made. */
  switchResolverOff(): Promise<void>;
  /** As a network ACL does that lets nothing through. */
  cutOff(subnet: string): Promise<void>;
  /** Boots an instance of these services in a private subnet, and resolves with the first match in its console. */
  bootServices(services: readonly object[], pattern: RegExp, profile?: string): Promise<RegExpExecArray>;
  /** Boots an instance, and returns what its application said, with the whole console. */
  boot(options?: BootOptions): Promise<{ readonly result: AppResult; readonly console: string }>;
  close(): Promise<void>;
}

export async function openSite(network: Network): Promise<SecretsSite> {
  const root = mkdtempSync(join(tmpdir(), 'dx-'));
  const lab = createLab({
    clock: createScaledClock({ speed: 50 }),
    dataPlane: createProcessDataPlane({ runDirectory: join(root, 'run') }),
  });
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const config = { region: 'us-west-2', requestHandler: lab.requestHandler, credentials };
  const ec2 = new EC2Client(config);
  const ssm = new SSMClient(config);
  const built = await buildNetwork(ec2, 'us-west-2', network);
  await putRoles(new IAMClient(config));
  await until(() =>
    [...lab.state.ec2.vpcEndpoints.values()].find(({ State }) => String(State).toLowerCase() === 'available'),
  );
  let count = 0;
  async function launch(
    services: readonly object[],
    profile: string | null,
    HttpEndpoint?: 'enabled' | 'disabled',
    subnet = 'private-a',
  ) {
    count += 1;
    const image = join(root, `image-${count}`);
    mkdirSync(image);
    writeFileSync(join(image, 'instance.json'), JSON.stringify({ services }));
    const { ImageId } = await ec2.send(new RegisterImageCommand({ Name: `app-${count}`, ImageLocation: image }));
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: built.subnetIds[subnet],
        SecurityGroupIds: [built.groupIds.backend!],
        IamInstanceProfile: profile === null ? undefined : { Name: profile },
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint },
      }),
    );
    return lab.state.ec2.instances.get(Instances![0]!.InstanceId!)!;
  }
  return {
    lab,
    ssm,
    async put(name, Value, input) {
      await ssm.send(
        new PutParameterCommand({ Name: `/app/production/${name}`, Value, Type: 'SecureString', ...input }),
      );
    },
    async setEndpointPolicy(statement) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: built.endpointId, PolicyDocument }));
    },
    async switchResolverOff() {
      await ec2.send(new ModifyVpcAttributeCommand({ VpcId: built.vpcId, EnableDnsSupport: { Value: false } }));
    },
    async cutOff(subnet) {
      const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: built.vpcId }));
      const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
      const association = NetworkAcls.flatMap(({ Associations = [] }) => Associations).find(
        ({ SubnetId }) => SubnetId === built.subnetIds[subnet],
      );
      await ec2.send(
        new ReplaceNetworkAclAssociationCommand({
          AssociationId: association!.NetworkAclAssociationId,
          NetworkAclId: NetworkAcl!.NetworkAclId,
        }),
      );
    },
    async bootServices(services, pattern, profile = 'reader') {
      const record = await launch(services, profile);
      return until(
        () => pattern.exec(record.console) ?? undefined,
        () => record.console,
      );
    },
    async boot({
      secrets = {},
      env = {},
      nodeOptions = [],
      container = false,
      subnet,
      metadata,
      profile = 'reader',
    } = {}) {
      const given = { AWS_REGION: 'us-west-2', SECRETS_APP: JSON.stringify(secrets), ...env };
      const service = { name: 'app', command: ['node', ...nodeOptions, app], env: given, container };
      const record = await launch([service], profile, metadata, subnet);
      const [, text] = await until(
        () => /RESULT (.*)\n/.exec(record.console) ?? undefined,
        () => record.console,
      );
      return { result: JSON.parse(text!) as AppResult, console: record.console };
    },
    async close() {
      await lab.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function putRoles(iam: IAMClient): Promise<void> {
  const read = ['ssm:GetParameters', 'ssm:GetParametersByPath'];
  await putRole(iam, 'reader', read);
  await putRole(iam, 'stranger', ['ssm:PutParameter']);
}

async function putRole(iam: IAMClient, name: string, actions: readonly string[]): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const allow = { Effect: 'Allow', Action: actions, Resource: [parameterArn, `${parameterArn}/*`] };
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy(trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'app', PolicyDocument: policy(allow) }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

async function until<Result>(look: () => Result | undefined, describe: () => string = () => ''): Promise<Result> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const result = look();
    if (result !== undefined) return result;
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms:\n${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
