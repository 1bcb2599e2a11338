import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
  RegisterImageCommand,
  RevokeSecurityGroupEgressCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it } from 'vitest';
import { createLabState } from './control-plane/state.js';
import { createLab } from './lab.js';
import {
  createTestSite,
  ENDPOINT_ADDRESSES,
  fixture,
  type TestSite,
  type TestSiteOptions,
  until,
} from './machines/process/test-site.js';
import { lookUpPublicName } from './network/public-internet.js';
import { createProcessDataPlane } from './process-data-plane.js';
import { createScaledClock } from './scaled-clock.js';

const close: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of close.splice(0)) await end();
});

function open(options: TestSiteOptions = {}): TestSite {
  const site = createTestSite(options);
  close.push(() => site.close());
  return site;
}

async function askForParameters(at: TestSite): Promise<unknown> {
  const instanceId = at.boot([{ name: 'app', command: ['node', fixture('ssm-client.mjs')] }]);
  const [, result = ''] = await at.untilConsole(instanceId, /RESULT (.*)\n/);
  return JSON.parse(result);
}

// What an application sees is the table "What the client sees" of the reference, row by row.
describe('an SDK client that is configured with nothing but its region', () => {
  it('reads parameters through the endpoint, with the credentials of its instance', async () => {
    const here = open();
    expect(await askForParameters(here)).toEqual({ names: ['/app/production/KEY'] });
    const [arrival] = here.requests;
    expect(arrival?.route).toMatchObject({ kind: 'vpcEndpoint', vpcEndpointId: 'vpce-00000000000000001' });
    expect(arrival?.request.headers.host).toBe('ssm.us-west-2.amazonaws.com');
    expect(arrival?.request.headers.authorization).toContain('Credential=ASIATEST/');
    expect(arrival?.request.headers['x-amz-security-token']).toBe('a-token');
  });

  it('reads them by the public address, when the name is public and the routes lead there', async () => {
    const here = open({ network: { resolve: () => ({ kind: 'public' }) } });
    expect(await askForParameters(here)).toEqual({ names: ['/app/production/KEY'] });
    expect(here.requests[0]?.route).toMatchObject({ kind: 'public' });
  });

  it('waits out the kernel three times when the network drops it, and names every address', async () => {
    const here = open({ speed: 400, network: { passes: () => false } });
    const startedAt = here.controlPlane.clock.now();
    expect(await askForParameters(here)).toEqual({
      type: 'AggregateError',
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
      message: '',
      addresses: ENDPOINT_ADDRESSES,
    });
    expect(here.controlPlane.clock.now() - startedAt).toBeGreaterThanOrEqual(405_000);
  });

  it('names the public address when private DNS is off and nothing leads there', async () => {
    const here = open({ speed: 400, network: { passes: () => false, resolve: () => ({ kind: 'public' }) } });
    expect(await askForParameters(here)).toEqual({
      type: 'Error',
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
      message: expect.stringMatching(/^connect ETIMEDOUT 52\.94\.\d+\.\d+:443$/),
    });
  });

  it.each([
    ['the VPC has no resolver', { kind: 'refused', by: 'vpc-1: enableDnsSupport is false' } as const],
    ['the name does not exist', { kind: 'notFound', by: 'a hosted zone' } as const],
  ])('finds no address when %s', async (_what, resolution) => {
    const here = open({ network: { resolve: () => resolution } });
    expect(await askForParameters(here)).toMatchObject({
      name: 'Error',
      code: 'ENOTFOUND',
      message: 'getaddrinfo ENOTFOUND ssm.us-west-2.amazonaws.com',
    });
  });

  it('does not take one service for another: the certificate is of the address that was called', async () => {
    const addresses = lookUpPublicName(createLabState(), 'sts.us-west-2.amazonaws.com') ?? [];
    const here = open({ network: { resolve: () => ({ kind: 'private', addresses, by: 'a hosted zone' }) } });
    expect(await askForParameters(here)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(here.requests).toEqual([]);
  });
});

describe('with the whole lab behind it, the same client', () => {
  it('reads what its role and the endpoint’s policy let it read', async () => {
    const account = await openAccount();
    expect(await account.runClient()).toEqual({ names: ['/app/production/KEY'] });
  });

  it('is refused by the endpoint’s policy, not dropped', async () => {
    const statement = { Effect: 'Allow', Principal: '*', Action: 'ssm:PutParameter', Resource: '*' };
    const account = await openAccount({ endpointPolicy: statement });
    expect(await account.runClient()).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('no VPC endpoint policy allows'),
    });
  });

  it('times out when its security group lets nothing out', async () => {
    const account = await openAccount();
    const anywhere = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await account.ec2.send(
      new RevokeSecurityGroupEgressCommand({ GroupId: account.clientGroup, IpPermissions: anywhere }),
    );
    expect(await account.runClient()).toMatchObject({ code: 'ETIMEDOUT', message: expect.stringContaining('10.0.1.') });
  });
});

