// immutable-fleet: an Auto Scaling group that Directrix can deploy to: its instances are replaced and never changed.
//
//   F1. The group follows `$Latest` and names no DesiredCapacity: a deploy of the stack takes nothing back that a rollout has changed.
//   F2. There is room for as many new instances as there are old ones, and one more.
//   F3. The load balancer decides what is healthy, by the page that names the release's version.
//   F4. The role may read the secrets of the paths given, and the way to them is checked where an endpoint is given.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IResource, ISynthesisSession } from 'aws-cdk-lib';
import { attachCustomSynthesis, CfnOutput, Duration, Names, Resource, Stack, Tags, Token } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type DeployGrantOptions, grantDeploy } from './deploy-policy';
import { manifest } from './manifest';
import type { IParameterStoreEndpoint } from './parameter-store-endpoint';
import { pathArns, plainPath, readActions } from './secrets-path';

/** A group that Directrix deploys to, made here or elsewhere. */
export interface IImmutableFleet extends IResource {
  /**
   * The name of the Auto Scaling group, as `directrix deploy --group` takes it.
   *
   * @attribute
   */
  readonly autoScalingGroupName: string;

  /** Allow a principal to deploy to this group, and to no other. */
  grantDeploy(grantee: iam.IGrantable, options?: DeployGrantOptions): iam.Grant;

  /** A metric of the group, by default the average of five minutes. */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /** How many instances are in service. */
  metricInService(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

/** Properties of a new ImmutableFleet. */
export interface ImmutableFleetProps {
  /** The VPC that the instances are in. */
  readonly vpc: ec2.IVpc;

  /**
   * Where in the VPC.
   *
   * @default - the private subnets, isolated where there are no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /** The image of the first release. `directrix deploy` replaces it with every further one. */
  readonly machineImage: ec2.IMachineImage;

  /** The type of the instances. */
  readonly instanceType: ec2.InstanceType;

  /**
   * The least number of instances, which is what the group starts with.
   *
   * @default 2
   */
  readonly minCapacity?: number;

  /**
   * The most, with the new ones of a rollout.
   *
   * @default - twice minCapacity, and one more
   */
  readonly maxCapacity?: number;

  /**
   * The port that the application serves on.
   *
   * @default 80
   */
  readonly port?: number;

  /**
   * How the load balancer decides what is healthy.
   *
   * @default - `/healthz` on the traffic port every 10 seconds, healthy after 2 good answers
   */
  readonly healthCheck?: elbv2.HealthCheck;

  /**
   * How long an instance may take to its first healthy check.
   *
   * @default Duration.seconds(300)
   */
  readonly startTimeout?: Duration;

  /**
   * How long requests in flight may take when an instance leaves.
   *
   * @default Duration.seconds(30)
   */
  readonly deregistrationDelay?: Duration;

  /**
   * The listener that forwards to the group.
   *
   * @default - none: forward to `targetGroup` yourself
   */
  readonly listener?: elbv2.IApplicationListener;

  /**
   * The paths of Parameter Store that the application reads its secrets below.
   *
   * @default - none
   */
  readonly secretsPaths?: string[];

  /**
   * The endpoint that they are read through. The fleet is admitted to it, with its paths.
   *
   * @default - none: the fleet has another way to Parameter Store
   */
  readonly parameterStore?: IParameterStoreEndpoint;

  /**
   * Customer keys that the secrets are encrypted with.
   *
   * @default - the managed key of Parameter Store, which needs no permission
   */
  readonly secretsKeys?: kms.IKey[];

  /**
   * The security group of the instances.
   *
   * @default - one of its own, which lets nothing out but what is opened for it
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * The role of the instances.
   *
   * @default - one of its own
   */
  readonly role?: iam.IRole;

  /**
   * Where the agent of the image (`@directrix/agent`) ships the journal to.
   *
   * @default - a log group of its own, kept for a month
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * The name of the Auto Scaling group. Directrix knows the group by it.
   *
   * @default - made of the path of the construct, the same at every synthesis
   */
  readonly autoScalingGroupName?: string;

  /**
   * The disks. An image says its own, and whether they are encrypted; name its root device here to have it encrypted in any case.
   *
   * @default - as the image says
   */
  readonly blockDevices?: ec2.BlockDevice[];

  /**
   * The topic that is told of every launch and termination.
   *
   * @default - none
   */
  readonly notifications?: sns.ITopic;

  /**
   * Where users find the site, for the settings of Directrix: `https://hyperbo.la`.
   *
   * @default - none
   */
  readonly url?: string;

  /**
   * What is run at the first boot.
   *
   * @default - only what writes the configuration of the log agent
   */
  readonly userData?: ec2.UserData;
}

abstract class ImmutableFleetBase extends Resource implements IImmutableFleet {
  public abstract readonly autoScalingGroupName: string;
  /** @internal */
  protected abstract readonly _secretsPaths: string[];

  /**
   * Undefined where it is not known.
   * @internal
   */
  protected abstract readonly _launchTemplateId: string | undefined;

  public grantDeploy(grantee: iam.IGrantable, options: DeployGrantOptions = {}): iam.Grant {
    return grantDeploy(
      this,
      grantee,
      {
        groupName: this.autoScalingGroupName,
        launchTemplateId: this._launchTemplateId,
        secretsPaths: this._secretsPaths,
      },
      options,
    );
  }

  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/AutoScaling',
      metricName,
      dimensionsMap: { AutoScalingGroupName: this.autoScalingGroupName },
      ...props,
    }).attachTo(this);
  }

  public metricInService(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('GroupInServiceInstances', props);
  }
}

