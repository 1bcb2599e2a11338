import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildNetwork } from '../network.js';
import type { Question, Source } from '../question.js';
import { reach } from '../reach.js';
import { snapshotFromTemplate } from './template-network.js';

// As `cdk synth` writes it: a VPC of two zones, a group behind a load balancer, an endpoint that carries the backend's own group.
const WEB: unknown = JSON.parse(
  readFileSync(new URL('../fixtures/templates/web.template.json', import.meta.url), 'utf8'),
);
const SSM = 'ssm.us-west-2.amazonaws.com';

const to = (from: Source, name: string, port = 443): Question => ({ from, to: { kind: 'name', name }, port });
const asg = (template: unknown, parameters = {}) => {
  const { snapshot, launches } = snapshotFromTemplate(template, { parameters });
  return { network: buildNetwork(snapshot), launch: launches[0]! };
};

test('a synthesised template answers before anything is deployed: the faults of N1', () => {
  const { network, launch } = asg(WEB);
  expect(launch).toEqual({
    kind: 'launch',
    name: 'Asg',
    subnetIds: ['VpcprivateSubnet1', 'VpcprivateSubnet2'],
    securityGroupIds: ['BackendSecurityGroup'],
  });
  const answer = reach(network, to(launch, SSM));
  expect(answer.verdict).toBe('unreachable');
  expect(answer.faults.map((fault) => fault.code)).toEqual([
    'DNS_PRIVATE_DISABLED',
    'ENI_SG_RULES_MISMATCH',
    'SG_SHARED_NO_SELF_RULE',
  ]);
});

test('a parameter decides through a condition', () => {
  const { network, launch } = asg(WEB, { PrivateDns: 'yes' });
  expect(reach(network, to(launch, SSM)).faults.map((fault) => fault.code)).toEqual([
    'ENI_SG_RULES_MISMATCH',
    'SG_SHARED_NO_SELF_RULE',
  ]);
});

test('an instance in the public subnet goes out through the internet gateway', () => {
  const { network } = asg(WEB);
  expect(reach(network, to({ kind: 'instance', instanceId: 'Builder' }, SSM)).verdict).toBe('reachable');
});

test("the load balancer's interfaces reach the backend's port", () => {
  const { snapshot } = snapshotFromTemplate(WEB);
  const network = buildNetwork({
    ...snapshot,
    networkInterfaces: [
      ...snapshot.networkInterfaces!,
      {
        NetworkInterfaceId: 'web',
        SubnetId: 'VpcprivateSubnet1',
        VpcId: 'Vpc8378EB38',
        Groups: [{ GroupId: 'BackendSecurityGroup' }],
      },
    ],
  });
  const ask = (port: number) =>
    reach(network, {
      from: { kind: 'networkInterface', networkInterfaceId: 'Alb.VpcpublicSubnet1' },
      to: { kind: 'networkInterface', networkInterfaceId: 'web' },
      port,
    });
  expect(ask(8888).verdict).toBe('reachable');
  expect(ask(80).faults.map((fault) => fault.code)).toEqual(['ENI_SG_RULES_MISMATCH', 'ENI_SG_RULES_MISMATCH']);
});

test('Fn::Cidr and Fn::GetAZs are worked out without an account', () => {
  const { snapshot } = snapshotFromTemplate(WEB, { region: 'eu-west-1' });
  expect(snapshot.subnets?.map((subnet) => [subnet.CidrBlock, subnet.AvailabilityZone])).toContainEqual([
    '10.0.3.0/24',
    'eu-west-1b',
  ]);
  expect(snapshot.vpcEndpoints?.map((endpoint) => endpoint.ServiceName)).toEqual([
    'com.amazonaws.eu-west-1.ssm',
    'com.amazonaws.eu-west-1.s3',
  ]);
});

// ---- what cannot be resolved

