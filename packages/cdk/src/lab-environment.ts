// lab-environment: the network of a site once more, small and apart, to try a change before the site gets it.
//
// It has the site's segments, its management domain, a fleet of the same ports and health page, and a builder in its public subnet; its own
// addresses, its own paths of Parameter Store, and nothing that leads to the site.

import type { IResource } from 'aws-cdk-lib';
import { Resource, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { ImmutableFleet } from './immutable-fleet';
import { ManagementDomain } from './management-domain';
import { plainPath } from './secrets-path';

/** A lab environment. */
export interface ILabEnvironment extends IResource {
  /** Its VPC, which nothing of the site is in. */
  readonly vpc: ec2.IVpc;
}

/** Properties of a new LabEnvironment. */
export interface LabEnvironmentProps {
  /** The paths that the site reads its secrets below. The lab reads its own: `/lab/app/production/` for `/app/production/`. */
  readonly paths: string[];

  /** The image that the lab starts with: one of the site. */
  readonly machineImage: ec2.IMachineImage;

  /**
   * Its addresses. They must not be those of a VPC that it might be peered with.
   *
   * @default - 10.254.0.0/16
   */
  readonly ipAddresses?: ec2.IIpAddresses;

  /**
   * The segments, as the site has them.
   *
   * @default - Public, Backend and Management, the last two isolated
   */
  readonly subnetConfiguration?: ec2.SubnetConfiguration[];

  /**
   * The type of the instances.
   *
   * @default t3.micro
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * The port that the application serves on.
   *
   * @default 80
   */
  readonly port?: number;

  /**
   * The health check of the site.
   *
   * @default - as ImmutableFleet
   */
  readonly healthCheck?: elbv2.HealthCheck;

  /**
   * Further services with an endpoint in the management domain.
   *
   * @default - CloudWatch Logs
   */
  readonly services?: ec2.InterfaceVpcEndpointAwsService[];
}

/** The network of a site, small and apart. Two zones, two instances, no NAT gateway, an internal load balancer. */
export class LabEnvironment extends Resource implements ILabEnvironment {
  /** Tag of everything in it. */
  public static readonly TAG = 'directrix:environment';

  public readonly vpc: ec2.Vpc;
  public readonly managementDomain: ManagementDomain;
  public readonly fleet: ImmutableFleet;
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /** What builds images, in a public subnet. Nothing runs of it until somebody launches it. */
  public readonly builder: ec2.LaunchTemplate;

  public constructor(scope: Construct, id: string, props: LabEnvironmentProps) {
    super(scope, id);
    const paths = props.paths.map((path) => `/lab${plainPath(path)}/`);
    const instanceType = props.instanceType ?? new ec2.InstanceType('t3.micro');
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: props.ipAddresses ?? ec2.IpAddresses.cidr('10.254.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: props.subnetConfiguration ?? [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
        { name: 'Backend', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
        ManagementDomain.subnetConfiguration(),
      ],
    });
    this.managementDomain = new ManagementDomain(this, 'Management', {
      vpc: this.vpc,
      paths,
      services: props.services,
    });
    const backend = this.vpc.selectSubnets({ subnetGroupName: backendName(this.vpc) });
    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Balancer', {
      vpc: this.vpc,
      internetFacing: false,
      vpcSubnets: backend,
      dropInvalidHeaderFields: true,
    });
    this.fleet = new ImmutableFleet(this, 'Web', {
      vpc: this.vpc,
      vpcSubnets: backend,
      machineImage: props.machineImage,
      instanceType,
      port: props.port,
      healthCheck: props.healthCheck,
      secretsPaths: paths,
      parameterStore: this.managementDomain.parameterStore,
      listener: this.loadBalancer.addListener('Http', {
        port: 80,
        protocol: elbv2.ApplicationProtocol.HTTP,
        open: false,
      }),
    });
    this.builder = new ec2.LaunchTemplate(this, 'Builder', {
      machineImage: props.machineImage,
      instanceType,
      requireImdsv2: true,
      associatePublicIpAddress: true,
      role: this.fleet.role,
      securityGroup: new ec2.SecurityGroup(this, 'BuilderGroup', {
        vpc: this.vpc,
        description: 'What builds images in the lab',
      }),
    });
    this.managementDomain.addBuilder(this.builder, { paths });
    Tags.of(this).add(LabEnvironment.TAG, 'lab');
  }
}

/** The segment of the instances: the first private one that is not the management domain's. */
function backendName(vpc: ec2.Vpc): string {
  const names = [...vpc.privateSubnets, ...vpc.isolatedSubnets].map(
    ({ node }) => /^(.*)Subnet\d+$/.exec(node.id)?.[1] ?? '',
  );
  const found = names.find((name) => name !== ManagementDomain.SUBNET_GROUP_NAME);
  if (found === undefined)
    throw new Error(`${vpc.node.path} has no private subnets for the instances beside the management domain's.`);
  return found;
}