const defaultPort = 80;
const defaultInterval = Duration.seconds(10);

function capacitiesOf({ minCapacity = 2, maxCapacity = 2 * minCapacity + 1 }: ImmutableFleetProps) {
  return { minCapacity, maxCapacity };
}

// Such a name is the same in the names of the parameters of the group's state, and no wildcard of a policy.
function checkName(path: string, name: string): void {
  if (Token.isUnresolved(name) || new RegExp(`^[${manifest.statePlainCharacters}]+$`).test(name)) return;
  throw new Error(`${path}: the name ${name} must be of letters, digits, - and _.`);
}

/**
 * An Auto Scaling group with launch template, target group, role and logs, as a rollout needs them.
 *
 * @resource AWS::AutoScaling::AutoScalingGroup
 */
export class ImmutableFleet extends ImmutableFleetBase implements ec2.IConnectable, iam.IGrantable {
  /**
   * Import a group that is there, to grant and to measure. Its name must be of letters, digits, - and _: of another one the permissions
   * cannot be written here, and `directrix iam-policy` writes them.
   */
  public static fromAutoScalingGroupName(scope: Construct, id: string, autoScalingGroupName: string): IImmutableFleet {
    checkName(`${scope.node.path}/${id}`, autoScalingGroupName);
    class Import extends ImmutableFleetBase {
      public readonly autoScalingGroupName = autoScalingGroupName;
      protected readonly _secretsPaths: string[] = [];
      protected readonly _launchTemplateId = undefined;
    }
    return new Import(scope, id);
  }

  public readonly autoScalingGroupName: string;
  public readonly connections: ec2.Connections;
  public readonly grantPrincipal: iam.IPrincipal;

  /** The group as aws-cdk-lib makes it. */
  public readonly autoScalingGroup: autoscaling.AutoScalingGroup;
  public readonly launchTemplate: ec2.LaunchTemplate;

  /** What a listener forwards to. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  public readonly role: iam.IRole;
  public readonly logGroup: logs.ILogGroup;

  /** @internal */
  protected readonly _secretsPaths: string[];
  /** @internal */
  protected readonly _launchTemplateId: string | undefined;
  private readonly props: ImmutableFleetProps;

