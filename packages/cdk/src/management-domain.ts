// management-domain: a segment of a VPC that owns its endpoints, for every other segment and for whoever builds images.
//
// The endpoints carry the domain's group alone, and each client is admitted by one call. So a client that is added is never forgotten at
// one of several endpoints, and no client's group is on an endpoint.

import type { IResource } from 'aws-cdk-lib';
import { Resource, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct, IConstruct } from 'constructs';
import { manifest } from './manifest';
import { type AdmitOptions, ParameterStoreEndpoint } from './parameter-store-endpoint';

const httpsPort = 443;

/** A management domain. */
export interface IManagementDomain extends IResource, ec2.IConnectable {
  /** Its endpoint of Parameter Store. */
  readonly parameterStore: ParameterStoreEndpoint;

  /** Let the machines of another segment connect to every endpoint of the domain. */
  addClient(client: ec2.IConnectable, options?: AdmitOptions): void;

  /** Let what builds images connect, and tag it, so that `directrix preflight` asks about it too. */
  addBuilder(builder: ec2.IConnectable, options?: AdmitOptions): void;
}

/** Properties of a new ManagementDomain. */
export interface ManagementDomainProps {
  /** The VPC of all the segments. */
  readonly vpc: ec2.IVpc;

  /** What may be read through the endpoint of Parameter Store: everything below each of these paths, such as `/app/production/`. */
  readonly paths: string[];

  /**
   * The subnets of the domain, one in every zone.
   *
   * @default - the subnet group named `Management` where the VPC has one, else one private subnet in every zone
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * Further services with an endpoint in the domain. CloudWatch Logs is there for the log agent.
   *
   * @default - CloudWatch Logs
   */
  readonly services?: ec2.InterfaceVpcEndpointAwsService[];

  /**
   * Segments that may connect. The same as `addClient` for each of them.
   *
   * @default - nobody yet
   */
  readonly clients?: ec2.IConnectable[];

  /**
   * Whether the SSM agent of the clients may pass. Session Manager needs `SSM_MESSAGES` in `services` too.
   *
   * @default false
   */
  readonly allowSsmAgent?: boolean;
}

/**
 * A segment that owns the endpoints of several client segments and builders.
 *
 * @resource AWS::EC2::VPCEndpoint
 */
export class ManagementDomain extends Resource implements IManagementDomain {
  /** The name of the subnets that the domain looks for first. */
  public static readonly SUBNET_GROUP_NAME = 'Management';

  /** The subnets of a domain, to be put into `subnetConfiguration` of a VPC: isolated, 32 addresses in each zone. */
  public static subnetConfiguration(): ec2.SubnetConfiguration {
    return { name: ManagementDomain.SUBNET_GROUP_NAME, subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 27 };
  }

  public readonly parameterStore: ParameterStoreEndpoint;
  public readonly connections: ec2.Connections;

  /** The group that every endpoint of the domain carries. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** The endpoints of `services`. */
  public readonly endpoints: ec2.InterfaceVpcEndpoint[];

  public constructor(scope: Construct, id: string, props: ManagementDomainProps) {
    super(scope, id);
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'The endpoints of the management domain',
      allowAllOutbound: false,
    });
    this.connections = new ec2.Connections({
      securityGroups: [this.securityGroup],
      defaultPort: ec2.Port.tcp(httpsPort),
    });
    const subnets = props.subnets ?? defaultSubnets(props.vpc);
    this.parameterStore = new ParameterStoreEndpoint(this, 'ParameterStore', {
      vpc: props.vpc,
      paths: props.paths,
      subnets,
      securityGroups: [this.securityGroup],
      allowSsmAgent: props.allowSsmAgent,
    });
    const services = props.services ?? [ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS];
    this.endpoints = services.map(
      (service) =>
        new ec2.InterfaceVpcEndpoint(this, service.shortName, {
          vpc: props.vpc,
          service,
          subnets,
          securityGroups: [this.securityGroup],
          open: false,
        }),
    );
    for (const client of props.clients ?? []) this.addClient(client);
  }

  // One group, so one pair of rules opens every endpoint.
  public addClient(client: ec2.IConnectable, options?: AdmitOptions): void {
    this.parameterStore.admit(client, options);
  }

  public addBuilder(builder: ec2.IConnectable, options?: AdmitOptions): void {
    this.addClient(builder, options);
    const construct = builder as Partial<IConstruct>;
    if (construct.node === undefined)
      throw new Error(`A builder of ${this.node.path} must be a construct, such as a launch template or an instance.`);
    Tags.of(builder as ec2.IConnectable & IConstruct).add(manifest.builderTag, 'true');
  }
}

function defaultSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  const own = [...vpc.isolatedSubnets, ...vpc.privateSubnets].some((subnet) =>
    subnet.node.path.includes(`/${ManagementDomain.SUBNET_GROUP_NAME}Subnet`),
  );
  return own ? { subnetGroupName: ManagementDomain.SUBNET_GROUP_NAME } : { onePerAz: true };
}
