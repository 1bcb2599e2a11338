// The site in one of the networks of 2018-11-11. Only the way to Parameter Store differs between them, so that each is an update of the
// one before. N1, N2 and N3 are made of plain constructs, with the mistakes that were made; N5 is made of ours, which refuse them.

import { ImmutableFleet, ManagementDomain } from '@directrix/cdk';
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export const networkNames = ['N1', 'N2', 'N3', 'N5'] as const;
export type NetworkName = (typeof networkNames)[number];

export function isNetworkName(name: string): name is NetworkName {
  return (networkNames as readonly string[]).includes(name);
}

const https = ec2.Port.tcp(443);
const healthPort = 8888;
const secretsPath = '/app/production/';
/** Where the images of the site ship their journal. */
const logGroupName = '/hyperbola/web';

interface SiteStackProps extends StackProps {
  readonly network: NetworkName;
  /** The image of the release that the group starts with. */
  readonly image: string;
}

export class SiteStack extends Stack {
  readonly fleet: ImmutableFleet;

  constructor(scope: Construct, id: string, props: SiteStackProps) {
    super(scope, id, props);
    const vpc = createVpc(this, props.network);
    const groups = createGroups(this, vpc);
    this.fleet = createFleet(this, vpc, groups, props.image);
    const builder = createBuilder(this, vpc, groups.builder, this.fleet.role, props.image);
    if (props.network === 'N5') {
      const domain = new ManagementDomain(this, 'Management', { vpc, paths: [secretsPath] });
      domain.addClient(this.fleet, { paths: [secretsPath] });
      domain.addBuilder(builder, { paths: [secretsPath] });
      keepEndpoint(domain.parameterStore.endpoint);
    } else keepEndpoint(createEndpoint(this, vpc, groups.backend, props.network));
  }
}

interface Groups {
  readonly balancer: ec2.SecurityGroup;
  readonly backend: ec2.SecurityGroup;
  readonly database: ec2.SecurityGroup;
  readonly builder: ec2.SecurityGroup;
}

// A segment that is added at the end leaves the addresses of the others as they are.
function createVpc(stack: Stack, network: NetworkName): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', {
    ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16'),
    availabilityZones: ['a', 'b'].map((zone) => `${stack.region}${zone}`),
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ...(network === 'N5' ? [ManagementDomain.subnetConfiguration()] : []),
    ],
  });
}

function createGroups(stack: Stack, vpc: ec2.Vpc): Groups {
  const create = (id: string, description: string, allowAllOutbound = false) =>
    new ec2.SecurityGroup(stack, id, { vpc, description, allowAllOutbound });
  const groups = {
    balancer: create('BalancerGroup', 'The load balancer'),
    backend: create('BackendGroup', 'The instances of the site'),
    database: create('DatabaseGroup', 'MySQL'),
    builder: create('BuilderGroup', 'The Packer builder', true),
  };
  groups.backend.connections.allowTo(groups.database, ec2.Port.tcp(3306));
  return groups;
}

function createFleet(stack: Stack, vpc: ec2.Vpc, groups: Groups, image: string): ImmutableFleet {
  const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', {
    vpc,
    internetFacing: true,
    securityGroup: groups.balancer,
  });
  return new ImmutableFleet(stack, 'Web', {
    vpc,
    vpcSubnets: { subnetGroupName: 'Private' },
    securityGroup: groups.backend,
    machineImage: imageOf(stack, image),
    instanceType: new ec2.InstanceType('t3.micro'),
    autoScalingGroupName: 'web',
    minCapacity: 3,
    healthCheck: { path: '/healthz', port: String(healthPort) },
    secretsPaths: [secretsPath],
    logGroup: new logs.LogGroup(stack, 'Logs', {
      logGroupName,
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
    listener: balancer.addListener('Http', { port: 80 }),
  });
}

function imageOf(stack: Stack, image: string): ec2.IMachineImage {
  return ec2.MachineImage.genericLinux({ [stack.region]: image });
}

// Packer starts its builder in a public subnet. A bake imports the settings, so it reads the secrets with the role of the instances.
function createBuilder(
  stack: Stack,
  vpc: ec2.Vpc,
  group: ec2.SecurityGroup,
  role: iam.IRole,
  image: string,
): ec2.LaunchTemplate {
  const template = new ec2.LaunchTemplate(stack, 'PackerBuilder', {
    launchTemplateName: 'packer-builder',
    machineImage: imageOf(stack, image),
    instanceType: new ec2.InstanceType('t3.micro'),
    associatePublicIpAddress: true,
    securityGroup: group,
    role,
  });
  const resource = template.node.defaultChild as ec2.CfnLaunchTemplate;
  const [subnet] = vpc.publicSubnets;
  resource.addPropertyOverride('LaunchTemplateData.NetworkInterfaces.0.SubnetId', subnet!.subnetId);
  return template;
}

// An update makes what is new before it removes what is old, and EC2 refuses a second endpoint with the private name of the first. With
// one logical id in every network, the endpoint is changed in place.
function keepEndpoint(endpoint: ec2.InterfaceVpcEndpoint): void {
  (endpoint.node.defaultChild as ec2.CfnVPCEndpoint).overrideLogicalId('SsmEndpoint');
}

/** The endpoint as it was built that night. */
function createEndpoint(
  stack: Stack,
  vpc: ec2.Vpc,
  backend: ec2.SecurityGroup,
  network: NetworkName,
): ec2.InterfaceVpcEndpoint {
  const own =
    network === 'N1'
      ? undefined
      : new ec2.SecurityGroup(stack, 'EndpointGroup', {
          vpc,
          description: 'The endpoint of SSM',
          allowAllOutbound: false,
        });
  if (own !== undefined) backend.connections.allowTo(own, https);
  return vpc.addInterfaceEndpoint('Ssm', {
    service: ec2.InterfaceVpcEndpointAwsService.SSM,
    subnets: { subnetGroupName: 'Private' },
    // 00:04: the group of the instances themselves, which has no rule for itself.
    securityGroups: [own ?? backend],
    open: false,
    // 01:19: private DNS is switched on.
    privateDnsEnabled: network === 'N3',
  });
}
