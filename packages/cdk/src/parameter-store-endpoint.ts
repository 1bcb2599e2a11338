// parameter-store-endpoint: the interface endpoint of Parameter Store in a VPC, in a way that cannot be wrong.
//
//   E1. It has security groups of its own, and each client that is admitted has both rules: out of its groups, into the endpoint's.
//   E2. Its private DNS is on, in a VPC that resolves private names, and no second endpoint claims the same name.
//   E3. It has an interface in every zone of the VPC, and its policy lets pass what its clients read, and nothing else.
//   E4. Private DNS acts on the whole VPC: what runs there is admitted, or somebody says why it need not be.
//
// What breaks one of these does not synthesize; every reason is told at once, each with what to do.

import type { IResource } from 'aws-cdk-lib';
import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { findMachines, vpcOf } from './machines';
import { nameOf, textOf, textsOf } from './named-values';
import { covers, pathArns, plainPath, readActions } from './secrets-path';
import { idOf, isOff, letsIn, letsOut } from './security-group-rules';

const httpsPort = 443;

/** An endpoint of Parameter Store, made here or elsewhere. */
export interface IParameterStoreEndpoint extends IResource, ec2.IConnectable {
  /**
   * The id of the endpoint.
   *
   * @attribute
   */
  readonly vpcEndpointId: string;

  /** The paths that its policy lets pass, without their last slash. */
  readonly paths: string[];

  /** Let a client connect, and have it checked that it can. Rules are added to its security groups and to the endpoint's. */
  admit(client: ec2.IConnectable, options?: AdmitOptions): void;

  /** Allow a principal to read what is below a path, or below every path of the endpoint. */
  grantRead(grantee: iam.IGrantable, path?: string): iam.Grant;
}

/** How a client is admitted. */
export interface AdmitOptions {
  /**
   * What the client reads. A path that the endpoint's policy does not let pass is refused.
   *
   * @default - nothing is checked of its paths
   */
  readonly paths?: string[];
}

/** Properties of a new ParameterStoreEndpoint. */
export interface ParameterStoreEndpointProps {
  /** The VPC. Private DNS acts on all of it. */
  readonly vpc: ec2.IVpc;

  /** What may be read through the endpoint: everything below each of these paths, such as `/app/production/`. */
  readonly paths: string[];

  /**
   * Who may connect. The same as `admit` for each of them.
   *
   * @default - nobody yet: call `admit`
   */
  readonly clients?: ec2.IConnectable[];

  /**
   * Where its interfaces are: one subnet in every zone of the VPC.
   *
   * @default - one private subnet in every zone, isolated where there is no other
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * The security groups of the endpoint. No client may have one of them.
   *
   * @default - a group of its own, which lets nothing out
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the name of Parameter Store means the endpoint, in the whole VPC. Off is refused: no client would find it.
   *
   * @default true
   */
  readonly privateDnsEnabled?: boolean;

  /**
   * Whether the endpoint lets the SSM agent pass, which Session Manager and Run Command need.
   *
   * @default false
   */
  readonly allowSsmAgent?: boolean;
}

/** What an existing endpoint is. */
export interface ParameterStoreEndpointAttributes {
  /** The id of the endpoint, such as `vpce-0a1b`. */
  readonly vpcEndpointId: string;

  /** The security groups that it carries. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /** The paths that its policy lets pass. */
  readonly paths: string[];
}

abstract class ParameterStoreEndpointBase extends Resource implements IParameterStoreEndpoint {
  public abstract readonly vpcEndpointId: string;
  public abstract readonly paths: string[];
  public abstract readonly connections: ec2.Connections;
  /** @internal */
  protected readonly _clients: Client[] = [];

  public admit(client: ec2.IConnectable, options: AdmitOptions = {}): void {
    const groups = client.connections.securityGroups;
    if (groups.length === 0)
      throw new Error(
        `${describe(client)} has no security group, so nothing can be opened for it: give it one, then admit it to ${this.node.path}.`,
      );
    // In this direction CDK puts both rules into the client's stack, so that the endpoint's does not come to depend on it.
    client.connections.allowTo(this, ec2.Port.tcp(httpsPort), 'to Parameter Store');
    this._clients.push({ name: describe(client), groups, paths: options.paths ?? [] });
  }