/** An account with a VPC, an interface endpoint for SSM, an image of the client and a role for it. */
async function openAccount({ endpointPolicy }: { readonly endpointPolicy?: object } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'dx-'));
  const lab = createLab({
    clock: createScaledClock({ speed: 400 }),
    dataPlane: createProcessDataPlane({ runDirectory: join(root, 'run') }),
  });
  close.push(async () => {
    await lab.close();
    rmSync(root, { recursive: true, force: true });
  });
  const services = [{ name: 'app', command: ['node', fixture('ssm-client.mjs')] }];
  writeFileSync(join(root, 'instance.json'), JSON.stringify({ services }));
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const config = { region: 'us-west-2', requestHandler: lab.requestHandler, credentials };
  const ec2 = new EC2Client(config);
  const network = await buildAccountNetwork(ec2, endpointPolicy);
  await putRole(new IAMClient(config));
  const parameter = { Name: '/app/production/KEY', Value: 'v', Type: 'String' } as const;
  await new SSMClient(config).send(new PutParameterCommand(parameter));
  const { ImageId } = await ec2.send(new RegisterImageCommand({ Name: 'client', ImageLocation: root }));
  await until(
    () => [...lab.state.ec2.vpcEndpoints.values()].find(({ State }) => String(State).toLowerCase() === 'available'),
    () => 'an available endpoint',
  );

  async function runClient(): Promise<unknown> {
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: network.subnetId,
        SecurityGroupIds: [network.clientGroup],
        IamInstanceProfile: { Name: 'app' },
      }),
    );
    const instance = lab.state.ec2.instances.get(Instances?.[0]?.InstanceId ?? '');
    const [, text = ''] = await until(
      () => /RESULT (.*)\n/.exec(instance?.console ?? '') ?? undefined,
      () => `a result in the console:\n${instance?.console}`,
    );
    return JSON.parse(text);
  }

  return { ec2, runClient, clientGroup: network.clientGroup };
}

async function buildAccountNetwork(ec2: EC2Client, endpointPolicy: object | undefined) {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }));
  const group = async (GroupName: string): Promise<string> => {
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName, Description: GroupName }),
    );
    return GroupId;
  };
  const [clientGroup, endpointGroup] = [await group('client'), await group('endpoint')];
  const fromClient = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: clientGroup }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: endpointGroup, IpPermissions: [fromClient] }));
  const subnetId = Subnet?.SubnetId ?? '';
  await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.us-west-2.ssm',
      SubnetIds: [subnetId],
      SecurityGroupIds: [endpointGroup],
      PrivateDnsEnabled: true,
      PolicyDocument: endpointPolicy && JSON.stringify({ Version: '2012-10-17', Statement: [endpointPolicy] }),
    }),
  );
  return { clientGroup, subnetId };
}

async function putRole(iam: IAMClient): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const read = { Effect: 'Allow', Action: 'ssm:GetParametersByPath', Resource: '*' };
  const toDocument = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: toDocument(trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'read', PolicyDocument: toDocument(read) }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'app' }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'app', RoleName: 'app' }));
}
