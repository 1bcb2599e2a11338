import { applyEdits } from '@directrix/reachability';
import { describe, expect, test } from 'vitest';
import { findingCodes } from './codes.js';
import {
  allow,
  builder,
  from,
  healthySnapshot,
  intent,
  networkWith,
  path,
  read,
  roleWith,
  unread,
} from './healthy-snapshot.fixture.js';
import type { PreflightIntent } from './intent.js';
import { checks, runPreflight } from './run-preflight.js';
import type { PreflightSnapshot, Read } from './snapshot.js';

const healthy = healthySnapshot();

function the<T>(part: Read<T>): T {
  if (part.kind === 'unread') throw new Error(part.because);
  return part.value;
}

const group = (more: object) => ({ group: { ...healthy.group, ...more } });
const template = (data: object, more: object = {}) => {
  const known = healthy.launchTemplate.kind === 'read' ? healthy.launchTemplate.value! : undefined!;
  return { launchTemplate: read({ ...known, ...more, data: { ...known.data, ...data } }) };
};
const targetGroup = (more: object, attributes: Record<string, string> = {}) => {
  const [known] = healthy.targetGroups.kind === 'read' ? healthy.targetGroups.value : [];
  return {
    targetGroups: read([
      {
        ...known!,
        targetGroup: { ...known!.targetGroup, ...more },
        attributes: { ...known!.attributes, ...attributes },
      },
    ]),
  };
};
const role = (...statements: object[]) => ({
  backend: { ...healthy.backend, role: read(roleWith(...statements)) },
});
const bounded = (document: string | undefined) => ({
  backend: {
    ...healthy.backend,
    role: read({ ...roleWith(canRead), boundary: { name: 'edge', ...(document !== undefined && { document }) } }),
  },
});
const secrets = (more: object) => ({ secrets: { ...healthy.secrets!, ...more } });
const groups = (more: Parameters<typeof networkWith>[0]) => ({ network: read(networkWith(more)) });
const endpoint = (more: object) => {
  const network = networkWith();
  return { network: read({ ...network, vpcEndpoints: network.vpcEndpoints!.map((one) => ({ ...one, ...more })) }) };
};
const image = (more: object) => ({ image: read({ ...(healthy.image as { value: object }).value, ...more }) });
const shipping = image({
  Tags: [
    ...((healthy.image as { value: { readonly Tags?: readonly object[] } }).value.Tags ?? []),
    { Key: 'directrix:logs', Value: '/web' },
  ],
});
const subnets = (more: object) => {
  const network = networkWith();
  return { network: read({ ...network, subnets: network.subnets!.map((one) => ({ ...one, ...more })) }) };
};
const firstSubnet = (more: object) => {
  const network = networkWith();
  const [first, ...others] = network.subnets!;
  const counted = others.map((one) => ({ ...one, AvailableIpAddressCount: 250 }));
  return { network: read({ ...network, subnets: [{ ...first, ...more }, ...counted] }) };
};
const forwarding = (ForwardConfig: object) => {
  const [balancer] = the(healthy.loadBalancers);
  const listener = {
    ...balancer!.listeners[0]!.listener,
    DefaultActions: [{ Type: 'forward' as never, ForwardConfig }],
  };
  return { loadBalancers: read([{ ...balancer!, listeners: [{ listener, rules: [] }] }]) };
};
const canRead = allow('ssm:GetParametersByPath', `${path}/*`);

test('errors come first, then warnings, then notes, in whatever order the checks are made', () => {
  const found = runPreflight({ ...healthy, ...group({ MaxSize: 5 }), image: read(undefined) }, intent);
  const rank = { error: 0, warning: 1, note: 2 };
  expect(found.map(({ severity }) => rank[severity])).toEqual(found.map(({ severity }) => rank[severity]).sort());
  expect(found.map(({ code }) => code).slice(0, 2)).toEqual(['IMAGE_NOT_FOUND', 'SURGE_LIMITED']);
});

test('of a group with which nothing is wrong, only what to expect is said', () => {
  expect(runPreflight(healthy, intent).map(({ severity, code }) => [severity, code])).toEqual([['note', 'FORECAST']]);
});

