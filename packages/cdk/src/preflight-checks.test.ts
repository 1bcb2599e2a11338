// The checks of preflight over plain constructs. Every test starts the command: few of them, one mistake each.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Aspects, Duration, type Stack, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createClient, createStack, createVpc, deleteAssemblies } from './app.fixture';
import { PreflightChecks, PreflightSeverity } from './preflight-checks';

// Each starts the command or loads aws-cdk-lib anew: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

afterAll(deleteAssemblies);

interface Choices {
  /** The endpoint carries the group of the instances. */
  readonly sharesGroup?: boolean;
  readonly privateDns?: boolean;
  readonly egress?: boolean;
  readonly ingress?: boolean;
  readonly policyPath?: string;
  readonly builder?: boolean;
}

/** The site with constructs of aws-cdk-lib alone. */
function createPlainSite(choices: Choices = {}, stack: Stack = createStack()): Stack {
  const vpc = createVpc(stack);
  const client = createClient(stack, vpc);
  const [group] = client.connections.securityGroups;
  const own = new ec2.SecurityGroup(stack, 'EndpointGroup', { vpc, allowAllOutbound: false });
  if (choices.egress !== false) group!.addEgressRule(own, ec2.Port.tcp(443));
  if (choices.ingress !== false) own.addIngressRule(group!, ec2.Port.tcp(443));
  const endpoint = vpc.addInterfaceEndpoint('Ssm', {
    service: ec2.InterfaceVpcEndpointAwsService.SSM,
    securityGroups: [choices.sharesGroup ? group! : own],
    privateDnsEnabled: choices.privateDns ?? true,
    open: false,
  });
  if (choices.policyPath !== undefined)
    endpoint.addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions: ['ssm:GetParametersByPath'],
        resources: [choices.policyPath, `${choices.policyPath}/*`].map(
          (path) => `arn:aws:ssm:us-west-2:123456789012:parameter${path}`,
        ),
      }),
    );
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['ssm:GetParametersByPath'],
      resources: ['arn:aws:ssm:us-west-2:123456789012:parameter/app/production/*'],
    }),
  );
  const group2 = new autoscaling.AutoScalingGroup(stack, 'Web', {
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    launchTemplate: new ec2.LaunchTemplate(stack, 'Template', {
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' }),
      securityGroup: group!,
      role,
    }),
    minCapacity: 2,
    maxCapacity: 5,
    healthChecks: autoscaling.HealthChecks.withAdditionalChecks({
      additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
    }),
  });
  (group2.node.defaultChild as autoscaling.CfnAutoScalingGroup).healthCheckGracePeriod = 300;
  const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc, internetFacing: true });
  balancer.addListener('Http', { port: 80 }).addTargets('Web', {
    port: 80,
    targets: [group2],
    healthCheck: { path: '/healthz' },
    deregistrationDelay: Duration.seconds(30),
  });
  if (choices.builder)
    new ec2.LaunchTemplate(stack, 'Builder', {
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' }),
      securityGroup: new ec2.SecurityGroup(stack, 'BuilderGroup', { vpc }),
      associatePublicIpAddress: true,
    });
  return stack;
}

interface Violation {
  readonly ruleName: string;
  readonly severity: string;
}

/** Synthesizes, and reads the report that CDK keeps beside the templates. */
function violationsOf(stack: Stack, props?: ConstructorParameters<typeof PreflightChecks>[0]) {
  const app = stack.node.root as App;
  Aspects.of(app).add(new PreflightChecks(props));
  let failed = false;
  try {
    app.synth();
  } catch {
    failed = true;
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    readonly pluginReports: { readonly pluginName: string; readonly violations: Violation[] }[];
  };
  const own = report.pluginReports.find(({ pluginName }) => pluginName === 'directrix-preflight');
  return { failed, found: own?.violations.map(({ severity, ruleName }) => `${severity} ${ruleName}`) ?? [] };
}

describe('the aspect names, in plain constructs,', () => {
  test.each([
    ['the group of the instances on the endpoint', { sharesGroup: true }, 'error', 'SG_SHARED_NO_SELF_RULE'],
    ['a client that gets not out', { egress: false }, 'error', 'ENI_SG_RULES_MISMATCH'],
    ['an endpoint that lets nobody in', { ingress: false }, 'error', 'SG_HAS_NO_RULES'],
    ['private DNS that is off', { privateDns: false }, 'error', 'DNS_PRIVATE_DISABLED'],
    ['a policy that does not let the path pass', { policyPath: '/app/staging' }, 'error', 'POLICY_ENDPOINT'],
    ['the bystander', { builder: true }, 'warning', 'ENI_SG_RULES_MISMATCH'],
  ] as const)('%s', (_, choices, severity, code) => {
    const { failed, found } = violationsOf(createPlainSite(choices));
    expect(found.join('\n')).toMatch(new RegExp(`${severity} .*${code}`));
    expect(failed).toBe(severity === 'error');
  });
});

test('the site as it should be passes', () => {
  expect(violationsOf(createPlainSite({ policyPath: '/app/production' }))).toEqual({ failed: false, found: [] });
});

test('two stacks are read together, a warning can be made an error, and a finding acknowledged with a reason', () => {
  const stack = createPlainSite({ builder: true });
  createPlainSite({}, createStack(stack.node.root as App, 'Other'));
  const again = createPlainSite({ builder: true });
  Validations.of(again).acknowledge({
    id: 'directrix-preflight::ENI_SG_RULES_MISMATCH',
    reason: 'Nobody builds here.',
  });
  const props = { failOn: PreflightSeverity.WARNING };
  expect(violationsOf(stack, props)).toEqual({ failed: true, found: ['error ENI_SG_RULES_MISMATCH'] });
  expect(violationsOf(again, props)).toEqual({ failed: false, found: [] });
});

test('without the command, nothing passes in silence', () => {
  const stack = createPlainSite();
  Validations.of(stack.node.root).addPlugins(new PreflightChecks({ command: ['/does/not/exist'] }));
  expect(() => (stack.node.root as App).synth()).toThrow(/directrix-preflight|could not be run/);
});