  public grantRead(grantee: iam.IGrantable, path?: string): iam.Grant {
    if (path !== undefined) this._requirePath(path, 'grantRead');
    const stack = Stack.of(this);
    return iam.Grant.addToPrincipal({
      grantee,
      actions: readActions,
      resourceArns: (path === undefined ? this.paths : [path]).flatMap((one) => pathArns(stack, one)),
    });
  }

  /** @internal */
  protected _requirePath(path: string, what: string): void {
    if (this.paths.some((one) => covers(one, path))) return;
    throw new Error(
      `${this.node.path} lets only ${this.paths.map((one) => `${one}/`).join(', ')} pass, and ${what} names ${path}: add it to paths of the endpoint.`,
    );
  }

  /** @internal */
  protected _describePathFaults(): string[] {
    return this._clients.flatMap(({ name, paths }) =>
      paths
        .filter((path) => !this.paths.some((one) => covers(one, path)))
        .map(
          (path) =>
            `${name} reads ${path}, and the policy of this endpoint does not let it pass: add it to paths of the endpoint.`,
        ),
    );
  }

  /** @internal */
  protected _describeRuleFaults(): string[] {
    const root = this.node.root;
    const own = this.connections.securityGroups;
    const ownIds = own.map(idOf);
    return this._clients.flatMap(({ name, groups }) => {
      const ids = groups.map(idOf);
      if (ids.some((id) => ownIds.includes(id)))
        return [
          `the endpoint carries the security group of ${name} itself: having the same group lets nobody in. Leave securityGroups out, and the endpoint gets a group of its own.`,
        ];
      return [
        ...(letsOut(root, groups, httpsPort, ownIds)
          ? []
          : [
              `no rule lets ${name} out to the endpoint on tcp 443, and its security group is imported as one that CDK may not change: import it with mutable: true, or add the rule where the group is made and import it with allowAllOutbound: true.`,
            ]),
        ...(letsIn(root, own, httpsPort, ids)
          ? []
          : [
              `no rule lets ${name} into the endpoint on tcp 443, and the endpoint's security group is imported as one that CDK may not change: leave securityGroups out, or import it with mutable: true.`,
            ]),
      ];
    });
  }
}

interface Client {
  readonly name: string;
  readonly groups: ec2.ISecurityGroup[];
  readonly paths: string[];
}

interface Excluded {
  readonly construct: IConstruct;
  readonly reason: string;
}

/**
 * The interface endpoint of Parameter Store, with groups, private DNS, zones and policy as they must be.
 *
 * @resource AWS::EC2::VPCEndpoint
 */
export class ParameterStoreEndpoint extends ParameterStoreEndpointBase {
  /** Import an endpoint that is there. Clients can be admitted to it; what it is itself is not checked. */
  public static fromParameterStoreEndpointAttributes(
    scope: Construct,
    id: string,
    attrs: ParameterStoreEndpointAttributes,
  ): IParameterStoreEndpoint {
    class Import extends ParameterStoreEndpointBase {
      public readonly vpcEndpointId = attrs.vpcEndpointId;
      public readonly paths = attrs.paths.map(plainPath);
      public readonly connections = connectionsOf(attrs.securityGroups);

      public constructor() {
        super(scope, id);
        this.node.addValidation({ validate: () => [...this._describePathFaults(), ...this._describeRuleFaults()] });
      }
    }
    return new Import();
  }

  public readonly vpcEndpointId: string;
  public readonly paths: string[];
  public readonly connections: ec2.Connections;

  /** The VPC that the endpoint is in. */
  public readonly vpc: ec2.IVpc;

  /** The endpoint as aws-cdk-lib makes it. */
  public readonly endpoint: ec2.InterfaceVpcEndpoint;

  private readonly excluded: Excluded[] = [];

