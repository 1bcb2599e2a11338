// What a template leaves open is neither a fault nor a pass.
import { expect, test } from 'vitest';
import type { Finding } from '../finding.js';
import { deriveIntent, runPreflight } from '../index.js';
import { preflightSnapshotFromTemplate } from './template-snapshot.js';

const anywhere = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

/** A site that can be rolled out. */
const healthy = {
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    SubnetA: {
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1a' },
    },
    SubnetB: {
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.2.0/24', AvailabilityZone: 'us-east-1b' },
    },
    BalancerGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        GroupDescription: 'balancer',
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' }],
        SecurityGroupEgress: [anywhere],
      },
    },
    WebGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        GroupDescription: 'web',
        SecurityGroupIngress: [
          {
            IpProtocol: 'tcp',
            FromPort: 80,
            ToPort: 80,
            SourceSecurityGroupId: { 'Fn::GetAtt': ['BalancerGroup', 'GroupId'] },
          },
        ],
        SecurityGroupEgress: [anywhere],
      },
    },
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: {
        Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }],
        SecurityGroups: [{ 'Fn::GetAtt': ['BalancerGroup', 'GroupId'] }],
      },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: { Ref: 'Balancer' },
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Targets' } }],
      },
    },
    Targets: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: { VpcId: { Ref: 'Vpc' }, Port: 80, Protocol: 'HTTP', HealthCheckPath: '/health' },
    },
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateData: {
          ImageId: 'ami-0123456789abcdef0',
          InstanceType: 't3.micro',
          SecurityGroupIds: [{ 'Fn::GetAtt': ['WebGroup', 'GroupId'] }],
        },
      },
    },
    Web: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        MinSize: '2',
        MaxSize: '4',
        HealthCheckType: 'ELB',
        HealthCheckGracePeriod: 120,
        LaunchTemplate: {
          LaunchTemplateId: { Ref: 'Template' },
          Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
        },
        TargetGroupARNs: [{ Ref: 'Targets' }],
        VPCZoneIdentifier: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }],
      },
    },
  },
};

type Path = readonly (string | number)[];

/** Where the template names another resource of its own, and the lists of such names. */
function referencesOf(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value))
    return [
      ...(value.some(isReference) ? [path] : []),
      ...value.flatMap((item, index) => referencesOf(item, [...path, index])),
    ];
  if (typeof value !== 'object' || value === null) return [];
  if (isReference(value)) return [path];
  return Object.entries(value).flatMap(([key, item]) => referencesOf(item, [...path, key]));
}

function isReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('Ref' in value || 'Fn::GetAtt' in value);
}

function replace(value: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (index === first ? replace(item, rest, by) : item));
  const object = value as Record<string, unknown>;
  return { ...object, [first]: replace(object[first], rest, by) };
}

function check(template: unknown): readonly Finding[] {
  const snapshot = preflightSnapshotFromTemplate(template, { groupId: 'Web', region: 'us-east-1', at: 0 });
  if (snapshot === undefined) throw new Error('the template has no group');
  return runPreflight(snapshot, deriveIntent(snapshot, { isMaxSizeLent: true }));
}

const isError = ({ severity }: Finding) => severity === 'error';
const paths = referencesOf(healthy);

/** Where the answer to 'does the load balancer reach a new instance' hangs on what is named. */
const decides =
  /^(Subnet[AB]\.Properties\.VpcId|Balancer\.Properties\.|Listener\.|Web\.Properties\.(TargetGroupARNs|VPCZone)|Template\.|WebGroup\.Properties\.SecurityGroupIngress)/;

test('the template of these tests has nothing to find', () => {
  expect(check(healthy).filter(({ severity }) => severity !== 'note')).toEqual([]);
  expect(paths.length).toBeGreaterThan(15);
});

for (const open of [{ 'Fn::ImportValue': 'other-stack' }, { 'Fn::Split': [',', { 'Fn::ImportValue': 'other-stack' }] }])
  test.each(paths.map((path) => [path.slice(1).join('.'), path] as const))(
    `%s, of another stack (${Object.keys(open)[0]}), is no error`,
    (_, path) => {
      const found = check(replace(healthy, path, open));
      expect(found.filter(isError).map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
      if (decides.test(path.slice(1).join('.'))) expect(found.map(({ code }) => code)).toContain('NETWORK_NOT_DECIDED');
    },
  );

test('a network load balancer, subnet mappings and traffic sources are read as what they are', () => {
  const { Subnets, ...balancer } = healthy.Resources.Balancer.Properties;
  const { TargetGroupARNs, ...web } = healthy.Resources.Web.Properties;
  const other = {
    Resources: {
      ...healthy.Resources,
      Balancer: {
        ...healthy.Resources.Balancer,
        Properties: { ...balancer, SubnetMappings: Subnets.map((SubnetId) => ({ SubnetId })) },
      },
      Web: {
        ...healthy.Resources.Web,
        Properties: { ...web, TrafficSources: TargetGroupARNs.map((Identifier) => ({ Identifier, Type: 'elbv2' })) },
      },
    },
  };
  expect(check(other).filter(({ severity }) => severity !== 'note')).toEqual([]);
  const closed = replace(other, ['Resources', 'WebGroup', 'Properties', 'SecurityGroupIngress'], []);
  expect(check(closed).filter(isError)).toHaveLength(1);
});
