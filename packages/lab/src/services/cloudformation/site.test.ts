import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeLaunchTemplateVersionsCommand, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { simulatedImageLocation } from '../../machines/simulated/machine-behaviour.js';
import { createStackLab, type StackLab } from './testing/stack-lab.js';

let lab: StackLab;
let ImageId: string;

beforeEach(async () => {
  lab = createStackLab();
  const image = new RegisterImageCommand({
    Name: 'web-1',
    Architecture: 'x86_64',
    RootDeviceName: '/dev/xvda',
    ImageLocation: simulatedImageLocation({ bootMs: 5_000 }),
  });
  ImageId = (await lab.ec2.send(image)).ImageId!;
});

afterEach(async () => {
  expect(lab.defects).toEqual([]);
  await lab.lab.close();
});

/** A site as many have it: two zones, a balancer, a group, an endpoint, a role that reads a parameter. */
function site(instanceType: string, more = ''): string {
  return `
Parameters:
  ImageId: { Type: AWS::EC2::Image::Id }
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true } }
  Gateway: { Type: AWS::EC2::InternetGateway }
  Attachment: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway } }
  Table: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Route:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway }
  SubnetA: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [10.0.0.0/16, 2, 8]], AvailabilityZone: !Select [0, !GetAZs ''], MapPublicIpOnLaunch: true } }
  SubnetB: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: !Select [1, !Cidr [10.0.0.0/16, 2, 8]], AvailabilityZone: !Select [1, !GetAZs ''] } }
  AssociationA: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { RouteTableId: !Ref Table, SubnetId: !Ref SubnetA } }
  Address: { Type: AWS::EC2::EIP, DependsOn: Attachment, Properties: { Domain: vpc } }
  Nat: { Type: AWS::EC2::NatGateway, Properties: { AllocationId: !GetAtt Address.AllocationId, SubnetId: !Ref SubnetA } }
  BalancerGroup: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: balancer, VpcId: !Ref Vpc, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0 }] } }
  WebGroup: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: web, VpcId: !Ref Vpc } }
  FromBalancer: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref WebGroup, IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref BalancerGroup } }
  Endpoint: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: !Ref Vpc, ServiceName: !Sub 'com.amazonaws.\${AWS::Region}.ssm', VpcEndpointType: Interface, PrivateDnsEnabled: true, SubnetIds: [!Ref SubnetA], SecurityGroupIds: [!Ref WebGroup] } }
  Secret: { Type: AWS::SSM::Parameter, Properties: { Type: String, Name: /web/colour, Value: blue } }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: 2012-10-17, Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: 'sts:AssumeRole' }] }
      Policies: [{ PolicyName: read, PolicyDocument: { Version: 2012-10-17, Statement: [{ Effect: Allow, Action: 'ssm:GetParameter', Resource: !Sub 'arn:aws:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter\${Secret}' }] } }]
  Profile: { Type: AWS::IAM::InstanceProfile, Properties: { Roles: [!Ref Role] } }
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData: { ImageId: !Ref ImageId, InstanceType: ${instanceType}, SecurityGroupIds: [!Ref WebGroup], IamInstanceProfile: { Arn: !GetAtt Profile.Arn }, UserData: { Fn::Base64: '#!/bin/sh' } }
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { VpcId: !Ref Vpc, Port: 80, Protocol: HTTP, HealthCheckPath: /healthz, TargetGroupAttributes: [{ Key: deregistration_delay.timeout_seconds, Value: '5' }] } }
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, DependsOn: Attachment, Properties: { Subnets: [!Ref SubnetA, !Ref SubnetB], SecurityGroups: [!Ref BalancerGroup] } }
  Listener: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Targets }] } }
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    DependsOn: Listener
    UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } }
    Properties:
      MinSize: '2'
      MaxSize: '4'
      LaunchTemplate: { LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber }
      VPCZoneIdentifier: [!Ref SubnetA, !Ref SubnetB]
      TargetGroupARNs: [!Ref Targets]
      Tags: [{ Key: Name, Value: web, PropagateAtLaunch: true }]
  Cpu: { Type: AWS::AutoScaling::ScalingPolicy, Properties: { AutoScalingGroupName: !Ref Web, PolicyType: TargetTrackingScaling, TargetTrackingConfiguration: { TargetValue: 50, PredefinedMetricSpecification: { PredefinedMetricType: ASGAverageCPUUtilization } } } }
  Logs: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: 7 } }
  Assets: { Type: AWS::S3::Bucket }
${more}
Outputs:
  Url: { Value: !Sub 'http://\${Balancer.DNSName}' }
`;
}

