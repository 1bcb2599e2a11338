// The constructs together, as a site has them: what they make, what they write, and whether cdk-nag and preflight agree.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Aspects, Duration, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createStack, createVpc, deleteAssemblies, faultsOf } from './app.fixture';
import { ImmutableFleet, type ImmutableFleetProps } from './immutable-fleet';
import { LabEnvironment } from './lab-environment';
import { ManagementDomain } from './management-domain';
import { PreflightChecks, PreflightSeverity } from './preflight-checks';

// Each starts the command or loads aws-cdk-lib anew: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

afterAll(deleteAssemblies);

const machineImage = ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' });
const instanceType = new ec2.InstanceType('t3.micro');
const paths = ['/app/production/'];

function createSite(props: Partial<ImmutableFleetProps> = {}) {
  const stack = createStack();
  const vpc = createVpc(stack, {
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
      { name: 'Backend', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ManagementDomain.subnetConfiguration(),
    ],
  });
  const domain = new ManagementDomain(stack, 'Management', { vpc, paths });
  const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc, internetFacing: true });
  const listener = balancer.addListener('Http', { port: 80 });
  const fleet = new ImmutableFleet(stack, 'Web', {
    vpc,
    vpcSubnets: { subnetGroupName: 'Backend' },
    machineImage,
    instanceType,
    secretsPaths: paths,
    parameterStore: domain.parameterStore,
    listener,
    url: 'https://hyperbo.la',
    blockDevices: [{ deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true }) }],
    notifications: new sns.Topic(stack, 'Launches', { enforceSSL: true }),
    ...props,
  });
  const builder = new ec2.LaunchTemplate(stack, 'Packer', {
    machineImage,
    instanceType,
    requireImdsv2: true,
    associatePublicIpAddress: true,
    role: fleet.role,
    securityGroup: new ec2.SecurityGroup(stack, 'PackerGroup', { vpc }),
  });
  domain.addBuilder(builder, { paths });
  return { stack, vpc, domain, fleet, builder };
}

describe('a site', () => {
  const { stack, fleet, domain } = createSite();
  const deployer = new iam.Role(stack, 'Deployer', { assumedBy: new iam.AccountPrincipal('123456789012') });
  const grant = fleet.grantDeploy(deployer, { alarms: true, canary: true });
  const app = stack.node.root as App;
  // What belongs to the site's own logs and certificates, and not to what is shown here.
  for (const [id, reason] of [
    ['AwsSolutions-VPC7', 'flow logs are the account’s business'],
    ['AwsSolutions-ELB2', 'access logs need a bucket of the site'],
    ['AwsSolutions-EC23', 'the site is public'],
  ] as const)
    Validations.of(stack).acknowledge({ id, reason });
  const arn = (rest: string) => `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${rest}]`;
  const here = 'us-west-2:123456789012';
  const group = fleet.autoScalingGroupName;
  for (const scope of [fleet.role, deployer])
    Validations.of(scope).acknowledge({
      id: arn(`ssm:${here}:parameter/app/production/*`),
      reason: 'a path of Parameter Store is read by what is below it',
    });
  for (const [id, reason] of [
    ['AwsSolutions-IAM5[Resource::*]', 'AWS takes no resource for these: describe calls, and what RunInstances makes'],
    [arn(`ssm:${here}:parameter/directrix/groups/${group}/*`), 'the state of this group alone'],
    [arn(`autoscaling:${here}:autoScalingGroup:*:autoScalingGroupName/${group}`), 'a group has a random id in its ARN'],
    [arn(`ec2:${here}:instance/*`), 'instances that do not exist yet'],
  ] as const)
    Validations.of(deployer).acknowledge({ id, reason });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  Aspects.of(app).add(new PreflightChecks({ failOn: PreflightSeverity.WARNING }));
  const template = Template.fromStack(stack);

  test('is as it was looked at last', () => {
    const { Resources, Outputs } = template.toJSON();
    expect({ Resources, Outputs }).toMatchSnapshot();
  });

  test('passes preflight, warnings included, and the AwsSolutions rules of cdk-nag', () => {
    const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
      readonly pluginReports: {
        readonly pluginName: string;
        readonly violations: { readonly ruleName: string; readonly violatingResources: { constructPath: string }[] }[];
      }[];
    };
    const found = report.pluginReports
      .filter(({ pluginName }) => !pluginName.startsWith('Construct'))
      .flatMap(({ pluginName, violations }) =>
        violations.flatMap(({ ruleName, violatingResources }) =>
          violatingResources.map(({ constructPath }) => `${pluginName} ${ruleName} ${constructPath}`),
        ),
      );
    expect(found).toEqual([]);
  });

  test('F1: the group follows $Latest, names no DesiredCapacity, and has a name that stays', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      AutoScalingGroupName: fleet.autoScalingGroupName,
      LaunchTemplate: { Version: '$Latest' },
      DesiredCapacity: Match.absent(),
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 300,
      MinSize: '2',
      MaxSize: '5',
    });
    expect(createSite().fleet.autoScalingGroupName).toBe(fleet.autoScalingGroupName);
  });

  test('F3: the load balancer asks for the health page, and lets requests in flight end', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/healthz',
      Matcher: Match.absent(),
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    });
  });

  test('F4: the role reads the path itself and what is below it, and writes its log group', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string[] | string }[],
    );
    expect(JSON.stringify(statements)).toContain(':parameter/app/production/*');
    expect(statements.some(({ Action }) => [Action].flat().includes('logs:PutLogEvents'))).toBe(true);
  });

  test('grantDeploy allows what directrix iam-policy names, of this group alone', () => {
    expect(grant.success).toBe(true);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['autoscaling:EnterStandby']),
            Resource: {
              'Fn::Join': [
                '',
                Match.arrayWith([
                  `:autoscaling:us-west-2:123456789012:autoScalingGroup:*:autoScalingGroupName/${fleet.autoScalingGroupName}`,
                ]),
              ],
            },
          }),
        ]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Deployer') }],
    });
  });

  test('the settings of Directrix are an output, and a file beside the templates', () => {
    const text = readFileSync(join(app.outdir, 'Site.Web.directrix.yaml'), 'utf8');
    expect(text).toBe(`region: us-west-2
groups:
  "Web":
    name: "${fleet.autoScalingGroupName}"
    url: "https://hyperbo.la"
    healthPath: "/healthz"
    secretsPath: "/app/production/"
`);
    template.hasOutput('*', { Value: text });
  });

  test('every endpoint of the domain carries its one group, in its own subnets', () => {
    const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint'));
    expect(endpoints).toHaveLength(2);
    for (const { Properties } of endpoints) {
      expect(Properties.SecurityGroupIds).toEqual([stack.resolve(domain.securityGroup.securityGroupId)]);
      expect(JSON.stringify(Properties.SubnetIds)).toMatch(/Management/);
    }
  });

  test('the builder is tagged, so that preflight asks about it', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      TagSpecifications: Match.arrayWith([
        Match.objectLike({
          ResourceType: 'launch-template',
          Tags: Match.arrayWith([{ Key: 'directrix:builder', Value: 'true' }]),
        }),
      ]),
    });
  });

  test('its metrics name the group', () => {
    expect(stack.resolve(fleet.metricInService())).toMatchObject({
      metricName: 'GroupInServiceInstances',
      dimensions: { AutoScalingGroupName: fleet.autoScalingGroupName },
    });
    expect(fleet.metricHealthyHosts().metricName).toBe('HealthyHostCount');
    expect(fleet.metricUnhealthyHosts().metricName).toBe('UnHealthyHostCount');
  });
});