const small = (resources: object, rest: object = {}) => ({
  ...rest,
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true } },
    A: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.1.0/24' } },
    B: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.2.0/24' } },
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Vpc' } } },
    Open: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { VpcId: { Ref: 'Vpc' }, SecurityGroupIngress: [{ IpProtocol: -1, CidrIp: '0.0.0.0/0' }] },
    },
    Client: {
      Type: 'AWS::EC2::Instance',
      Properties: { SubnetId: { Ref: 'A' }, SecurityGroupIds: [{ 'Fn::GetAtt': 'Group.GroupId' }] },
    },
    Server: {
      Type: 'AWS::EC2::Instance',
      Properties: { SubnetId: { Ref: 'B' }, SecurityGroupIds: [{ 'Fn::GetAtt': ['Open', 'GroupId'] }] },
    },
    ...resources,
  },
});
const between = (template: unknown) => {
  const { snapshot, unresolved } = snapshotFromTemplate(template);
  const question: Question = {
    from: { kind: 'instance', instanceId: 'Client' },
    to: { kind: 'instance', instanceId: 'Server' },
    port: 443,
  };
  return { ...reach(buildNetwork(snapshot), question), unresolved };
};
const group = (properties: object) => ({
  Type: 'AWS::EC2::SecurityGroup',
  Properties: { VpcId: { Ref: 'Vpc' }, ...properties },
});
const IMPORT = { 'Fn::ImportValue': 'shared' };
const acl = (...entries: readonly object[]) => ({
  Acl: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: { Ref: 'Vpc' } } },
  AclOfA: {
    Type: 'AWS::EC2::SubnetNetworkAclAssociation',
    Properties: { SubnetId: { Ref: 'A' }, NetworkAclId: { Ref: 'Acl' } },
  },
  ...Object.fromEntries(
    entries.map((entry, at) => [
      `Entry${at}`,
      { Type: 'AWS::EC2::NetworkAclEntry', Properties: { NetworkAclId: { Ref: 'Acl' }, ...entry } },
    ]),
  ),
});
const ALLOW = { RuleNumber: 100, Protocol: -1, RuleAction: 'allow', CidrBlock: '0.0.0.0/0' };

test.each<[string, object, string]>([
  ['a new group lets everything out', {}, 'reachable'],
  ['unless SecurityGroupEgress is given', { Group: group({ SecurityGroupEgress: [] }) }, 'unreachable'],
  ['a group lets nothing in', { Open: group({}) }, 'unreachable'],
  [
    'a rule that stands alone',
    {
      Open: group({}),
      Rule: {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Properties: {
          GroupId: { 'Fn::GetAtt': ['Open', 'GroupId'] },
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: '443',
          SourceSecurityGroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] },
        },
      },
    },
    'reachable',
  ],
  [
    'a rule for an imported range is unknown',
    { Open: group({ SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: IMPORT }] }) },
    'unknown',
  ],
  [
    'a rule for an imported group is unknown',
    {
      Open: group({
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, SourceSecurityGroupId: IMPORT }],
      }),
    },
    'unknown',
  ],
  [
    'but not for another port',
    { Open: group({ SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: IMPORT }] }) },
    'unreachable',
  ],
  [
    'an imported group on the interface is unknown',
    { Client: { Type: 'AWS::EC2::Instance', Properties: { SubnetId: { Ref: 'A' }, SecurityGroupIds: [IMPORT] } } },
    'unknown',
  ],
  [
    'rules behind an unknown condition are unknown',
    {
      Open: group({ SecurityGroupIngress: { 'Fn::If': ['Elsewhere', [{ IpProtocol: -1, CidrIp: '0.0.0.0/0' }], []] } }),
    },
    'unknown',
  ],
  [
    'a rule whose condition cannot be told is unknown',
    {
      Open: group({}),
      Rule: {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Condition: 'Elsewhere',
        Properties: { GroupId: { 'Fn::GetAtt': ['Open', 'GroupId'] }, IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
      },
    },
    'unknown',
  ],
  ['an ACL of the template', acl(ALLOW, { ...ALLOW, Egress: true }), 'reachable'],
  ['an ACL without entries denies', acl(), 'unreachable'],
  [
    'an entry with an imported range is unknown',
    acl({ ...ALLOW, CidrBlock: IMPORT }, { ...ALLOW, Egress: true }),
    'unknown',
  ],
  [
    'an ACL that is elsewhere is unknown',
    {
      AclOfA: {
        Type: 'AWS::EC2::SubnetNetworkAclAssociation',
        Properties: { SubnetId: { Ref: 'A' }, NetworkAclId: 'acl-0123' },
      },
    },
    'unknown',
  ],
  [
    'a route table that is elsewhere is unknown',
    {
      TableOfA: {
        Type: 'AWS::EC2::SubnetRouteTableAssociation',
        Properties: { SubnetId: { Ref: 'A' }, RouteTableId: 'rtb-0123' },
      },
    },
    'unknown',
  ],
  [
    'a resource whose condition is false is not there',
    { Open: { ...group({ SecurityGroupIngress: [{ IpProtocol: -1, CidrIp: '0.0.0.0/0' }] }), Condition: 'Never' } },
    'unknown',
  ],
])('%s', (_, resources, verdict) => {
  const template = small(resources, {
    Conditions: { Elsewhere: { 'Fn::Equals': [IMPORT, 'yes'] }, Never: { 'Fn::Equals': ['a', 'b'] } },
  });
  expect(between(template).verdict).toBe(verdict);
});

