import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { LabState } from './control-plane/types.js';
import type { InstanceRecord } from './services/ec2/state.js';

/** What runs in a lab: its groups, instances and listeners. Terminated instances are left out. */
export interface LabInventory {
  readonly groups: readonly GroupStatus[];
  readonly instances: readonly InstanceStatus[];
  readonly listeners: readonly ListenerStatus[];
}

export interface GroupStatus {
  readonly name: string;
  readonly minSize: number;
  readonly desiredCapacity: number;
  readonly maxSize: number;
  /** As the group says it: `$Latest`, or a number. */
  readonly launchTemplate: { readonly name: string | undefined; readonly version: string | undefined } | undefined;
}

export interface InstanceStatus {
  readonly instanceId: string;
  readonly group: string | undefined;
  readonly availabilityZone: string | undefined;
  /** EC2's: running. */
  readonly state: string | undefined;
  /** Auto Scaling's: InService. */
  readonly lifecycleState: string | undefined;
  readonly imageId: string | undefined;
  /** The tag `Version` of its image. */
  readonly version: string | undefined;
  readonly privateIpAddress: string | undefined;
  readonly targets: readonly TargetStatus[];
  /** Its services that run on this machine's own network: what they reach says nothing about the lab's. */
  readonly servicesOnHostNetwork: readonly string[];
}

export interface TargetStatus {
  readonly targetGroup: string;
  readonly port: number;
  readonly state: string;
  readonly reason: string | undefined;
}

export interface ListenerStatus {
  readonly listenerArn: string;
  readonly loadBalancer: string | undefined;
  readonly protocol: string | undefined;
  readonly port: number | undefined;
  /** Where it is served on loopback; undefined while its port opens. */
  readonly url: string | undefined;
}

/** What only the data plane knows of an instance. */
interface MachineFacts {
  servicesOnHostNetwork(instanceId: string): readonly string[];
}

/** Reads a lab's books. Pure. */
export function takeInventory(state: LabState, machines: MachineFacts): LabInventory {
  const groups = [...state.autoScaling.groups.values()].map(({ group }) => group);
  return {
    groups: groups.map(describeGroup),
    instances: [...state.ec2.instances.values()]
      .filter(({ instance }) => instance.State?.Name !== 'terminated')
      .map((record) => ({
        ...describeInstance(state, record, groups),
        servicesOnHostNetwork: machines.servicesOnHostNetwork(record.instance.InstanceId ?? ''),
      })),
    listeners: [...state.elbv2.listeners].map(([listenerArn, { listener }]) => ({
      listenerArn,
      loadBalancer: state.elbv2.loadBalancers.get(listener.LoadBalancerArn ?? '')?.loadBalancer.LoadBalancerName,
      protocol: listener.Protocol,
      port: listener.Port,
      url: state.elbv2.listenerUrls.get(listenerArn),
    })),
  };
}

function describeGroup(group: AutoScalingGroup): GroupStatus {
  const template = launchTemplateOf(group);
  return {
    name: group.AutoScalingGroupName ?? '',
    minSize: group.MinSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    maxSize: group.MaxSize ?? 0,
    launchTemplate: template && { name: template.LaunchTemplateName, version: template.Version },
  };
}

function launchTemplateOf(group: AutoScalingGroup): LaunchTemplateSpecification | undefined {
  return group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
}

function describeInstance(
  state: LabState,
  { instance }: InstanceRecord,
  groups: readonly AutoScalingGroup[],
): Omit<InstanceStatus, 'servicesOnHostNetwork'> {
  const instanceId = instance.InstanceId ?? '';
  const group = groups.find(({ Instances }) => Instances?.some((member) => member.InstanceId === instanceId));
  const member = group?.Instances?.find((one) => one.InstanceId === instanceId);
  const imageTags = state.ec2.tags.get(instance.ImageId ?? '') ?? [];
  return {
    instanceId,
    group: group?.AutoScalingGroupName,
    availabilityZone: instance.Placement?.AvailabilityZone,
    state: instance.State?.Name,
    lifecycleState: member?.LifecycleState,
    imageId: instance.ImageId,
    version: imageTags.find(({ Key }) => Key === 'Version')?.Value,
    privateIpAddress: instance.PrivateIpAddress,
    targets: targetsOf(state, instanceId),
  };
}

function targetsOf(state: LabState, instanceId: string): readonly TargetStatus[] {
  return [...state.elbv2.targetGroups.values()].flatMap(({ targetGroup, targets }) =>
    [...targets.values()]
      .filter(({ target }) => target.Id === instanceId)
      .map(({ target, health }) => ({
        targetGroup: targetGroup.TargetGroupName ?? '',
        port: target.Port ?? targetGroup.Port ?? 0,
        state: health.State ?? 'unknown',
        reason: health.Reason,
      })),
  );
}