const Capabilities = ['CAPABILITY_IAM' as const];
const options = (TemplateBody: string) => ({
  StackName: 'site',
  TemplateBody,
  Capabilities,
  Parameters: [{ ParameterKey: 'ImageId', ParameterValue: ImageId }],
});

const failures = async () => (await lab.events('site')).filter((event) => event.includes('FAILED'));

/** What is left of everything that a site makes. */
function left() {
  const { ec2, autoScaling, elbv2, iam, ssm, logs, s3 } = lab.lab.state;
  return {
    vpcs: ec2.vpcs.size,
    gateways: ec2.internetGateways.size,
    addresses: ec2.addresses.size,
    templates: ec2.launchTemplates.size,
    groups: autoScaling.groups.size,
    balancers: elbv2.loadBalancers.size,
    targets: elbv2.targetGroups.size,
    roles: iam.roles.size,
    profiles: iam.instanceProfiles.size,
    parameters: ssm.parameters.size,
    logs: logs.groups.size,
    buckets: s3.buckets.size,
  };
}

test('an ordinary site is made, serves, takes an update in place, and goes without a trace', async () => {
  const empty = left();
  const { StackId } = await lab.cloudFormation.send(new CreateStackCommand(options(site('t3.micro'))));
  const made = await lab.settle(StackId!);
  expect(await failures()).toEqual([]);
  expect(made).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  const autoScaling = new AutoScalingClient(lab.client);
  const group = async () => (await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups![0]!;
  const before = await group();
  expect(before.Instances).toHaveLength(2);

  await lab.cloudFormation.send(new UpdateStackCommand(options(site('t3.small'))));
  expect(await lab.settle(StackId!)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  const after = await group();
  expect(after).toMatchObject({ AutoScalingGroupARN: before.AutoScalingGroupARN, LaunchTemplate: { Version: '2' } });
  const LaunchTemplateId = after.LaunchTemplate?.LaunchTemplateId;
  const { LaunchTemplateVersions } = await lab.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId }),
  );
  expect(LaunchTemplateVersions).toHaveLength(2);

  await lab.cloudFormation.send(new DeleteStackCommand({ StackName: 'site' }));
  const gone = await lab.settle(StackId!);
  expect((await lab.events(StackId!)).filter((event) => event.includes('FAILED'))).toEqual([]);
  expect(gone).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  expect(left()).toEqual(empty);
});

test('a site whose update fails serves on as it was', async () => {
  await lab.cloudFormation.send(new CreateStackCommand(options(site('t3.micro'))));
  await lab.settle('site');
  const resources = async () =>
    (await lab.cloudFormation.send(new DescribeStackResourcesCommand({ StackName: 'site' }))).StackResources?.map(
      ({ LogicalResourceId, PhysicalResourceId }) => `${LogicalResourceId} ${PhysicalResourceId}`,
    );
  const before = await resources();
  const bad =
    '  Bad: { Type: AWS::EC2::Subnet, DependsOn: Web, Properties: { VpcId: !Ref Vpc, CidrBlock: 11.0.0.0/24 } }';
  await lab.cloudFormation.send(new UpdateStackCommand(options(site('t3.small', bad))));
  expect(await lab.settle('site')).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(await resources()).toEqual(before);
});