test('what could not be resolved is named', () => {
  const open = group({ SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: IMPORT }] });
  expect(between(small({ Open: open })).unresolved).toEqual(['Fn::ImportValue shared']);
});

test('a subnet in a VPC that is elsewhere is unknown', () => {
  const { snapshot } = snapshotFromTemplate({
    Resources: {
      Web: { Type: 'AWS::EC2::Instance', Properties: { SubnetId: 'subnet-0123', SecurityGroupIds: ['sg-0123'] } },
    },
  });
  expect(reach(buildNetwork(snapshot), to({ kind: 'instance', instanceId: 'Web' }, SSM)).verdict).toBe('unknown');
});

test("CloudFormation's defaults: an endpoint is a gateway, private DNS is off, and the default group refuses others", () => {
  const endpoint = (properties: object) => ({
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: { VpcId: { Ref: 'Vpc' }, ServiceName: 'com.amazonaws.us-west-2.ssm', ...properties },
    },
  });
  const codes = (properties: object) => {
    const { snapshot } = snapshotFromTemplate(small(endpoint(properties)));
    return reach(buildNetwork(snapshot), to({ kind: 'instance', instanceId: 'Client' }, SSM)).faults.map(
      (fault) => fault.code,
    );
  };
  expect(codes({})).toEqual(['ENDPOINT_WRONG_TYPE']);
  expect(codes({ VpcEndpointType: 'Interface', SubnetIds: [{ Ref: 'A' }] })).toEqual([
    'DNS_PRIVATE_DISABLED',
    'ENI_SG_RULES_MISMATCH',
  ]);
  expect(
    codes({
      VpcEndpointType: 'Interface',
      SubnetIds: [{ Ref: 'A' }],
      PrivateDnsEnabled: 'true',
      SecurityGroupIds: [{ Ref: 'Open' }],
    }),
  ).toEqual([]);
});

test('a launch template that no group has is a launch of its own: in its subnet, else in the public ones of its VPC', () => {
  const template = (data: object, more: object = {}) => ({
    ...more,
    Builder: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateName: 'packer', LaunchTemplateData: data },
    },
    Public: {
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.9.0/24', MapPublicIpOnLaunch: true },
    },
  });
  const group = (named: object) => ({
    Web: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: { LaunchTemplate: named, VPCZoneIdentifier: [{ Ref: 'A' }] },
    },
  });
  const launches = (resources: object) => snapshotFromTemplate(small(resources)).launches;
  const own = {
    NetworkInterfaces: [{ SubnetId: { Ref: 'A' }, Groups: [{ Ref: 'Open' }], AssociatePublicIpAddress: true }],
  };
  const builder = { kind: 'launch', name: 'Builder', securityGroupIds: ['Open'] };
  expect(launches(template(own))).toEqual([{ ...builder, subnetIds: ['A'], associatePublicIpAddress: true }]);
  expect(launches(template({ SecurityGroupIds: [{ Ref: 'Open' }] }))).toEqual([{ ...builder, subnetIds: ['Public'] }]);
  // Nobody can say where it would be launched.
  expect(launches(template({ SecurityGroupIds: ['sg-0123'] }))).toEqual([]);
  for (const named of [{ LaunchTemplateId: { Ref: 'Builder' } }, { LaunchTemplateName: 'packer' }])
    expect(launches(template(own, group(named))).map((one) => one.kind === 'launch' && one.name)).toEqual(['Web']);
});

test('a rule beside a group takes away that it lets everything out, as one inside does', () => {
  const groups = (more: object) => snapshotFromTemplate(small(more)).snapshot.securityGroups ?? [];
  const egress = (more: object) => groups(more).find(({ GroupId }) => GroupId === 'Own')?.IpPermissionsEgress;
  const Own = { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Vpc' } } };
  const rule = { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, DestinationSecurityGroupId: { Ref: 'Open' } };
  const Rule = {
    Type: 'AWS::EC2::SecurityGroupEgress',
    Properties: { GroupId: { 'Fn::GetAtt': ['Own', 'GroupId'] }, ...rule },
  };
  const toOpen = { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, UserIdGroupPairs: [{ GroupId: 'Open' }] };
  expect(egress({ Own })).toEqual([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
  expect(egress({ Own, Rule })).toEqual([toOpen]);
  const everything = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };
  const inline = { ...Own, Properties: { ...Own.Properties, SecurityGroupEgress: [everything] } };
  expect(egress({ Own: inline, Rule })).toHaveLength(2);
});

test('what is no template is refused', () => {
  expect(() => snapshotFromTemplate({ hello: 'world' })).toThrow(
    new TypeError('This is no CloudFormation template: it has no Resources.'),
  );
});