  public constructor(scope: Construct, id: string, props: ParameterStoreEndpointProps) {
    super(scope, id);
    this.vpc = props.vpc;
    this.paths = props.paths.map(plainPath);
    if (this.paths.length === 0)
      throw new Error(`${this.node.path}: name at least one path in paths, such as /app/production/.`);
    const securityGroups = props.securityGroups ?? [this.createSecurityGroup()];
    const subnets = props.vpc.selectSubnets(props.subnets ?? { onePerAz: true });
    this.connections = connectionsOf(securityGroups);
    this.endpoint = new ec2.InterfaceVpcEndpoint(this, 'Resource', {
      vpc: props.vpc,
      service: ec2.InterfaceVpcEndpointAwsService.SSM,
      subnets: { subnets: subnets.subnets },
      securityGroups,
      open: false,
      privateDnsEnabled: props.privateDnsEnabled ?? true,
    });
    this.vpcEndpointId = this.endpoint.vpcEndpointId;
    this.addPathsToPolicy();
    if (props.allowSsmAgent === true) this.addToPolicy(ssmAgentStatement());
    for (const client of props.clients ?? []) this.admit(client);
    this.node.addValidation({
      validate: () => [
        ...this.describeNameFaults(),
        ...this.describeZoneFaults(subnets),
        ...this._describePathFaults(),
        ...this._describeRuleFaults(),
        ...this.describeBystanders(),
      ],
    });
    this.warnOfImportedVpc();
  }

  /** Let something else pass than reading the paths, such as what another client writes. */
  public addToPolicy(statement: iam.PolicyStatement): void {
    this.endpoint.addToPolicy(statement);
  }

  /**
   * Say that something in the VPC never asks Parameter Store, neither by itself nor by the SSM agent, so that it need not be admitted.
   *
   * @param client what runs there: an instance, a launch template, a fleet, a function, a service
   * @param reason why it does not; kept in the template's metadata
   */
  public exclude(client: IConstruct, reason: string): void {
    if (reason.trim() === '') throw new Error(`Say why ${client.node.path} does not ask Parameter Store.`);
    this.excluded.push({ construct: client, reason });
    this.endpoint.node.defaultChild?.node.addMetadata('directrix:excluded', `${client.node.path}: ${reason}`);
  }

