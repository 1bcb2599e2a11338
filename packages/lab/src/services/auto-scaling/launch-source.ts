// launch source: what a group launches, whichever of the three ways says so.
//
//   U1. A group has exactly one: a launch template, a launch configuration, or a mixed instances policy.
//   U2. What a launch would need at once is looked at when a group is created or changed, as AWS does.
//   U3. A mixed instances policy launches its first override, On-Demand up to the base and the percentage above it, Spot beyond.
import type {
  AutoScalingGroup,
  Instance,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import { notEmulated } from '../../control-plane/not-emulated.js';
import type { LabState, OperationContext } from '../../control-plane/types.js';
import { findInstanceType } from '../ec2/instance-types.js';
import { configurationOfInstance, launchOfConfiguration, requireLaunchConfiguration } from './launch-configuration.js';
import { requireLaunchTemplate, resolveLaunchTemplate } from './launch-template.js';

/** As CreateAutoScalingGroup and UpdateAutoScalingGroup ask for it. */
interface AskedSource {
  readonly LaunchConfigurationName?: string | undefined;
  readonly LaunchTemplate?: LaunchTemplateSpecification | undefined;
  readonly MixedInstancesPolicy?: MixedInstancesPolicy | undefined;
}

/** As a group keeps it: one of the three. */
export type LaunchSource = Pick<
  AutoScalingGroup,
  'LaunchConfigurationName' | 'LaunchTemplate' | 'MixedInstancesPolicy'
>;

/** What to ask EC2 for, and what the member will say of its launch. */
export interface Launch {
  readonly request: Omit<RunInstancesRequest, 'MinCount' | 'MaxCount'>;
  readonly member: Pick<Instance, 'LaunchConfigurationName' | 'LaunchTemplate'>;
}

/** Throws ValidationError unless exactly one way is named and can be launched. Undefined when none is named. */
export function requireSource(state: LabState, asked: AskedSource): LaunchSource | undefined {
  const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy } = asked;
  const given = [LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy].filter((way) => way !== undefined);
  if (given.length === 0) return undefined;
  if (given.length > 1) throw oneWayOnly();
  if (LaunchConfigurationName !== undefined) {
    requireLaunchConfiguration(state, LaunchConfigurationName);
    return { LaunchConfigurationName };
  }
  if (LaunchTemplate !== undefined) return { LaunchTemplate: requireLaunchTemplate(state, LaunchTemplate) };
  return { MixedInstancesPolicy: requireMixedPolicy(state, MixedInstancesPolicy!) };
}

export function oneWayOnly(): AwsError {
  return new AwsError(
    'ValidationError',
    'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
  );
}

/** `InstanceId` of CreateAutoScalingGroup: a launch configuration of the group's name, made from the instance. */
export function sourceOfInstance(instanceId: string, groupName: string, context: OperationContext): LaunchSource {
  const configuration = configurationOfInstance(instanceId, groupName, context);
  return { LaunchConfigurationName: configuration.LaunchConfigurationName };
}

/** The group has this source from now on, and no other. */
export function putSource(group: AutoScalingGroup, source: LaunchSource): void {
  group.LaunchConfigurationName = source.LaunchConfigurationName;
  group.LaunchTemplate = source.LaunchTemplate;
  group.MixedInstancesPolicy = source.MixedInstancesPolicy;
}

export function sourceOf(group: AutoScalingGroup): LaunchSource {
  const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy } = group;
  return { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy };
}

/** Throws ValidationError when the source is gone. */
export function launchOf(state: LabState, group: AutoScalingGroup): Launch {
  const source = sourceOf(group);
  if (source.LaunchConfigurationName !== undefined) {
    const configuration = requireLaunchConfiguration(state, source.LaunchConfigurationName);
    return {
      request: launchOfConfiguration(configuration),
      member: { LaunchConfigurationName: source.LaunchConfigurationName },
    };
  }
  const mixed = source.MixedInstancesPolicy?.LaunchTemplate;
  const [override] = mixed?.Overrides ?? [];
  const specification =
    override?.LaunchTemplateSpecification ?? mixed?.LaunchTemplateSpecification ?? source.LaunchTemplate ?? {};
  const template = resolveLaunchTemplate(state, specification);
  const version = String(template.version.VersionNumber);
  return {
    request: {
      LaunchTemplate: { LaunchTemplateId: template.launchTemplateId, Version: version },
      ...(override?.InstanceType === undefined
        ? {}
        : { InstanceType: override.InstanceType as RunInstancesRequest['InstanceType'] }),
      ...(isSpotNext(state, group) ? { InstanceMarketOptions: { MarketType: 'spot' } } : {}),
    },
    member: {
      LaunchTemplate: {
        LaunchTemplateId: template.launchTemplateId,
        LaunchTemplateName: template.launchTemplateName,
        Version: version,
      },
    },
  };
}

/** Whether the next instance is a Spot instance by the policy's distribution. */
function isSpotNext({ ec2 }: LabState, { MixedInstancesPolicy, Instances = [] }: AutoScalingGroup): boolean {
  const distribution = MixedInstancesPolicy?.InstancesDistribution;
  if (distribution === undefined) return false;
  const { OnDemandBaseCapacity: base = 0, OnDemandPercentageAboveBaseCapacity: percentage = 100 } = distribution;
  const onDemand = Instances.filter(
    ({ InstanceId = '' }) => ec2.instances.get(InstanceId)?.instance.InstanceLifecycle !== 'spot',
  ).length;
  const total = Instances.length + 1;
  return onDemand >= Math.min(total, base) + Math.ceil((Math.max(0, total - base) * percentage) / 100);
}

/** AWS's defaults of a distribution; source: API reference, InstancesDistribution. */
const DEFAULT_DISTRIBUTION = {
  OnDemandAllocationStrategy: 'prioritized',
  OnDemandBaseCapacity: 0,
  OnDemandPercentageAboveBaseCapacity: 100,
  SpotAllocationStrategy: 'lowest-price',
  SpotInstancePools: 2,
} as const;

function requireMixedPolicy(state: LabState, policy: MixedInstancesPolicy): MixedInstancesPolicy {
  const { LaunchTemplate: template, InstancesDistribution: distribution } = policy;
  if (template?.LaunchTemplateSpecification === undefined) {
    throw new AwsError('ValidationError', 'A launch template must be specified in a mixed instances policy.');
  }
  for (const override of template.Overrides ?? []) {
    if (override.InstanceRequirements !== undefined) throw notEmulated('InstanceRequirements of an override');
    if (override.InstanceType !== undefined && findInstanceType(override.InstanceType) === undefined) {
      throw new AwsError('ValidationError', `The instance type ${override.InstanceType} is not valid.`);
    }
    if (override.LaunchTemplateSpecification) requireLaunchTemplate(state, override.LaunchTemplateSpecification);
  }
  const { SpotAllocationStrategy: spot, SpotInstancePools: pools, ...rest } = DEFAULT_DISTRIBUTION;
  const strategy = distribution?.SpotAllocationStrategy ?? spot;
  return {
    LaunchTemplate: {
      LaunchTemplateSpecification: requireLaunchTemplate(state, template.LaunchTemplateSpecification),
      Overrides: template.Overrides ?? [],
    },
    InstancesDistribution: {
      ...rest,
      ...distribution,
      SpotAllocationStrategy: strategy,
      ...(strategy === spot ? { SpotInstancePools: distribution?.SpotInstancePools ?? pools } : {}),
    },
  };
}