describe('a fleet that could not be deployed to does not synthesize', () => {
  test('without room, with requests cut off, and with too little time to start: all at once', () => {
    const { stack } = createSite({
      maxCapacity: 2,
      deregistrationDelay: Duration.seconds(0),
      startTimeout: Duration.seconds(20),
    });
    expect(faultsOf(stack)).toEqual([
      'maxCapacity 2 leaves no room for a new instance beside 2 old ones: leave it out, or say 3 at least.',
      'deregistrationDelay 0 cuts requests in flight: say what your longest request takes.',
      'startTimeout 20 s is shorter than booting and one health check take, 25 s: instances would be replaced before they serve.',
    ]);
  });

  test('a path that the endpoint does not let pass', () => {
    const { stack } = createSite({ secretsPaths: ['/app/staging/'] });
    expect(faultsOf(stack)).toEqual([expect.stringMatching(/^Site\/Web reads \/app\/staging, .* add it to paths/)]);
  });

  test('a fleet beside the endpoint that is not admitted', () => {
    const { stack } = createSite({ parameterStore: undefined });
    expect(faultsOf(stack)).toEqual([
      expect.stringMatching(/^Site\/Web\/LaunchTemplate\/Resource runs in the same VPC/),
    ]);
  });
});

test('the lab environment has the site’s segments, its own addresses and paths, and passes preflight', () => {
  const stack = createStack();
  const lab = new LabEnvironment(stack, 'Lab', { paths, machineImage });
  const app = stack.node.root as App;
  Aspects.of(app).add(new PreflightChecks({ failOn: PreflightSeverity.WARNING }));
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::EC2::VPC', {
    CidrBlock: '10.254.0.0/16',
    Tags: Match.arrayWith([{ Key: 'directrix:environment', Value: 'lab' }]),
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  template.resourceCountIs('AWS::EC2::NatGateway', 0);
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
  expect(JSON.stringify(template.toJSON())).toContain(':parameter/lab/app/production/*');
  expect(lab.managementDomain.parameterStore.paths).toEqual(['/lab/app/production']);
});

test('an imported group can be granted and measured', () => {
  const stack = createStack();
  const fleet = ImmutableFleet.fromAutoScalingGroupName(stack, 'Web', 'web');
  const deployer = new iam.Role(stack, 'Deployer', { assumedBy: new iam.AccountPrincipal('123456789012') });
  fleet.grantDeploy(deployer);
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain(':parameter/directrix/groups/web/*');
  expect(stack.resolve(fleet.metricInService()).dimensions).toEqual({ AutoScalingGroupName: 'web' });
});

test.each(['web*', 'web/a b', 'web.1', ''])(
  'a group called %j is not imported: its state would be looked for elsewhere',
  (name) => {
    expect(() => ImmutableFleet.fromAutoScalingGroupName(createStack(), 'Web', name)).toThrow(
      'must be of letters, digits, - and _.',
    );
  },
);