  public constructor(scope: Construct, id: string, props: ImmutableFleetProps) {
    super(scope, id);
    this.props = props;
    this._secretsPaths = (props.secretsPaths ?? []).map(plainPath);
    this.autoScalingGroupName = this.chooseName();
    this.role = props.role ?? new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    this.grantPrincipal = this.role.grantPrincipal;
    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.ONE_MONTH });
    this.grantWhatInstancesDo();
    this.launchTemplate = this.createLaunchTemplate();
    this._launchTemplateId = this.launchTemplate.launchTemplateId;
    this.connections = this.launchTemplate.connections;
    this.targetGroup = this.createTargetGroup();
    this.autoScalingGroup = this.createGroup();
    if (props.listener !== undefined) this.forwardFrom(props.listener);
    if (props.parameterStore !== undefined) props.parameterStore.admit(this, { paths: this._secretsPaths });
    Tags.of(this).add('Name', id);
    this.writeSettings();
    this.node.addValidation({ validate: () => this.describeFaults() });
  }

  /** How many targets the load balancer calls healthy. */
  public metricHealthyHosts(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroup.metrics.healthyHostCount(props);
  }

  /** How many it does not. */
  public metricUnhealthyHosts(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroup.metrics.unhealthyHostCount(props);
  }

  // A group that CloudFormation names anew is another one: its records in Parameter Store would be lost.
  private chooseName(): string {
    const name = this.props.autoScalingGroupName ?? Names.uniqueResourceName(this, { maxLength: 100, separator: '-' });
    checkName(this.node.path, name);
    return name;
  }

  private grantWhatInstancesDo(): void {
    const stack = Stack.of(this);
    if (this._secretsPaths.length > 0)
      iam.Grant.addToPrincipal({
        grantee: this.role,
        actions: readActions,
        resourceArns: this._secretsPaths.flatMap((path) => pathArns(stack, path)),
      });
    for (const key of this.props.secretsKeys ?? []) key.grantDecrypt(this.role);
    this.logGroup.grantWrite(this.role);
    // The agent makes sure of its group and of how long that keeps its events.
    this.logGroup.grant(this.role, 'logs:CreateLogGroup', 'logs:PutRetentionPolicy');
  }

  private createLaunchTemplate(): ec2.LaunchTemplate {
    const { props } = this;
    const securityGroup =
      props.securityGroup ??
      new ec2.SecurityGroup(this, 'SecurityGroup', {
        vpc: props.vpc,
        description: 'The instances of the fleet',
        allowAllOutbound: false,
      });
    const userData = props.userData ?? ec2.UserData.forLinux();
    userData.addCommands(
      '# An image with the agent of Directrix ships its journal; one that was configured when it was built stays so.',
      `if command -v directrix-agent >/dev/null && [ ! -e /etc/directrix/agent.json ]; then directrix-agent install --group '${this.logGroup.logGroupName}' && systemctl daemon-reload && systemctl enable --now directrix-agent; fi`,
    );
    return new ec2.LaunchTemplate(this, 'LaunchTemplate', {
      machineImage: props.machineImage,
      instanceType: props.instanceType,
      securityGroup,
      role: this.role,
      userData,
      requireImdsv2: true,
      blockDevices: props.blockDevices,
      detailedMonitoring: true,
    });
  }

  private createTargetGroup(): elbv2.ApplicationTargetGroup {
    const { props } = this;
    return new elbv2.ApplicationTargetGroup(this, 'TargetGroup', {
      vpc: props.vpc,
      targetType: elbv2.TargetType.INSTANCE,
      protocol: elbv2.ApplicationProtocol.HTTP,
      port: props.port ?? defaultPort,
      deregistrationDelay: props.deregistrationDelay ?? Duration.seconds(manifest.drainSeconds),
      healthCheck: {
        path: manifest.healthPath,
        interval: defaultInterval,
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
        ...props.healthCheck,
      },
    });
  }

  private createGroup(): autoscaling.AutoScalingGroup {
    const { props } = this;
    const { minCapacity, maxCapacity } = capacitiesOf(props);
    const group = new autoscaling.AutoScalingGroup(this, 'Group', {
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      launchTemplate: this.launchTemplate,
      autoScalingGroupName: this.autoScalingGroupName,
      minCapacity,
      maxCapacity,
      notifications: props.notifications === undefined ? undefined : [{ topic: props.notifications }],
      groupMetrics: [autoscaling.GroupMetrics.all()],
      healthChecks: autoscaling.HealthChecks.withAdditionalChecks({
        additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
        gracePeriod: props.startTimeout ?? Duration.seconds(manifest.startTimeoutSeconds),
      }),
    });
    group.attachToApplicationTargetGroup(this.targetGroup);
    // CDK opens the traffic port alone.
    const healthPort = Number(props.healthCheck?.port ?? Number.NaN);
    if (Number.isInteger(healthPort) && healthPort !== (props.port ?? defaultPort))
      this.targetGroup.registerConnectable(group, ec2.Port.tcp(healthPort));
    const resource = group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    // A rollout gives `$Latest` back at its end. A number would be taken for a change of the stack, and undone.
    resource.addPropertyOverride('LaunchTemplate.Version', '$Latest');
    return group;
  }

  private forwardFrom(listener: elbv2.IApplicationListener): void {
    listener.addTargetGroups(`${this.node.id}Forward`, { targetGroups: [this.targetGroup] });
  }

  private describeFaults(): string[] {
    const { minCapacity, maxCapacity } = capacitiesOf(this.props);
    const drain = this.props.deregistrationDelay?.toSeconds();
    const start = this.props.startTimeout?.toSeconds() ?? manifest.startTimeoutSeconds;
    const interval = (this.props.healthCheck?.interval ?? defaultInterval).toSeconds();
    return [
      ...(maxCapacity > minCapacity
        ? []
        : [
            `maxCapacity ${maxCapacity} leaves no room for a new instance beside ${minCapacity} old ones: leave it out, or say ${minCapacity + 1} at least.`,
          ]),
      ...(drain === 0 ? ['deregistrationDelay 0 cuts requests in flight: say what your longest request takes.'] : []),
      ...(start >= manifest.leastBootSeconds + interval
        ? []
        : [
            `startTimeout ${start} s is shorter than booting and one health check take, ${manifest.leastBootSeconds + interval} s: instances would be replaced before they serve.`,
          ]),
    ];
  }

  // As an output it is right whatever the account is; as a file beside the templates it needs no account.
  private writeSettings(): void {
    const text = this.describeSettings();
    new CfnOutput(this, 'Settings', { value: text, description: 'directrix.yaml' });
    attachCustomSynthesis(this, {
      onSynthesize: ({ outdir }: ISynthesisSession) => {
        const stack = Stack.of(this);
        const resolved: unknown = stack.resolve(text);
        if (typeof resolved !== 'string') return;
        writeFileSync(join(outdir, `${stack.artifactId}.${this.node.id}.directrix.yaml`), resolved);
      },
    });
  }

  private describeSettings(): string {
    const { region } = Stack.of(this);
    const [path] = this._secretsPaths;
    const health = this.props.healthCheck?.path ?? manifest.healthPath;
    const lines = [
      ...(Token.isUnresolved(region) ? [] : [`region: ${region}`]),
      'groups:',
      `  ${JSON.stringify(this.node.id)}:`,
      `    name: ${JSON.stringify(this.autoScalingGroupName)}`,
      ...(this.props.url === undefined ? [] : [`    url: ${JSON.stringify(this.props.url)}`]),
      ...(health.startsWith('/') ? [`    healthPath: ${JSON.stringify(health)}`] : []),
      ...(path === undefined ? [] : [`    secretsPath: ${JSON.stringify(`${path}/`)}`]),
    ];
    return `${lines.join('\n')}\n`;
  }
}
