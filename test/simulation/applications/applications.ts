// applications: what other people write with the CDK, in the shapes of aws-samples/aws-cdk-examples and of the CDK's own guide. They know
// nothing of Directrix or of the lab.
import {
  Aspects,
  CfnOutput,
  CfnParameter,
  Duration,
  type IAspect,
  RemovalPolicy,
  Stack,
  type StackProps,
  Tags,
} from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct, IConstruct } from 'constructs';

const burstable = ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO);

/** A VPC of two zones with NAT gateways, a group that scales by requests, and a load balancer. */
export class LoadBalancerStack extends Stack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, 'LoadBalancer', props);
    const vpc = new ec2.Vpc(this, 'VPC', { restrictDefaultSecurityGroup: false });
    const group = new autoscaling.AutoScalingGroup(this, 'ASG', {
      vpc,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.BURSTABLE4_GRAVITON, ec2.InstanceSize.MICRO),
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
    });
    const balancer = new elbv2.ApplicationLoadBalancer(this, 'LB', { vpc, internetFacing: true });
    const listener = balancer.addListener('Listener', { port: 80 });
    listener.addTargets('Target', { port: 80, targets: [group] });
    listener.connections.allowDefaultPortFromAnyIpv4('Open to the world');
    group.scaleOnRequestCount('AModestLoad', { targetRequestsPerMinute: 60 });
  }
}

/** One server in a public subnet with a key, a role with managed policies, a bucket, a disk, and what cfn-init finds in its metadata. */
export class ServerStack extends Stack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, 'Server', { ...props, description: 'One server' });
    const vpc = new ec2.Vpc(this, 'VPC', {
      natGateways: 0,
      maxAzs: 2,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { cidrMask: 24, name: 'ServerPublic', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: true },
      ],
    });
    const ssh = new ec2.SecurityGroup(this, 'SSH', { vpc, description: 'SSH', allowAllOutbound: true });
    ssh.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(22));
    const bucket = new s3.Bucket(this, 'Assets', {
      removalPolicy: RemovalPolicy.DESTROY,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      inlinePolicies: {
        RetentionPolicy: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({ resources: ['*'], actions: ['logs:PutRetentionPolicy'] })],
        }),
      },
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'),
        iam.ManagedPolicy.fromAwsManagedPolicyName('CloudWatchAgentServerPolicy'),
      ],
    });
    bucket.grantReadWrite(role);
    const userData = ec2.UserData.forLinux();
    userData.addCommands(
      'yum update -y',
      `aws s3 cp s3://${bucket.bucketName}/sample /home/ec2-user/sample --recursive`,
    );
    const instance = new ec2.Instance(this, 'Instance', {
      vpc,
      instanceType: burstable,
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cachedInContext: false }),
      userData,
      securityGroup: new ec2.SecurityGroup(this, 'Own', { vpc, allowAllOutbound: true }),
      keyPair: new ec2.KeyPair(this, 'Key'),
      blockDevices: [{ deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true }) }],
      requireImdsv2: true,
      role,
    });
    instance.addSecurityGroup(ssh);
    new CfnOutput(this, 'ssh', { value: `ssh ec2-user@${instance.instancePublicDnsName}` });
    new CfnOutput(this, 'address', { value: instance.instancePublicIp, exportName: 'instancePublicIp' });
  }
}

/** A NAT instance as the way out of isolated subnets, and endpoints for the SSM agent. */
export class NatInstanceStack extends Stack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, 'NatInstance', props);
    const vpc = new ec2.Vpc(this, 'VPC', {
      ipAddresses: ec2.IpAddresses.cidr('10.2.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    for (const [name, service] of Object.entries({
      ssm: ec2.InterfaceVpcEndpointAwsService.SSM,
      messages: ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES,
      ec2messages: ec2.InterfaceVpcEndpointAwsService.EC2_MESSAGES,
    }))
      vpc.addInterfaceEndpoint(name, { service, privateDnsEnabled: true });
    const group = new ec2.SecurityGroup(this, 'NatGroup', { vpc, description: 'NAT', allowAllOutbound: true });
    group.addIngressRule(ec2.Peer.ipv4('10.2.0.0/16'), ec2.Port.allTcp());
    group.addIngressRule(ec2.Peer.ipv4('10.2.0.0/16'), ec2.Port.allIcmp());
    const nat = new ec2.Instance(this, 'Nat', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      sourceDestCheck: false,
      instanceType: burstable,
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      securityGroup: group,
      userDataCausesReplacement: true,
    });
    for (const subnet of vpc.isolatedSubnets)
      (subnet as ec2.PrivateSubnet).addRoute('Internet', {
        routerId: nat.instanceId,
        routerType: ec2.RouterType.INSTANCE,
        destinationCidrBlock: '0.0.0.0/0',
        enablesInternetConnectivity: true,
      });
    const acl = new ec2.NetworkAcl(this, 'Acl', {
      vpc,
      subnetSelection: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    for (const direction of [ec2.TrafficDirection.INGRESS, ec2.TrafficDirection.EGRESS])
      acl.addEntry(`All${direction}`, {
        cidr: ec2.AclCidr.anyIpv4(),
        ruleNumber: 100,
        traffic: ec2.AclTraffic.allTraffic(),
        direction,
      });
    new ec2.BastionHostLinux(this, 'Bastion', { vpc, subnetSelection: { subnetType: ec2.SubnetType.PUBLIC } });
  }
}

