// A group of three behind a load balancer, whose release reads its secrets through an endpoint: nothing is wrong. Tests say only what
// differs.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { NetworkSnapshot } from '@directrix/reachability';
import type { PreflightIntent } from './intent.js';
import type { PreflightSnapshot, Read, RoleSnapshot, SecretsClient } from './snapshot.js';

export const read = <T>(value: T): Read<T> => ({ kind: 'read', value });
export const unread = (because: string): Read<never> => ({ kind: 'unread', because });

const targetGroupArn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/web/1';
const loadBalancerArn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/web/1';

export const from = (port: number, GroupId: string): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  UserIdGroupPairs: [{ GroupId }],
});

const securityGroups: readonly SecurityGroup[] = [
  group('sg-alb', [], [from(80, 'sg-web'), from(8888, 'sg-web')]),
  group('sg-web', [from(80, 'sg-alb'), from(8888, 'sg-alb')], [from(443, 'sg-endpoint')]),
  group('sg-endpoint', [from(443, 'sg-web'), from(443, 'sg-builder')], []),
  group('sg-builder', [], [from(443, 'sg-endpoint')]),
];

function group(GroupId: string, IpPermissions: IpPermission[], IpPermissionsEgress: IpPermission[]): SecurityGroup {
  return { GroupId, GroupName: GroupId, VpcId: 'vpc-1', IpPermissions, IpPermissionsEgress };
}

