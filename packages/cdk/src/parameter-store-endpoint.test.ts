import type { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { afterAll, describe, expect, test } from 'vitest';
import { createClient, createStack, createVpc, deleteAssemblies, faultsOf } from './app.fixture';
import { ParameterStoreEndpoint, type ParameterStoreEndpointProps } from './parameter-store-endpoint';

afterAll(deleteAssemblies);

const paths = ['/app/production/'];

interface Site {
  readonly stack: Stack;
  readonly vpc: ec2.Vpc;
  readonly client: ec2.LaunchTemplate;
  readonly endpoint: ParameterStoreEndpoint;
}

/** The site as it should be, with what is given changed. */
function createSite(props: Partial<ParameterStoreEndpointProps> = {}, vpcProps: ec2.VpcProps = {}): Site {
  const stack = createStack();
  const vpc = createVpc(stack, vpcProps);
  const client = createClient(stack, vpc);
  const endpoint = new ParameterStoreEndpoint(stack, 'Endpoint', { vpc, paths, clients: [client], ...props });
  return { stack, vpc, client, endpoint };
}

describe('as it should be', () => {
  const { stack, endpoint } = createSite();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  endpoint.grantRead(role);
  const template = Template.fromStack(stack);

  test('it is an interface endpoint of ssm with private DNS, and an interface in every zone', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.us-west-2.ssm',
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      SubnetIds: [{ Ref: Match.stringLikeRegexp('Backend') }, { Ref: Match.stringLikeRegexp('Backend') }],
    });
  });

  test('its group is its own; the client gets out to it, and into it, on 443 and nothing else', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroup', 2);
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ClientGroup'), 'GroupId'] },
      DestinationSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EndpointSecurityGroup'), 'GroupId'] },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EndpointSecurityGroup'), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ClientGroup'), 'GroupId'] },
    });
  });

  const arn = (name: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:us-west-2:123456789012:parameter/${name}`]],
  });

  test('its policy lets the path itself and what is below it be read, and nothing else', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      PolicyDocument: {
        Statement: [
          {
            Sid: 'ReadSecrets',
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
            Resource: [arn('app/production'), arn('app/production/*')],
          },
        ],
      },
    });
  });

  test('grantRead allows a role the same', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Resource: [arn('app/production'), arn('app/production/*')] }] },
    });
  });

  test('its metrics are those of PrivateLink, of this endpoint', () => {
    expect(stack.resolve(endpoint.metricPacketsDropped())).toMatchObject({
      namespace: 'AWS/PrivateLinkEndpoints',
      metricName: 'PacketsDropped',
      statistic: 'Sum',
      dimensions: { 'Endpoint Type': 'Interface', 'Service Name': 'com.amazonaws.us-west-2.ssm' },
    });
    expect(endpoint.metricActiveConnections().statistic).toBe('Maximum');
    expect(endpoint.metricNewConnections().metricName).toBe('NewConnections');
  });
});

describe('the mistakes of 2018 do not synthesize', () => {
  test('the group of the client on the endpoint', () => {
    const stack = createStack();
    const vpc = createVpc(stack);
    const client = createClient(stack, vpc);
    const [group] = client.connections.securityGroups;
    new ParameterStoreEndpoint(stack, 'Endpoint', { vpc, paths, clients: [client], securityGroups: [group!] });
    expect(faultsOf(stack)).toEqual([
      'the endpoint carries the security group of Site/Client itself: having the same group lets nobody in. Leave securityGroups out, and the endpoint gets a group of its own.',
    ]);
  });

  test('a client whose group lets nothing out, where CDK may not change it', () => {
    const { stack, endpoint } = createSite();
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Imported', 'sg-0123456789abcdef0', {
      mutable: false,
      allowAllOutbound: false,
    });
    endpoint.admit(group);
    expect(faultsOf(stack)).toEqual([
      'no rule lets Site/Imported out to the endpoint on tcp 443, and its security group is imported as one that CDK may not change: import it with mutable: true, or add the rule where the group is made and import it with allowAllOutbound: true.',
    ]);
  });

  test('an endpoint whose group lets nobody in, where CDK may not change it', () => {
    const stack = createStack();
    const vpc = createVpc(stack);
    const client = createClient(stack, vpc);
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Imported', 'sg-0123456789abcdef0', { mutable: false });
    new ParameterStoreEndpoint(stack, 'Endpoint', { vpc, paths, clients: [client], securityGroups: [group] });
    expect(faultsOf(stack)).toEqual([
      "no rule lets Site/Client into the endpoint on tcp 443, and the endpoint's security group is imported as one that CDK may not change: leave securityGroups out, or import it with mutable: true.",
    ]);
  });

  test.each<[string, Partial<ParameterStoreEndpointProps>, ec2.VpcProps, RegExp]>([
    ['private DNS off', { privateDnsEnabled: false }, {}, /^private DNS is off: .* Leave privateDnsEnabled out\.$/],
    ['a VPC without DNS host names', {}, { enableDnsHostnames: false }, /set enableDnsHostnames of the VPC to true\.$/],
    ['a VPC without DNS', {}, { enableDnsSupport: false }, /set enableDnsSupport of the VPC to true\.$/],
    [
      'a zone without an interface',
      { subnets: { availabilityZones: ['us-west-2a'], subnetType: ec2.SubnetType.PRIVATE_ISOLATED } },
      {},
      /^there is no interface in us-west-2b: .* Add a subnet of us-west-2b to subnets\.$/,
    ],
  ])('%s', (_, props, vpcProps, sentence) => {
    const { stack } = createSite(props, vpcProps);
    expect(faultsOf(stack)).toEqual([expect.stringMatching(sentence)]);
  });

  test('private DNS off by the raw property', () => {
    const { stack, endpoint } = createSite();
    (endpoint.endpoint.node.defaultChild as ec2.CfnVPCEndpoint).privateDnsEnabled = false;
    expect(faultsOf(stack)).toEqual([expect.stringMatching(/^private DNS is off/)]);
  });

  test('a second endpoint that claims the same name', () => {
    const { stack, vpc } = createSite();
    vpc.addInterfaceEndpoint('Other', { service: ec2.InterfaceVpcEndpointAwsService.SSM });
    expect(faultsOf(stack)).toEqual([expect.stringMatching(/^Site\/Vpc\/Other\/Resource claims the name/)]);
  });

  test('a client that reads what the policy does not let pass', () => {
    const { stack, endpoint, vpc } = createSite();
    endpoint.admit(createClient(stack, vpc, 'Staging'), { paths: ['/app/staging/', '/app/production/db/'] });
    expect(faultsOf(stack)).toEqual([
      'Site/Staging reads /app/staging/, and the policy of this endpoint does not let it pass: add it to paths of the endpoint.',
    ]);
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    expect(() => endpoint.grantRead(role, '/app/productions/')).toThrow(/lets only \/app\/production\/ pass/);
  });

  test('all of them are told at once', () => {
    const { stack } = createSite(
      {
        privateDnsEnabled: false,
        subnets: { availabilityZones: ['us-west-2a'], subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      },
      { enableDnsHostnames: false },
    );
    expect(faultsOf(stack)).toHaveLength(3);
  });
});

describe('the bystander', () => {
  test('whatever runs in the VPC and is not admitted does not synthesize', () => {
    const { stack, vpc } = createSite();
    createClient(stack, vpc, 'Builder');
    new ec2.Instance(stack, 'Bastion', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' }),
    });
    new ec2.CfnInstance(stack, 'Plain', { subnetId: vpc.publicSubnets[0]!.subnetId, imageId: 'ami-1' });
    expect(faultsOf(stack)).toEqual(
      ['Builder/Resource', 'Bastion/Resource', 'Plain'].map((name) =>
        expect.stringMatching(
          new RegExp(`^Site/${name} runs in the same VPC and is not admitted: .* Call admit for it, or exclude`),
        ),
      ),
    );
  });

  test('it is none once it is admitted, or excluded with a reason, or in another VPC', () => {
    const { stack, vpc, endpoint } = createSite();
    endpoint.admit(createClient(stack, vpc, 'Builder'));
    const proxy = createClient(stack, vpc, 'Proxy');
    endpoint.exclude(proxy, 'It forwards requests, and has its settings in its image.');
    createClient(stack, createVpc(createStack(stack.node.root as App, 'Other')), 'Elsewhere');
    expect(faultsOf(stack)).toEqual([]);
    expect(() => endpoint.exclude(proxy, ' ')).toThrow(/Say why Site\/Proxy/);
  });

  test('of another stack it is one too, and can be admitted from there without a circle', () => {
    const { stack, vpc } = createSite();
    createClient(createStack(stack.node.root as App, 'Other'), vpc, 'Builder');
    expect(faultsOf(stack)).toEqual([expect.stringMatching(/^Other\/Builder\/Resource runs in the same VPC/)]);

    const again = createSite();
    const third = createStack(again.stack.node.root as App, 'Third');
    again.endpoint.admit(createClient(third, again.vpc, 'Builder'));
    expect(faultsOf(again.stack)).toEqual([]);
    Template.fromStack(third).resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  });
});

describe('what is given', () => {
  test.each([
    ['app/production', /is no path of Parameter Store/],
    ['/', /is no path of Parameter Store/],
    ['/app//production', /is no path of Parameter Store/],
    ['/app/*', /is no path of Parameter Store/],
  ])('the path %s is refused', (path, sentence) => {
    expect(() => createSite({ paths: [path] })).toThrow(sentence);
  });

  test('no path at all is refused, and a client without a group', () => {
    expect(() => createSite({ paths: [] })).toThrow(/name at least one path/);
    const { endpoint } = createSite();
    expect(() => endpoint.admit(new ec2.Connections())).toThrow(/has no security group/);
  });

  test('an imported VPC is checked as far as it can be, and the rest is told', () => {
    const stack = createStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-west-2a'],
      isolatedSubnetIds: ['subnet-0123456789abcdef0'],
    });
    new ParameterStoreEndpoint(stack, 'Endpoint', { vpc, paths, clients: [createClient(stack, vpc)] });
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('is imported, so its DNS attributes'));
  });

  const createImported = (read: string) => {
    const stack = createStack();
    const endpoint = ParameterStoreEndpoint.fromParameterStoreEndpointAttributes(stack, 'Endpoint', {
      vpcEndpointId: 'vpce-0123456789abcdef0',
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
      paths,
    });
    endpoint.admit(createClient(stack, createVpc(stack)), { paths: [read] });
    return stack;
  };

  test('an imported endpoint admits clients, and its paths count', () => {
    Template.fromStack(createImported('/app/production/')).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-0123456789abcdef0',
    });
    expect(faultsOf(createImported('/x/'))).toEqual([expect.stringMatching(/^Site\/Client reads \/x\//)]);
  });

  test('the SSM agent passes when it is asked for', () => {
    const { stack } = createSite({ allowSsmAgent: true });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'SsmAgent', Resource: '*' })]) },
    });
  });
});
