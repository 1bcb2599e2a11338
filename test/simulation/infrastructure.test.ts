// The networks of the story as updates of one stack, and what preflight, reach and deploy say between them; then changes by hand.
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Finding } from '@directrix/preflight';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type NetworkName, SiteStack } from '../../examples/hyperbola/infrastructure/src/site-stack.js';
import { Site } from './site.js';
import { openStacks, type Stacks, synthesize } from './stacks.js';

// The first synthesis loads aws-cdk-lib: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let site: Site;
let stacks: Stacks;
let image: string;
const templates = new Map<NetworkName, string>();
const secrets = ['SECRET_KEY', 'DATABASE_URL', 'CONTACT_ADDRESS'];

beforeAll(async () => {
  site = await Site.createEmpty();
  stacks = openStacks(site);
  for (const name of secrets)
    await site.run(
      site.clients.ssm.send(
        new PutParameterCommand({ Name: `/app/production/${name}`, Value: 'x', Type: 'SecureString' }),
      ),
    );
  const tags = { 'directrix:logs': '/hyperbola/web' };
  image = await site.registerRelease('0.149.1', { bootMs: 5_000 }, { ...tags, 'directrix:secrets': 'none' });
  const read = { 'directrix:secrets': '/app/production/', 'directrix:secret-names': secrets.join(' ') };
  await site.registerRelease('0.149.2', { bootMs: 5_000 }, { ...tags, ...read });
  await site.registerRelease('0.149.4', { bootMs: 6_000 }, { ...tags, ...read });
  for (const network of ['N1', 'N2', 'N3', 'N5'] as const)
    templates.set(
      network,
      synthesize((scope, props) => new SiteStack(scope, 'hyperbola', { ...props, network, image })),
    );
});

afterAll(async () => {
  await site.close();
});

async function preflight(version: string) {
  const { exitCode, stdout } = await site.directrix(['preflight', '--group', 'web', '--version', version, '--json']);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  const told = findings.filter(({ severity }) => severity !== 'note');
  return { exitCode, findings: told.map(({ severity, code, subject }) => `${severity} ${code} ${subject}`) };
}

const builderReaches = async () =>
  (await site.directrix(['reach', '--from', 'lt:packer-builder', '--to', 'ssm:443', '--json'])).exitCode;

/** The networks do not have a way to CloudWatch Logs before N5. */
const logs = ['warning LOGS_UNREACHABLE web to CloudWatch Logs'];

test.each([
  {
    network: 'N1',
    why: 'three faults at once',
    findings: [
      'error DNS_PRIVATE_DISABLED web to Parameter Store',
      'error ENI_SG_RULES_MISMATCH web to Parameter Store',
      'error SG_SHARED_NO_SELF_RULE web to Parameter Store',
      'warning BYSTANDER_BROKEN builder packer-builder to Parameter Store',
      ...logs,
    ],
    deploys: 2,
    builder: 0,
  },
  {
    network: 'N2',
    why: 'private DNS is still off',
    findings: [
      'error DNS_PRIVATE_DISABLED web to Parameter Store',
      'warning BYSTANDER_BROKEN builder packer-builder to Parameter Store',
      ...logs,
    ],
    deploys: 2,
    builder: 0,
  },
  {
    network: 'N3',
    why: 'the group gets through, and the builder does not any more',
    findings: ['warning ENI_SG_RULES_MISMATCH builder packer-builder to Parameter Store', ...logs],
    deploys: 0,
    builder: 2,
  },
  { network: 'N5', why: 'all pass', version: '0.149.4', findings: [], deploys: 0, builder: 0 },
] as const)('$network as an update of the stack: $why', async (chapter) => {
  const { network, findings, deploys, builder } = chapter;
  const version = ('version' in chapter ? chapter.version : undefined) ?? '0.149.2';
  const isFirst = network === 'N1';
  const done = await (isFirst ? stacks.create : stacks.update)('hyperbola', templates.get(network)!);
  expect(await stacks.failures('hyperbola')).toEqual([]);
  expect(done).toMatchObject({ StackStatus: isFirst ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE' });
  await site.advance(60_000);

  expect(await preflight(version)).toEqual({ exitCode: deploys, findings });
  const versions = await site.serving();
  const deployed = await site.deploy(version);
  expect(deployed.exitCode, deployed.stderr).toBe(deploys);
  expect(await site.serving()).toEqual(deploys === 0 ? Array(3).fill(version) : versions);
  expect(await builderReaches()).toBe(builder);
});

test('the stack does not see what the rollouts have changed, and an update leaves it alone', async () => {
  await expect(stacks.update('hyperbola', templates.get('N5')!)).rejects.toMatchObject({
    message: 'No updates are to be performed.',
  });
  const { TemplateBody } = await site.run(stacks.client.send(new GetTemplateCommand({ StackName: 'hyperbola' })));
  expect(JSON.parse(TemplateBody!)).toEqual(JSON.parse(templates.get('N5')!));
});

describe('what is changed by hand after the stack was deployed', () => {
  const endpoint = async () => {
    const { VpcEndpoints = [] } = await site.run(site.clients.ec2.send(new DescribeVpcEndpointsCommand({})));
    return VpcEndpoints.find(({ ServiceName }) => ServiceName?.endsWith('.ssm'))!;
  };
  const groupCalled = (name: string) =>
    [...site.lab.state.ec2.securityGroups.values()].find(({ GroupName }) => GroupName?.includes(name))!;
  const modify = async (change: object) => {
    const { VpcEndpointId } = await endpoint();
    await site.run(site.clients.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, ...change })));
    await site.advance(300_000);
  };
  const revokeEgress = async () => {
    const { GroupId } = groupCalled('BackendGroup');
    const UserIdGroupPairs = [{ GroupId: groupCalled('ManagementSecurityGroup').GroupId }];
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs }];
    await site.run(site.clients.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions })));
  };
  const narrowSubnet = async () => {
    const { SubnetIds = [] } = await endpoint();
    await modify({ RemoveSubnetIds: [SubnetIds[0]] });
  };

  // In this order: each leaves its fault, and the next one is found beside it.
  test.each([
    ['a subnet taken from the endpoint leaves a way in the other zone', narrowSubnet, [], 0],
    ['private DNS switched off', () => modify({ PrivateDnsEnabled: false }), ['DNS_PRIVATE_DISABLED'], 2],
    ['a rule revoked', revokeEgress, ['DNS_PRIVATE_DISABLED', 'ENI_SG_RULES_MISMATCH'], 2],
  ] as const)('%s: preflight tells, the stack does not', async (_what, change, codes, exitCode) => {
    await change();
    const found = await preflight('0.149.2');
    const errors = found.findings.filter((one) => one.startsWith('error')).map((one) => one.split(' ')[1]);
    expect({ exitCode: found.exitCode, errors }).toEqual({ exitCode, errors: codes });
    // As on AWS: CloudFormation compares with the template that it has, and not with what is there.
    await expect(stacks.update('hyperbola', templates.get('N5')!)).rejects.toMatchObject({
      message: 'No updates are to be performed.',
    });
  });
});
