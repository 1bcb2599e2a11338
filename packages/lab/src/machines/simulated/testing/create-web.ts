import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupType,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  type Instance,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  type CreateTargetGroupInput,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createLab, type LabOptions } from '../../../lab.js';
import { createVirtualClock } from '../../../virtual-clock.js';
import { type MachineBehaviour, simulatedImageLocation } from '../machine-behaviour.js';
import { createSimulatedDataPlane, type SimulatedDataPlaneOptions } from '../simulated-data-plane.js';

export const START = Date.parse('2018-11-11T08:00:00Z');
export const GROUP = 'web';

/** Fast checks and a short drain, as hyperbo.la had them. */
const TARGET_GROUP = {
  HealthCheckPath: '/healthz',
  HealthCheckIntervalSeconds: 10,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
} satisfies Partial<CreateTargetGroupInput>;

interface WebOptions {
  readonly good?: MachineBehaviour;
  readonly group?: Partial<CreateAutoScalingGroupType>;
  readonly targetGroup?: Partial<CreateTargetGroupInput>;
  readonly drainSeconds?: number;
  readonly zones?: number;
  readonly dataPlane?: SimulatedDataPlaneOptions;
  readonly lab?: Partial<LabOptions>;
}

/**
 * A site on simulated machines: a VPC, an ALB with one target group, a launch template whose version 1 is a good image, and a
 * group of that template, settled. Everything is made and read by SDK clients.
 */
export async function createWeb(options: WebOptions = {}) {
  const clock = createVirtualClock({ startAt: START });
  const dataPlane = createSimulatedDataPlane(options.dataPlane);
  const defects: unknown[] = [];
  const lab = createLab({ clock, dataPlane, onDefect: (error) => defects.push(error), ...options.lab });
  const configuration = {
    region: 'us-west-2',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    requestHandler: lab.requestHandler,
    maxAttempts: 1,
  };
  const autoScaling = new AutoScalingClient(configuration);
  const ec2 = new EC2Client(configuration);
  const elb = new ElasticLoadBalancingV2Client(configuration);
  const ask = <T>(promise: Promise<T>): Promise<T> => clock.run(promise);

  const vpcId = (await ask(ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' })))).Vpc!.VpcId!;
  const subnetIds: string[] = [];
  for (const [index, zone] of ['a', 'b', 'c'].slice(0, options.zones ?? 2).entries()) {
    const created = await ask(
      ec2.send(
        new CreateSubnetCommand({
          VpcId: vpcId,
          CidrBlock: `10.0.${index * 16}.0/20`,
          AvailabilityZone: `us-west-2${zone}`,
        }),
      ),
    );
    subnetIds.push(created.Subnet!.SubnetId!);
  }

  async function registerImage(name: string, behaviour: MachineBehaviour): Promise<string> {
    const ImageLocation = simulatedImageLocation(behaviour);
    return (await ask(ec2.send(new RegisterImageCommand({ Name: name, ImageLocation })))).ImageId!;
  }

  const goodImageId = await registerImage('good', { bootMs: 20_000, version: '1', ...options.good });
  await ask(
    ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: GROUP,
        LaunchTemplateData: { ImageId: goodImageId, InstanceType: 't3.micro' },
      }),
    ),
  );

  const created = await ask(
    elb.send(
      new CreateTargetGroupCommand({
        Name: GROUP,
        Protocol: 'HTTP',
        Port: 80,
        VpcId: vpcId,
        ...TARGET_GROUP,
        ...options.targetGroup,
      }),
    ),
  );
  const targetGroupArn = created.TargetGroups![0]!.TargetGroupArn!;
  const drain = String(options.drainSeconds ?? 30);
  await ask(
    elb.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: targetGroupArn,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: drain }],
      }),
    ),
  );
  const balancers = await ask(elb.send(new CreateLoadBalancerCommand({ Name: GROUP, Subnets: subnetIds })));
  const loadBalancerArn = balancers.LoadBalancers![0]!.LoadBalancerArn!;
  const listeners = await ask(
    elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: loadBalancerArn,
        Protocol: 'HTTP',
        Port: 80,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
      }),
    ),
  );
  const listenerArn = listeners.Listeners![0]!.ListenerArn!;
  const url = lab.state.elbv2.listenerUrls.get(listenerArn)!;

  await ask(
    autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: GROUP,
        MinSize: 1,
        MaxSize: 7,
        DesiredCapacity: 3,
        LaunchTemplate: { LaunchTemplateName: GROUP, Version: '$Latest' },
        VPCZoneIdentifier: subnetIds.join(','),
        TargetGroupARNs: [targetGroupArn],
        ...options.group,
      }),
    ),
  );
  await clock.advance(60_000);

  return {
    lab,
    clock,
    dataPlane,
    defects,
    autoScaling,
    ec2,
    elb,
    ask,
    vpcId,
    subnetIds,
    goodImageId,
    targetGroupArn,
    loadBalancerArn,
    listenerArn,
    url,
    registerImage,

    async group() {
      const answer = await ask(
        autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] })),
      );
      return answer.AutoScalingGroups![0]!;
    },

    /** Lifecycle states by instance id. */
    async instances(): Promise<readonly Instance[]> {
      return (await this.group()).Instances ?? [];
    },

    async inService(): Promise<readonly string[]> {
      const instances = await this.instances();
      return instances.filter((one) => one.LifecycleState === 'InService').map((one) => one.InstanceId!);
    },

    async activities() {
      return (await ask(autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP }))))
        .Activities!;
    },

    /** Target health by instance id: `healthy`, or `unhealthy Target.Timeout`. */
    async health(): Promise<Readonly<Record<string, string>>> {
      const answer = await ask(elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })));
      const pairs = answer.TargetHealthDescriptions!.map(({ Target, TargetHealth }) => {
        const { State, Reason } = TargetHealth!;
        return [Target!.Id!, Reason === undefined ? State! : `${State} ${Reason}`] as const;
      });
      return Object.fromEntries(pairs);
    },

    /** The template's next version: the same with another image. A group on $Latest launches it from now on. */
    async release(name: string, behaviour: MachineBehaviour): Promise<string> {
      const ImageId = await registerImage(name, behaviour);
      const answer = await ask(
        ec2.send(
          new CreateLaunchTemplateVersionCommand({
            LaunchTemplateName: GROUP,
            SourceVersion: '$Latest',
            LaunchTemplateData: { ImageId },
          }),
        ),
      );
      return String(answer.LaunchTemplateVersion!.VersionNumber);
    },
  };
}

export type Web = Awaited<ReturnType<typeof createWeb>>;