  /** A metric of this endpoint, by default the average of five minutes. */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/PrivateLinkEndpoints',
      metricName,
      dimensionsMap: {
        'Endpoint Type': 'Interface',
        'Service Name': `com.amazonaws.${Stack.of(this).region}.ssm`,
        'VPC Endpoint Id': this.vpcEndpointId,
        'VPC Id': this.vpc.vpcId,
      },
      ...props,
    }).attachTo(this);
  }

  /** Connections that are open, at most in five minutes. */
  public metricActiveConnections(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ActiveConnections', { statistic: 'Maximum', ...props });
  }

  /** Connections that were opened. */
  public metricNewConnections(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('NewConnections', { statistic: 'Sum', ...props });
  }

  /** Packets that the endpoint dropped. More than a few mean that it is not well. */
  public metricPacketsDropped(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('PacketsDropped', { statistic: 'Sum', ...props });
  }

  private createSecurityGroup(): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: `The endpoint of Parameter Store, ${this.node.path}`
        .slice(0, 255)
        .replace(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, ' '),
      allowAllOutbound: false,
    });
  }

  private addPathsToPolicy(): void {
    const stack = Stack.of(this);
    this.addToPolicy(
      new iam.PolicyStatement({
        sid: 'ReadSecrets',
        principals: [new iam.AnyPrincipal()],
        actions: readActions,
        resources: this.paths.flatMap((path) => pathArns(stack, path)),
      }),
    );
  }

  private describeNameFaults(): string[] {
    const vpc = this.vpc.node.defaultChild;
    const resource = this.endpoint.node.defaultChild as ec2.CfnVPCEndpoint;
    const others = this.node.root.node
      .findAll()
      .filter((one): one is ec2.CfnVPCEndpoint => one instanceof ec2.CfnVPCEndpoint && one !== resource)
      .filter((one) => /\.ssm["}\]]*$/.test(textOf(one, one.serviceName) ?? ''))
      .filter((one) => textOf(one, one.vpcId) === textOf(this, this.vpc.vpcId))
      .filter((one) => !isOff(one, one.privateDnsEnabled, false));
    return [
      ...(isOff(resource, resource.privateDnsEnabled, false)
        ? [
            'private DNS is off: the name of Parameter Store keeps its public addresses, and an instance without a way to the internet waits for minutes and fails. Leave privateDnsEnabled out.',
          ]
        : []),
      ...(vpc instanceof ec2.CfnVPC && isOff(vpc, vpc.enableDnsSupport, true)
        ? [`${this.vpc.node.path} does not resolve names at all: set enableDnsSupport of the VPC to true.`]
        : []),
      ...(vpc instanceof ec2.CfnVPC && isOff(vpc, vpc.enableDnsHostnames, false)
        ? [
            `${this.vpc.node.path} has no DNS host names, and AWS refuses private DNS of an endpoint without them: set enableDnsHostnames of the VPC to true.`,
          ]
        : []),
      ...others.map(
        (one) =>
          `${one.node.path} claims the name of Parameter Store in the same VPC, and only one endpoint can: delete it and admit its clients here.`,
      ),
    ];
  }

  private describeZoneFaults(selected: ec2.SelectedSubnets): string[] {
    const zones = textsOf(this, this.vpc.availabilityZones);
    const own = textsOf(this, selected.availabilityZones);
    const missing = zones.filter((zone) => !own.includes(zone));
    const repeated = own.filter((zone, index) => own.indexOf(zone) !== index);
    return [
      ...missing.map(
        (zone) =>
          `there is no interface in ${zone}: clients there depend on another zone, and lose Parameter Store with it. Add a subnet of ${zone} to subnets.`,
      ),
      ...repeated.map(
        (zone) => `two subnets are in ${zone}, and an endpoint takes one of a zone: say onePerAz: true in subnets.`,
      ),
    ];
  }

  // Whoever asked Parameter Store over the internet until now is sent to the endpoint as soon as it is there.
  private describeBystanders(): string[] {
    const root = this.node.root;
    const vpcId = textOf(this, this.vpc.vpcId);
    const admitted = this._clients.flatMap(({ groups }) => groups.map(idOf));
    return findMachines(root)
      .filter((machine) => !machine.groups.some((group) => admitted.includes(group)))
      .filter((machine) => vpcOf(root, machine) === vpcId)
      .filter(({ construct, groups }) => !this.isExcluded(construct, groups))
      .map(
        ({ construct }) =>
          `${construct.node.path} runs in the same VPC and is not admitted: private DNS sends it to this endpoint, which does not answer it, and cuts it off from Parameter Store. Call admit for it, or exclude with the reason why it never asks.`,
      );
  }

  private isExcluded(construct: IConstruct, groups: string[]): boolean {
    return this.excluded.some(
      ({ construct: excluded }) =>
        construct.node.path === excluded.node.path ||
        construct.node.path.startsWith(`${excluded.node.path}/`) ||
        excluded.node.findAll().some((one) => groups.includes(nameOf(one))),
    );
  }

  private warnOfImportedVpc(): void {
    if (this.vpc.node.defaultChild instanceof ec2.CfnVPC) return;
    Annotations.of(this).addWarningV2(
      '@directrix/cdk:importedVpc',
      `${this.vpc.node.path} is imported, so its DNS attributes and whatever else runs in it were not checked. directrix preflight looks at both in the account.`,
    );
  }
}

function connectionsOf(securityGroups: ec2.ISecurityGroup[]): ec2.Connections {
  return new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(httpsPort) });
}

function describe(client: ec2.IConnectable): string {
  const node = (client as Partial<IConstruct>).node ?? client.connections.securityGroups[0]?.node;
  return node?.path ?? 'the client';
}

// What the AWS managed policy AmazonSSMManagedInstanceCore allows of ssm, without parameters.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
function ssmAgentStatement(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'SsmAgent',
    principals: [new iam.AnyPrincipal()],
    actions: [
      'ssm:DescribeAssociation',
      'ssm:DescribeDocument',
      'ssm:GetDeployablePatchSnapshotForInstance',
      'ssm:GetDocument',
      'ssm:GetManifest',
      'ssm:ListAssociations',
      'ssm:ListInstanceAssociations',
      'ssm:PutComplianceItems',
      'ssm:PutConfigurePackageResult',
      'ssm:PutInventory',
      'ssm:UpdateAssociationStatus',
      'ssm:UpdateInstanceAssociationStatus',
      'ssm:UpdateInstanceInformation',
    ],
    resources: ['*'],
  });
}