type Difference = Partial<PreflightSnapshot>;

test.each<[string, string[], Difference, Partial<PreflightIntent>?]>([
  // The way to the secrets
  ['the endpoint has private DNS off', ['error DNS_PRIVATE_DISABLED'], endpoint({ PrivateDnsEnabled: false })],
  ['the group lets nothing out', ['error SG_HAS_NO_RULES'], groups({ 'sg-web': { IpPermissionsEgress: [] } })],
  [
    'the endpoint does not admit it',
    ['error ENI_SG_RULES_MISMATCH'],
    groups({ 'sg-endpoint': { IpPermissions: [from(443, 'sg-builder')] } }),
  ],
  [
    'the endpoint policy allows another service only',
    ['error POLICY_ENDPOINT'],
    endpoint({ PolicyDocument: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}' }),
  ],
  ['the endpoint is still pending', ['error ENDPOINT_STATE'], endpoint({ State: 'pending' })],
  [
    'only the builder is not admitted',
    ['warning ENI_SG_RULES_MISMATCH'],
    { ...groups({ 'sg-endpoint': { IpPermissions: [from(443, 'sg-web')] } }), builders: read([builder]) },
  ],
  ['a builder with the way to it', [], { builders: read([builder]) }],
  [
    'nothing says that it reads secrets, but the VPC has an endpoint',
    ['warning DNS_PRIVATE_DISABLED'],
    {
      ...endpoint({ PrivateDnsEnabled: false }),
      secrets: undefined,
      secretsHint: 'endpointInVpc',
      image: image({ Tags: [{ Key: 'directrix:secrets', Value: 'none' }] }).image,
    },
  ],
  [
    'a resolver of its own',
    ['warning DNS_CUSTOM_RESOLVER'],
    {
      network: read({
        ...networkWith(),
        vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', DhcpOptionsId: 'dopt-1' }],
        dhcpOptions: [
          {
            DhcpOptionsId: 'dopt-1',
            DhcpConfigurations: [{ Key: 'domain-name-servers', Values: [{ Value: '10.9.9.9' }] }],
          },
        ],
      }),
    },
  ],
  // Permissions
  [
    'no instance profile',
    ['error INSTANCE_PROFILE_MISSING'],
    { backend: { ...healthy.backend, role: read(undefined) } },
  ],
  ['a role that may read nothing', ['error POLICY_IAM_PATH'], role()],
  [
    'a role that may read single parameters only',
    ['error POLICY_IAM_PATH'],
    role(allow('ssm:GetParameter', `${path}/*`)),
  ],
  ['a role with path/* for a path with a slash', [], role(canRead)],
  [
    'a role with path/* for a path without a slash',
    ['error POLICY_IAM_PATH'],
    { ...role(canRead), ...secrets({ path: '/app/production' }) },
  ],
  [
    'a role that another statement denies',
    ['error POLICY_IAM_PATH'],
    role(canRead, { Effect: 'Deny', Action: 'ssm:*', Resource: '*' }),
  ],
  [
    'a role under a condition that no instance can tell',
    ['warning POLICY_IAM_CONDITIONAL'],
    role(allow('ssm:*', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })),
  ],
  [
    'a role under a condition that every instance meets',
    [],
    role(allow('ssm:*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
  ],
  [
    'a role under a condition that no instance meets',
    ['error POLICY_IAM_PATH'],
    role(allow('ssm:*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })),
  ],
  [
    'a permissions boundary that does not allow it',
    ['error POLICY_IAM_PATH'],
    bounded(JSON.stringify({ Statement: allow('s3:*', '*') })),
  ],
  ['a permissions boundary that allows it', [], bounded(JSON.stringify({ Statement: allow('ssm:*', '*') }))],
  ['a permissions boundary that could not be read', ['note PREFLIGHT_NOT_READ'], bounded(undefined)],
  [
    'an endpoint policy that hangs on what is not known',
    ['warning NETWORK_NOT_DECIDED'],
    endpoint({
      PolicyDocument: JSON.stringify({
        Statement: {
          ...allow('ssm:*', '*'),
          Principal: '*',
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
        },
      }),
    }),
  ],
  [
    'a customer key that the role may not use',
    ['error KMS_CMK_DECRYPT'],
    secrets({ parameters: read([{ name: '/app/production/SECRET_KEY', type: 'SecureString', keyId: 'alias/own' }]) }),
  ],
  [
    'a customer key that the role may use',
    [],
    {
      ...role(canRead, allow('kms:Decrypt', '*')),
      ...secrets({
        parameters: read([{ name: '/app/production/SECRET_KEY', type: 'SecureString', keyId: 'alias/own' }]),
      }),
    },
  ],
  [
    'a key that could not be read',
    ['note KMS_KEY_UNKNOWN'],
    secrets({ parameters: read([{ name: '/app/production/SECRET_KEY', type: 'SecureString' }]) }),
  ],
  [
    'the metadata service switched off',
    ['error IMDS_DISABLED'],
    template({ MetadataOptions: { HttpEndpoint: 'disabled' } }),
  ],
  [
    'a path that only the role names, with path/* alone',
    [],
    { ...role(canRead), ...secrets({ path: '/app/production', saidBy: 'role' }) },
  ],
  [
    'a customer key by its alias, and a role that may decrypt with some key',
    [],
    {
      ...role(canRead, allow('kms:Decrypt', 'arn:aws:kms:us-west-2:123456789012:key/1')),
      ...secrets({
        parameters: read([{ name: '/app/production/SECRET_KEY', type: 'SecureString', keyId: 'alias/own' }]),
      }),
    },
  ],
  [
    'a role that reads by name, and private DNS off',
    ['error DNS_PRIVATE_DISABLED'],
    { ...endpoint({ PrivateDnsEnabled: false }), secrets: undefined, secretsHint: 'roleReadsNames' },
  ],
  // Names
  ['an empty path', ['error PATH_EMPTY'], secrets({ parameters: read([]) })],
  ['a name that is missing', ['error SECRET_MISSING'], secrets({ expectedNames: ['SECRET_KEY', 'DATABASE_URL'] })],
  ['an image that says nothing', ['note SECRETS_UNDECLARED'], { secrets: undefined }],
  [
    'an image that reads none',
    [],
    { secrets: undefined, ...image({ Tags: [{ Key: 'directrix:secrets', Value: 'none' }] }) },
  ],
  // Load balancer
  [
    'the load balancer is not admitted on the health check port',
    ['error ENI_SG_RULES_MISMATCH'],
    groups({ 'sg-web': { IpPermissions: [from(80, 'sg-alb')] } }),
  ],
  [
    'the load balancer is not admitted at all',
    ['error ENI_SG_RULES_MISMATCH', 'error ENI_SG_RULES_MISMATCH'],
    groups({ 'sg-web': { IpPermissions: [from(22, 'sg-alb')] } }),
  ],
  [
    'the load balancer may not go out',
    ['error SG_HAS_NO_RULES', 'error SG_HAS_NO_RULES'],
    groups({ 'sg-alb': { IpPermissionsEgress: [] } }),
  ],
  ['no target group', ['error NO_TARGET_GROUP'], { targetGroups: read([]), loadBalancers: read([]) }],
  [
    'no rule forwards',
    ['error TARGET_GROUP_UNUSED'],
    {
      loadBalancers: read([{ ...the(healthy.loadBalancers)[0]!, listeners: [] }]),
    },
  ],
  [
    'a zone that is not enabled',
    ['error ZONE_NOT_ENABLED'],
    {
      loadBalancers: read([
        {
          ...the(healthy.loadBalancers)[0]!,
          loadBalancer: {
            ...the(healthy.loadBalancers)[0]!.loadBalancer,
            AvailabilityZones: [{ ZoneName: 'us-west-2a' }],
          },
        },
      ]),
    },
  ],
  // Health checks
  ['health checks are off', ['error HEALTH_CHECK_DISABLED'], targetGroup({ HealthCheckEnabled: false })],
  [
    'an interval longer than a start may take',
    ['error HEALTH_CHECK_TIMEOUT', 'warning HEALTH_CHECK_GRACE'],
    targetGroup({ HealthCheckIntervalSeconds: 120 }),
  ],
  [
    'a matcher that takes errors',
    ['warning HEALTH_CHECK_ACCEPTS_ERRORS'],
    targetGroup({ Matcher: { HttpCode: '200-499' } }),
  ],
  ['no grace period', ['warning HEALTH_CHECK_GRACE'], group({ HealthCheckGracePeriod: 0 })],
  ['health by EC2 only', ['note HEALTH_CHECK_TYPE'], group({ HealthCheckType: 'EC2' })],
  // Room
  ['no headroom', ['error NO_CAPACITY_HEADROOM'], group({ MaxSize: 3 })],
  ['less room than the surge', ['warning SURGE_LIMITED'], group({ MaxSize: 5 })],
  ['no instance is wanted', ['error GROUP_EMPTY'], group({ DesiredCapacity: 0 })],
  ['no free addresses', ['error SUBNET_ADDRESSES'], subnets({ AvailableIpAddressCount: 1 })],
  ['addresses that nobody counted', [], subnets({ AvailableIpAddressCount: undefined })],
  [
    'no free addresses in one subnet, enough in the others',
    ['warning SUBNET_ADDRESSES'],
    firstSubnet({ AvailableIpAddressCount: 0 }),
  ],
  ['a warm pool', ['error WARM_POOL'], { warmPool: read({ MinSize: 1 }) }],
  ['a warm pool that is going', [], { warmPool: read({ MinSize: 1, Status: 'PendingDelete' }) }],
  // Launch template
  [
    'a mixed instances policy',
    ['error NO_LAUNCH_TEMPLATE'],
    group({ LaunchTemplate: undefined, MixedInstancesPolicy: {} }),
  ],
  ['a launch template that is gone', ['error LAUNCH_TEMPLATE_MISSING'], { launchTemplate: read(undefined) }],
  ['a group that follows $Latest', ['note LAUNCH_TEMPLATE_FLOATING'], template({}, { version: '$Latest' })],
  [
    'a $Latest that nobody has verified',
    ['warning LAUNCH_TEMPLATE_AHEAD'],
    template({}, { version: '$Latest', latestVersion: '2' }),
  ],
  ['spot instances', ['warning SPOT_CAPACITY'], template({ InstanceMarketOptions: { MarketType: 'spot' } })],
  // Image
  ['no such image', ['error IMAGE_NOT_FOUND'], { image: read(undefined) }],
  ['an image that is pending', ['error IMAGE_NOT_AVAILABLE'], image({ State: 'pending' })],
  ['an image that is disabled', ['error IMAGE_NOT_AVAILABLE'], image({ State: 'disabled' })],
  ['an image for another architecture', ['error IMAGE_ARCHITECTURE'], image({ Architecture: 'arm64' })],
  ['an image of another account', ['note IMAGE_FOREIGN'], image({ OwnerId: '210987654321' })],
  ['a deprecated image', ['note IMAGE_DEPRECATED'], image({ DeprecationTime: '2018-01-01T00:00:00Z' })],
  ['an instance type that is not there', ['error INSTANCE_TYPE_UNKNOWN'], { instanceTypes: read([]) }],
  // The group and others
  ['Launch is suspended', ['error PROCESS_SUSPENDED'], group({ SuspendedProcesses: [{ ProcessName: 'Launch' }] })],
  [
    'ReplaceUnhealthy is suspended',
    ['note HEALTH_CHECK_SUSPENDED'],
    group({ SuspendedProcesses: [{ ProcessName: 'ReplaceUnhealthy' }] }),
  ],
  [
    'an instance refresh',
    ['error INSTANCE_REFRESH_ACTIVE'],
    { instanceRefreshes: read([{ InstanceRefreshId: 'r', Status: 'InProgress' }]) },
  ],
  ['another deployer', ['error GROUP_BUSY'], { otherRollout: read({ rolloutId: 'r', holder: 'ann', isActive: true }) }],
  [
    'an unfinished rollout',
    ['error ROLLOUT_UNFINISHED'],
    { otherRollout: read({ rolloutId: 'r', holder: 'ann', isActive: false }) },
  ],
  [
    'a scheduled action in a minute',
    ['warning SCHEDULED_ACTION'],
    { scheduledActions: read([{ ScheduledActionName: 'night', StartTime: new Date(healthy.at + 60_000) }]) },
  ],
  [
    'a scheduled action tomorrow',
    [],
    { scheduledActions: read([{ ScheduledActionName: 'night', StartTime: new Date(healthy.at + 86_400_000) }]) },
  ],
  [
    'a launch hook of an hour',
    ['error LIFECYCLE_HOOK_TIMEOUT'],
    { hooks: read([{ LifecycleHookName: 'h', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' }]) },
  ],
  [
    'a short launch hook',
    ['note LIFECYCLE_HOOK'],
    {
      hooks: read([
        { LifecycleHookName: 'h', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', HeartbeatTimeout: 30 },
      ]),
    },
  ],
  [
    'a long deregistration delay',
    ['note DEREGISTRATION_DELAY_LONG'],
    targetGroup({}, { 'deregistration_delay.timeout_seconds': '300' }),
  ],
  [
    'no deregistration delay',
    ['warning DEREGISTRATION_DELAY_ZERO'],
    targetGroup({}, { 'deregistration_delay.timeout_seconds': '0' }),
  ],
  [
    'nothing is healthy',
    ['error NO_HEALTHY_BASELINE'],
    { targetGroups: read([{ ...the(healthy.targetGroups)[0]!, health: [] }]) },
  ],
  [
    'nothing is healthy, and that is accepted',
    ['warning NO_HEALTHY_BASELINE'],
    { targetGroups: read([{ ...the(healthy.targetGroups)[0]!, health: [] }]) },
    { isBrokenBaselineAccepted: true },
  ],
  [
    'one is not healthy',
    ['warning BASELINE_DEGRADED'],
    {
      targetGroups: read([{ ...the(healthy.targetGroups)[0]!, health: the(healthy.targetGroups)[0]!.health.slice(1) }]),
    },
  ],
  [
    'a group of one',
    ['warning FAIL_OPEN'],
    { group: { ...healthy.group, DesiredCapacity: 1, Instances: healthy.group.Instances!.slice(0, 1) } },
    { surge: 1 },
  ],
  ['logs without a way to them', ['warning LOGS_UNREACHABLE'], role(canRead, allow('logs:PutLogEvents', '*'))],
  [
    'an image whose instances ship their journal, without a way and without permission',
    ['warning LOGS_UNREACHABLE', 'warning LOGS_NOT_ALLOWED'],
    shipping,
  ],
  [
    'a role that lets the agent do all but set the retention',
    ['warning LOGS_UNREACHABLE', 'warning LOGS_NOT_ALLOWED'],
    {
      ...shipping,
      ...role(
        canRead,
        ...['logs:PutLogEvents', 'logs:CreateLogStream', 'logs:CreateLogGroup'].map((action) => allow(action, '*')),
      ),
    },
  ],
  [
    'a role that lets the agent do all',
    ['warning LOGS_UNREACHABLE'],
    { ...shipping, ...role(canRead, allow('logs:*', '*')) },
  ],
  [
    'a deployer who may not',
    ['error DEPLOYER_NOT_ALLOWED'],
    { deployerPermissions: read({ 'ec2:CreateTags': 'denied' }) },
  ],
  // What was not read
  [
    'the network was not read: no path can be decided',
    ['warning NETWORK_NOT_DECIDED', 'warning NETWORK_NOT_DECIDED', 'note PREFLIGHT_NOT_READ'],
    { network: unread('AccessDenied') },
  ],
  [
    'the role was not read',
    ['note PREFLIGHT_NOT_READ'],
    { backend: { ...healthy.backend, role: unread('AccessDenied') } },
  ],
  [
    'a policy was not read',
    ['note PREFLIGHT_NOT_READ'],
    {
      backend: { ...healthy.backend, role: read({ ...roleWith(), unreadPolicies: ['AmazonSSMManagedInstanceCore'] }) },
    },
  ],
  [
    'a target group that is gone',
    ['error TARGET_GROUP_MISSING'],
    { missingTargetGroupArns: ['arn:aws:elasticloadbalancing:us-west-2:1:targetgroup/gone/1'] },
  ],
  [
    'the image of the present release is deregistered',
    ['error BASELINE_IMAGE_MISSING'],
    { baseline: read({ launchTemplateVersion: '1', imageId: 'ami-1' }) },
  ],
  [
    'the image of the present release is disabled, and the release is the cure',
    ['warning BASELINE_IMAGE_MISSING'],
    {
      baseline: read({
        launchTemplateVersion: '1',
        imageId: 'ami-1',
        image: { ImageId: 'ami-1', State: 'disabled' as never },
      }),
    },
    { isBrokenBaselineAccepted: true },
  ],
  ['the same image again, deregistered', [], { baseline: read({ launchTemplateVersion: '1', imageId: 'ami-2' }) }],
  ['the present image was not read', ['note PREFLIGHT_NOT_READ'], { baseline: unread('AccessDenied') }],
  [
    'static credentials that expire before the forecast',
    ['error CREDENTIALS_EXPIRE'],
    { credentials: { expireAt: healthy.at + 60_000, isRenewed: false } },
  ],
  [
    'static credentials that expire after it',
    [],
    { credentials: { expireAt: healthy.at + 3_600_000, isRenewed: false } },
  ],
  ['credentials that are renewed', [], { credentials: { expireAt: healthy.at + 60_000, isRenewed: true } }],
  [
    'a listener that divides requests among target groups, with a canary',
    ['error CANARY_ROUTE_UNFIT'],
    forwarding({
      TargetGroups: [
        { TargetGroupArn: the(healthy.targetGroups)[0]!.targetGroup.TargetGroupArn, Weight: 1 },
        { TargetGroupArn: 'other', Weight: 1 },
      ],
    }),
    { canary: { paths: ['/'], healthPath: '/healthz' } },
  ],
  [
    'a listener that forwards to one target group, with a canary',
    [],
    {},
    { canary: { paths: ['/'], healthPath: '/healthz' } },
  ],
  [
    'a listener that forwards with weight 0',
    ['error VERSION_ROUTE_UNKNOWN'],
    forwarding({
      TargetGroups: [
        { TargetGroupArn: the(healthy.targetGroups)[0]!.targetGroup.TargetGroupArn, Weight: 0 },
        { TargetGroupArn: 'other', Weight: 1 },
      ],
    }),
  ],
  [
    'a listener that forwards with weight 0, when the version need not be heard',
    ['note VERSION_ROUTE_UNKNOWN'],
    forwarding({
      TargetGroups: [
        { TargetGroupArn: the(healthy.targetGroups)[0]!.targetGroup.TargetGroupArn, Weight: 0 },
        { TargetGroupArn: 'other', Weight: 1 },
      ],
    }),
    { versionCheck: { healthPath: '/healthz', isRequired: false } },
  ],
  ['the names were not read', ['note PREFLIGHT_NOT_READ'], secrets({ parameters: unread('AccessDenied') })],
  [
    'hosted zones were not read, and private DNS is off',
    ['error DNS_PRIVATE_DISABLED', 'warning NETWORK_NOT_DECIDED'],
    {
      network: read({
        ...the(endpoint({ PrivateDnsEnabled: false }).network),
        privateHostedZones: undefined,
      }),
    },
  ],
])('%s: %j', (_what, expected, differing, more = {}) => {
  const findings = runPreflight(healthySnapshot(differing), { ...intent, ...more });
  expect(findings.filter(({ code }) => code !== 'FORECAST').map(({ severity, code }) => `${severity} ${code}`)).toEqual(
    expected,
  );
  for (const finding of findings) {
    expect(finding.message).toMatch(/[.:]/);
    expect(Object.keys(checks)).toContain(finding.check);
    if (finding.severity !== 'note') expect(finding.fix?.text ?? '').not.toBe('');
  }
});

describe('the three faults of 2018', () => {
  const n1 = healthySnapshot({
    network: read({
      ...networkWith({ 'sg-web': { IpPermissionsEgress: [from(3306, 'sg-db')] } }),
      vpcEndpoints: [{ ...networkWith().vpcEndpoints![0]!, Groups: [{ GroupId: 'sg-web' }], PrivateDnsEnabled: false }],
    }),
    builders: read([{ ...builder, source: { ...builder.source, securityGroupIds: ['sg-builder'] } as never }]),
  });

  test('are found together, each with its evidence, its edit and its command', () => {
    const errors = runPreflight(n1, intent).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toEqual([
      'DNS_PRIVATE_DISABLED',
      'ENI_SG_RULES_MISMATCH',
      'SG_SHARED_NO_SELF_RULE',
    ]);
    for (const { evidence, fix } of errors) {
      expect(evidence.length).toBeGreaterThan(0);
      expect(fix?.edits).toHaveLength(1);
      expect(fix?.commands).toHaveLength(1);
    }
    expect(errors.map(({ fix }) => fix?.commands[0])).toEqual([
      'aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --private-dns-enabled',
      "aws ec2 authorize-security-group-egress --group-id sg-web --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-web}]'",
      "aws ec2 authorize-security-group-ingress --group-id sg-web --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-web}]'",
    ]);
  });

  test('the builder who would lose its way by their fix is named', () => {
    const wideOpen = {
      ...networkWith(),
      securityGroups: the(n1.network).securityGroups!.map((one) =>
        one.GroupId === 'sg-builder'
          ? { ...one, IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }
          : one,
      ),
      vpcEndpoints: the(n1.network).vpcEndpoints,
    };
    const found = runPreflight({ ...n1, network: read(wideOpen) }, intent).filter(
      ({ code }) => code === 'BYSTANDER_BROKEN',
    );
    expect(found).toMatchObject([{ severity: 'warning', subject: 'builder packer to Parameter Store' }]);
    expect(found[0]!.fix!.commands).toHaveLength(1);
  });
});

test('an instance that would lose its way by their fix is named, once, with what to do before', () => {
  const known = networkWith();
  const running = (InstanceId: string, SubnetId: string, GroupId: string) => ({
    InstanceId,
    VpcId: 'vpc-1',
    SubnetId,
    State: { Name: 'running' as const },
    NetworkInterfaces: [{ SubnetId, VpcId: 'vpc-1', Groups: [{ GroupId }], Association: { PublicIp: '203.0.113.9' } }],
  });
  const open = { IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] };
  const network = {
    ...networkWith({ 'sg-alb': open, 'sg-endpoint': { IpPermissions: [from(443, 'sg-web')] } }),
    instances: [
      running('i-8', 'subnet-pa', 'sg-alb'),
      running('i-9', 'subnet-pb', 'sg-alb'),
      // Of the group itself: it is mended, not broken.
      running('i-1', 'subnet-a', 'sg-web'),
    ],
    vpcEndpoints: [{ ...known.vpcEndpoints![0]!, PrivateDnsEnabled: false }],
  };
  const found = runPreflight(healthySnapshot({ network: read(network) }), intent).filter(
    ({ code }) => code === 'BYSTANDER_BROKEN',
  );
  expect(found).toMatchObject([{ severity: 'warning', subject: 'instances i-8, i-9 to Parameter Store' }]);
  expect(found[0]!.fix!.edits).toHaveLength(1);
});

test('a load balancer needs its answers on all ports from 1024, where an instance does not', () => {
  const known = networkWith();
  const entry = (RuleNumber: number, Egress: boolean, Protocol: string, ports?: readonly [number, number]) => ({
    RuleNumber,
    Egress,
    RuleAction: 'allow' as const,
    CidrBlock: '0.0.0.0/0',
    Protocol,
    ...(ports && { PortRange: { From: ports[0], To: ports[1] } }),
  });
  const acl = {
    NetworkAclId: 'acl-2',
    VpcId: 'vpc-1',
    Associations: [{ SubnetId: 'subnet-a' }, { SubnetId: 'subnet-b' }],
    Entries: [entry(100, false, '-1'), entry(100, true, '6', [32768, 65535])],
  };
  const network = { ...known, networkAcls: [...known.networkAcls!, acl] };
  const found = runPreflight(healthySnapshot({ network: read(network) }), intent);
  const errors = found.filter(({ check }) => check === 'load-balancer-path');
  expect(errors.map(({ code }) => code)).toEqual(['NACL_RETURN_EPHEMERAL', 'NACL_RETURN_EPHEMERAL']);
  // One for each subnet of the load balancer, beside those of the way to the endpoint: all of them can be made together.
  const entries = found.flatMap(({ fix }) => fix?.edits ?? []).flatMap((edit) => ('ruleNumber' in edit ? [edit] : []));
  const different = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  expect(different.size).toBeGreaterThan(2);
  expect(new Set([...different.values()].map(({ egress, ruleNumber }) => `${egress} ${ruleNumber}`)).size).toBe(
    different.size,
  );
  expect(errors[1]!.fix!.commands[0]).toContain(`--rule-number ${entries.at(-1)!.ruleNumber}`);
  const mended = applyEdits(
    network,
    found.flatMap(({ fix }) => fix?.edits ?? []),
  );
  expect(runPreflight(healthySnapshot({ network: read(mended) }), intent).map(({ code }) => code)).toEqual([
    'FORECAST',
  ]);
});

test('the same snapshot gives the same findings, to the byte', () => {
  const snapshot = healthySnapshot({ ...endpoint({ PrivateDnsEnabled: false }), builders: read([builder]) });
  expect(JSON.stringify(runPreflight(snapshot, intent))).toBe(
    JSON.stringify(runPreflight(structuredClone(snapshot), intent)),
  );
});

test('of an account of which nothing may be read, every part is a note, no path is decided, and no error is guessed', () => {
  const nothing = unread('AccessDenied');
  const findings = runPreflight(
    {
      at: 0,
      region: 'us-west-2',
      group: {
        ...healthy.group,
        Instances: undefined,
        LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '$Latest' },
      },
      launchTemplate: nothing,
      image: nothing,
      instanceTypes: nothing,
      targetGroups: nothing,
      loadBalancers: nothing,
      network: nothing,
      backend: { ...healthy.backend, role: nothing },
      builders: nothing,
      hooks: nothing,
      scheduledActions: nothing,
      instanceRefreshes: nothing,
      warmPool: nothing,
      otherRollout: nothing,
      deployerPermissions: nothing,
    },
    intent,
  );
  expect(findings.filter(({ severity }) => severity !== 'note').map(({ code }) => code)).toEqual([
    'NETWORK_NOT_DECIDED',
  ]);
  expect(findings.filter(({ code }) => code === 'PREFLIGHT_NOT_READ')).toHaveLength(14);
});

test('every code says its cause', () => {
  for (const entry of Object.values(findingCodes)) expect(entry.cause.length).toBeGreaterThan(20);
});

test('what a role may do in another partition is judged by the ARNs of that partition', () => {
  const mayInGovCloud = [
    allow('ssm:GetParametersByPath', 'arn:aws-us-gov:ssm:us-gov-west-1:*:parameter/app/production*'),
    allow('kms:Decrypt', 'arn:aws-us-gov:kms:us-gov-west-1:*:key/*'),
  ];
  const ownKey = secrets({ parameters: read([{ name: '/app/production/KEY', type: 'SecureString', keyId: 'own' }]) });
  const codesIn = (region: string) =>
    runPreflight(healthySnapshot({ region, ...role(...mayInGovCloud), ...ownKey }), intent)
      .map(({ code }) => code)
      .filter((code) => /^(POLICY_IAM|KMS)/.test(code));
  expect(codesIn('us-gov-west-1')).toEqual([]);
  expect(codesIn('us-west-2')).toEqual(['POLICY_IAM_PATH', 'KMS_CMK_DECRYPT']);
});