/** The network with other rules in some groups. */
export function networkWith(groups: Readonly<Record<string, Partial<SecurityGroup>>> = {}): NetworkSnapshot {
  const subnet = (SubnetId: string, CidrBlock: string, zone: string, isPublic: boolean) => ({
    SubnetId,
    VpcId: 'vpc-1',
    CidrBlock,
    AvailabilityZone: `us-west-2${zone}`,
    MapPublicIpOnLaunch: isPublic,
    AvailableIpAddressCount: 200,
  });
  return {
    region: 'us-west-2',
    vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }],
    vpcAttributes: { 'vpc-1': { enableDnsSupport: true, enableDnsHostnames: true } },
    subnets: [
      subnet('subnet-a', '10.0.1.0/24', 'a', false),
      subnet('subnet-b', '10.0.2.0/24', 'b', false),
      subnet('subnet-pa', '10.0.3.0/24', 'a', true),
      subnet('subnet-pb', '10.0.4.0/24', 'b', true),
    ],
    routeTables: [
      {
        RouteTableId: 'rtb-1',
        VpcId: 'vpc-1',
        Associations: [{ Main: true }],
        Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }],
      },
      {
        RouteTableId: 'rtb-public',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-pa' }, { SubnetId: 'subnet-pb' }],
        Routes: [
          { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' },
          { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' },
        ],
      },
    ],
    networkAcls: [
      {
        NetworkAclId: 'acl-1',
        VpcId: 'vpc-1',
        IsDefault: true,
        Associations: [],
        Entries: [true, false].map((Egress) => ({
          RuleNumber: 100,
          Egress,
          RuleAction: 'allow' as const,
          CidrBlock: '0.0.0.0/0',
          Protocol: '-1',
        })),
      },
    ],
    securityGroups: securityGroups.map((one) => ({ ...one, ...groups[one.GroupId!] })),
    networkInterfaces: ['subnet-pa', 'subnet-pb'].map((SubnetId, index) => ({
      NetworkInterfaceId: `eni-alb-${index}`,
      VpcId: 'vpc-1',
      SubnetId,
      PrivateIpAddress: `10.0.${3 + index}.10`,
      Description: 'ELB app/web/1',
      Groups: [{ GroupId: 'sg-alb' }],
    })),
    instances: [],
    internetGateways: [{ InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1', State: 'available' as never }] }],
    natGateways: [],
    vpcEndpoints: [
      {
        VpcEndpointId: 'vpce-1',
        VpcEndpointType: 'Interface',
        VpcId: 'vpc-1',
        ServiceName: 'com.amazonaws.us-west-2.ssm',
        State: 'available' as never,
        SubnetIds: ['subnet-a', 'subnet-b'],
        Groups: [{ GroupId: 'sg-endpoint' }],
        PrivateDnsEnabled: true,
      },
    ],
    vpcPeeringConnections: [],
    dhcpOptions: [],
    prefixLists: [],
    privateHostedZones: [],
  };
}

export function roleWith(...statements: readonly object[]): RoleSnapshot {
  return {
    roleName: 'web',
    arn: 'arn:aws:iam::123456789012:role/web',
    policies:
      statements.length === 0
        ? []
        : [{ name: 'own', document: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }],
    unreadPolicies: [],
  };
}

export const allow = (Action: string, Resource: string | readonly string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

export const path = 'arn:aws:ssm:us-west-2:123456789012:parameter/app/production';

export const builder: SecretsClient = {
  name: 'packer',
  source: {
    kind: 'launch',
    name: 'packer',
    subnetIds: ['subnet-pa'],
    securityGroupIds: ['sg-builder'],
    associatePublicIpAddress: true,
  },
  role: read(roleWith(allow('ssm:GetParametersByPath', [path, `${path}/*`]))),
};

export const intent: PreflightIntent = {
  version: '2',
  imageId: 'ami-2',
  surge: 3,
  minHealthyTimeMs: 30_000,
  startTimeoutMs: 120_000,
  versionCheck: { healthPath: '/healthz', isRequired: true },
};

export function healthySnapshot(differing: Partial<PreflightSnapshot> = {}): PreflightSnapshot {
  const ids = ['i-1', 'i-2', 'i-3'];
  return {
    at: Date.UTC(2018, 10, 11, 8),
    region: 'us-west-2',
    accountId: '123456789012',
    group: {
      AutoScalingGroupName: 'web',
      MinSize: 1,
      MaxSize: 7,
      DesiredCapacity: 3,
      DefaultCooldown: 300,
      AvailabilityZones: ['us-west-2a', 'us-west-2b'],
      CreatedTime: new Date(0),
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 120,
      VPCZoneIdentifier: 'subnet-a,subnet-b',
      LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'web', Version: '1' },
      Instances: ids.map((InstanceId) => ({
        InstanceId,
        LifecycleState: 'InService',
        AvailabilityZone: 'us-west-2a',
        HealthStatus: 'Healthy',
        ProtectedFromScaleIn: false,
        LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' },
      })),
    },
    launchTemplate: read({
      launchTemplateId: 'lt-1',
      name: 'web',
      version: '1',
      latestVersion: '1',
      defaultVersion: '1',
      data: { ImageId: 'ami-1', InstanceType: 't3.micro' as never },
    }),
    image: read({ ImageId: 'ami-2', State: 'available', Architecture: 'x86_64', OwnerId: '123456789012' }),
    instanceTypes: read([
      { InstanceType: 't3.micro' as never, ProcessorInfo: { SupportedArchitectures: ['x86_64' as never] } },
    ]),
    targetGroups: read([
      {
        targetGroup: {
          TargetGroupArn: targetGroupArn,
          TargetGroupName: 'web',
          Port: 80,
          HealthCheckPort: '8888',
          HealthCheckEnabled: true,
          HealthCheckIntervalSeconds: 10,
          HealthCheckTimeoutSeconds: 5,
          Matcher: { HttpCode: '200' },
          LoadBalancerArns: [loadBalancerArn],
        },
        attributes: { 'deregistration_delay.timeout_seconds': '30' },
        health: ids.map((Id) => ({ Target: { Id }, TargetHealth: { State: 'healthy' as never } })),
      },
    ]),
    loadBalancers: read([
      {
        loadBalancer: {
          LoadBalancerArn: loadBalancerArn,
          LoadBalancerName: 'web',
          SecurityGroups: ['sg-alb'],
          AvailabilityZones: [
            { ZoneName: 'us-west-2a', SubnetId: 'subnet-pa' },
            { ZoneName: 'us-west-2b', SubnetId: 'subnet-pb' },
          ],
        },
        listeners: [
          {
            listener: {
              ListenerArn: 'listener-1',
              Protocol: 'HTTP' as never,
              DefaultActions: [{ Type: 'forward' as never, TargetGroupArn: targetGroupArn }],
            },
            rules: [],
          },
        ],
      },
    ]),
    missingTargetGroupArns: [],
    baseline: read({ launchTemplateVersion: '1', imageId: 'ami-1', image: { ImageId: 'ami-1', State: 'available' } }),
    network: read(networkWith()),
    backend: {
      name: 'web',
      source: { kind: 'launch', name: 'web', subnetIds: ['subnet-a', 'subnet-b'], securityGroupIds: ['sg-web'] },
      role: read(roleWith(allow('ssm:GetParametersByPath', [path, `${path}/*`]))),
    },
    builders: read([]),
    hooks: read([]),
    scheduledActions: read([]),
    instanceRefreshes: read([]),
    warmPool: read(undefined),
    otherRollout: read(undefined),
    secrets: {
      path: '/app/production/',
      saidBy: 'image',
      expectedNames: ['SECRET_KEY'],
      parameters: read([{ name: '/app/production/SECRET_KEY', type: 'SecureString', keyId: 'alias/aws/ssm' }]),
    },
    deployerPermissions: read({ 'ec2:DescribeInstances': 'allowed' }),
    ...differing,
  };
}