/** Parameters of every kind, given ones among them, a log group, and an alarm that looks at it. */
export class SettingsStack extends Stack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, 'Settings', props);
    const stage = new CfnParameter(this, 'Stage', { default: 'test', allowedValues: ['test', 'production'] });
    const size = new CfnParameter(this, 'Size', { type: 'Number', default: 3, minValue: 1, maxValue: 9 });
    new ssm.StringParameter(this, 'Name', {
      parameterName: `/settings/${Stack.of(this).stackName}/name`,
      stringValue: `web-${stage.valueAsString}`,
      allowedPattern: '.*',
      description: 'The name of the site',
    });
    const list = new ssm.StringListParameter(this, 'Zones', { stringListValue: this.availabilityZones.slice(0, 2) });
    new ssm.StringParameter(this, 'SizeOfIt', {
      stringValue: size.valueAsNumber.toString(),
      tier: ssm.ParameterTier.STANDARD,
    });
    const group = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new logs.LogStream(this, 'Stream', { logGroup: group, removalPolicy: RemovalPolicy.DESTROY });
    const reader = new iam.Role(this, 'Reader', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    list.grantRead(reader);
    group.grantWrite(reader);
    const alarm = new cloudwatch.Metric({ namespace: 'Site', metricName: 'Errors', statistic: 'Sum' }).createAlarm(
      this,
      'Errors',
      {
        threshold: 5,
        evaluationPeriods: 2,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      },
    );
    new cloudwatch.CompositeAlarm(this, 'Any', { alarmRule: cloudwatch.AlarmRule.anyOf(alarm) });
    new CfnOutput(this, 'RoleArn', { value: reader.roleArn });
  }
}

class OwnerAspect implements IAspect {
  visit(node: IConstruct): void {
    if (node instanceof Stack) Tags.of(node).add('owner', 'platform');
  }
}

/** A network for other stacks, and a fleet in it: what they lend each other are exports. */
export class NetworkStack extends Stack {
  readonly vpc: ec2.Vpc;

  constructor(scope: Construct, props: StackProps) {
    super(scope, 'Network', { ...props, tags: { layer: 'network' } });
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      natGateways: 0,
      maxAzs: 2,
      restrictDefaultSecurityGroup: false,
      ipProtocol: ec2.IpProtocol.IPV4_ONLY,
    });
    Aspects.of(this).add(new OwnerAspect());
  }
}

export class FleetStack extends Stack {
  constructor(scope: Construct, props: StackProps & { readonly vpc: ec2.IVpc }) {
    super(scope, 'Fleet', props);
    const { vpc } = props;
    const template = new ec2.LaunchTemplate(this, 'Template', {
      instanceType: burstable,
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      securityGroup: new ec2.SecurityGroup(this, 'Group', { vpc }),
      userData: ec2.UserData.forLinux(),
      requireImdsv2: true,
      detailedMonitoring: true,
    });
    const group = new autoscaling.AutoScalingGroup(this, 'ASG', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      launchTemplate: template,
      minCapacity: 1,
      maxCapacity: 4,
      cooldown: Duration.minutes(1),
      newInstancesProtectedFromScaleIn: false,
      terminationPolicies: [autoscaling.TerminationPolicy.OLDEST_INSTANCE],
      updatePolicy: autoscaling.UpdatePolicy.replacingUpdate(),
    });
    group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    group.scaleOnSchedule('Morning', {
      schedule: autoscaling.Schedule.cron({ hour: '8', minute: '0' }),
      minCapacity: 2,
    });
    group.addLifecycleHook('Drain', {
      lifecycleTransition: autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
      heartbeatTimeout: Duration.seconds(60),
      defaultResult: autoscaling.DefaultResult.CONTINUE,
    });
  }
}
