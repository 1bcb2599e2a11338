// Several stacks together: exports and imports, nested stacks, and the directory that `cdk synth` writes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNetwork, reach } from '@directrix/reachability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlannedNetwork } from './planned-network.js';

const cwd = mkdtempSync(join(tmpdir(), 'directrix-stacks-'));
const ref = (Ref: string) => ({ Ref });
const imported = (name: string) => ({ 'Fn::ImportValue': name });
const exported = (value: unknown, name: string) => ({ Value: value, Export: { Name: name } });

const network = {
  Parameters: { Range: { Type: 'String', Default: '10.0.0.0/16' } },
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: ref('Range'), EnableDnsHostnames: true } },
    Subnet: {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        VpcId: ref('Vpc'),
        CidrBlock: { 'Fn::Select': [0, { 'Fn::Cidr': [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, 4, 8] }] },
      },
    },
    EndpointGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16' }],
      },
    },
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: ref('Vpc'),
        VpcEndpointType: 'Interface',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's.
        ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.ssm' },
        SubnetIds: [ref('Subnet')],
        SecurityGroupIds: [ref('EndpointGroup')],
        PrivateDnsEnabled: true,
      },
    },
  },
  Outputs: {
    VpcId: exported(ref('Vpc'), 'network-vpc'),
    SubnetId: exported(ref('Subnet'), 'network-subnet'),
  },
};

/** An application in a VPC and a subnet of somebody else's. */
const application = (vpc: unknown, subnet: unknown) => ({
  Resources: {
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: vpc } },
    Web: { Type: 'AWS::EC2::Instance', Properties: { SubnetId: subnet, SecurityGroupIds: [ref('Group')] } },
  },
});
const importing = application(imported('network-vpc'), imported('network-subnet'));

const parent = {
  Parameters: { Range: { Type: 'String', Default: '10.0.0.0/16' } },
  Resources: {
    // The application is written before what it needs.
    App: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: {
        TemplateURL: './app-nested.json',
        Parameters: {
          VpcId: { 'Fn::GetAtt': ['Net', 'Outputs.VpcId'] },
          SubnetId: { 'Fn::GetAtt': ['Net', 'Outputs.SubnetId'] },
        },
      },
    },
    Net: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: { TemplateURL: 'https://s3.amazonaws.com/bucket/x', Parameters: { Range: ref('Range') } },
      Metadata: { 'aws:asset:path': 'network.json' },
    },
  },
};
const nestedApp = {
  Parameters: { VpcId: { Type: 'AWS::EC2::VPC::Id' }, SubnetId: { Type: 'AWS::EC2::Subnet::Id' } },
  ...application(ref('VpcId'), ref('SubnetId')),
};

const stack = (templateFile: string, region = 'eu-west-1') => ({
  type: 'aws:cloudformation:stack',
  environment: `aws://123456789012/${region}`,
  properties: { templateFile },
});

function write(name: string, json: unknown): void {
  writeFileSync(join(cwd, name), JSON.stringify(json));
}

beforeAll(() => {
  write('network.json', network);
  write('app.json', importing);
  write('parent.json', parent);
  write('app-nested.json', nestedApp);
  for (const directory of ['cdk.out', 'cdk.out/assembly-Stage', 'empty']) mkdirSync(join(cwd, directory));
  write('cdk.out/Net.template.json', network);
  write('cdk.out/assembly-Stage/App.template.json', importing);
  write('cdk.out/Far.template.json', network);
  write('cdk.out/assembly-Stage/manifest.json', { artifacts: { App: stack('App.template.json') } });
  write('cdk.out/manifest.json', {
    artifacts: {
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
      Net: stack('Net.template.json'),
      Far: stack('Far.template.json', 'us-east-1'),
      'assembly-Stage': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } },
    },
  });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function ask(paths: readonly string[], instanceId: string) {
  const { network: snapshot, unresolved } = readPlannedNetwork(cwd, paths, { defaultRegion: 'us-west-2' });
  const name = `ssm.${snapshot.region}.amazonaws.com`;
  const { verdict, unknowns } = reach(buildNetwork(snapshot), {
    from: { kind: 'instance', instanceId },
    to: { kind: 'name', name },
    port: 443,
  });
  return { verdict, unknowns, unresolved, region: snapshot.region };
}

test('a stack alone does not know what it imports', () => {
  const { verdict, unresolved } = ask(['app.json'], 'Web');
  expect(verdict).toBe('unknown');
  expect(unresolved).toEqual(['Fn::ImportValue network-subnet', 'Fn::ImportValue network-vpc']);
});

test('together with the stack that exports it, it does, in any order', () => {
  const known = { verdict: 'reachable', unknowns: [], unresolved: [], region: 'us-west-2' };
  expect(ask(['app.json', 'network.json'], 'app/Web')).toEqual(known);
  expect(ask(['network.json', 'app.json'], 'app/Web')).toEqual(known);
});

test('nested stacks are read from their files, and pass their outputs to each other', () => {
  expect(ask(['parent.json'], 'App/Web')).toMatchObject({ verdict: 'reachable', unresolved: [] });
  const { network: snapshot } = readPlannedNetwork(cwd, ['parent.json'], { parameter: ['Range=10.8.0.0/16'] });
  expect(snapshot.vpcs?.map(({ VpcId, CidrBlock }) => [VpcId, CidrBlock])).toEqual([['Net/Vpc', '10.8.0.0/16']]);
  expect(snapshot.subnets?.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.8.0.0/24']);
});

test('a cdk.out is read whole: stages too, by the region of its stacks; another region is named', () => {
  expect(ask(['cdk.out'], 'App/Web')).toEqual({
    verdict: 'reachable',
    unknowns: [],
    unresolved: ['stack Far is in us-east-1'],
    region: 'eu-west-1',
  });
});

test.each([
  [['empty'], 'is a directory without the manifest.json'],
  [['nowhere.json'], 'cannot be read'],
])('refuses %j', (paths, text) => {
  expect(() => readPlannedNetwork(cwd, paths, {})).toThrow(text);
});
