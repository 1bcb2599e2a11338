import type { LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import type { IamInstanceProfileSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState, OperationContext } from '../../control-plane/types.js';

/** Throws ValidationError. */
export function requireLaunchConfiguration(state: LabState, name: string): LaunchConfiguration {
  const found = state.autoScaling.launchConfigurations.get(name);
  if (found) return found;
  throw new AwsError('ValidationError', `Launch configuration name not found - Launch configuration ${name} not found`);
}

export function refuseTakenName(state: LabState, name: string): void {
  if (!state.autoScaling.launchConfigurations.has(name)) return;
  throw new AwsError(
    'AlreadyExists',
    `Launch Configuration by this name already exists - A launch configuration already exists with the name ${name}`,
  );
}

/** The request that launches one instance of it, without its place. */
export function launchOfConfiguration(
  configuration: LaunchConfiguration,
): Omit<RunInstancesRequest, 'MinCount' | 'MaxCount'> {
  const { AssociatePublicIpAddress: hasPublicAddress, SecurityGroups: groups = [], IamInstanceProfile } = configuration;
  const areIds = groups.every((group) => group.startsWith('sg-'));
  return {
    ImageId: configuration.ImageId,
    InstanceType: configuration.InstanceType as RunInstancesRequest['InstanceType'],
    ...(configuration.KeyName ? { KeyName: configuration.KeyName } : {}),
    ...(configuration.UserData ? { UserData: configuration.UserData } : {}),
    ...(IamInstanceProfile ? { IamInstanceProfile: profileOf(IamInstanceProfile) } : {}),
    ...(groups.length > 0 && hasPublicAddress === undefined
      ? areIds
        ? { SecurityGroupIds: groups }
        : { SecurityGroups: groups }
      : {}),
    ...(hasPublicAddress === undefined
      ? {}
      : {
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              AssociatePublicIpAddress: hasPublicAddress,
              ...(areIds && groups.length > 0 ? { Groups: groups } : {}),
            },
          ],
        }),
    ...(configuration.BlockDeviceMappings?.length
      ? { BlockDeviceMappings: configuration.BlockDeviceMappings as RunInstancesRequest['BlockDeviceMappings'] }
      : {}),
    ...(configuration.PlacementTenancy ? { Placement: { Tenancy: configuration.PlacementTenancy as 'default' } } : {}),
    ...(configuration.EbsOptimized ? { EbsOptimized: true } : {}),
    Monitoring: { Enabled: configuration.InstanceMonitoring?.Enabled ?? true },
    ...(configuration.MetadataOptions
      ? { MetadataOptions: configuration.MetadataOptions as RunInstancesRequest['MetadataOptions'] }
      : {}),
  };
}

function profileOf(given: string): IamInstanceProfileSpecification {
  return given.startsWith('arn:') ? { Arn: given } : { Name: given };
}

/** Puts a configuration into the books. */
export function keepLaunchConfiguration(
  configuration: Omit<LaunchConfiguration, 'CreatedTime'> & { readonly LaunchConfigurationName: string },
  context: OperationContext,
): LaunchConfiguration {
  const { region, accountId, autoScaling } = context.state;
  const name = configuration.LaunchConfigurationName;
  const kept: LaunchConfiguration = {
    KeyName: '',
    SecurityGroups: [],
    ClassicLinkVPCSecurityGroups: [],
    UserData: '',
    KernelId: '',
    RamdiskId: '',
    BlockDeviceMappings: [],
    InstanceMonitoring: { Enabled: true },
    EbsOptimized: false,
    ...configuration,
    LaunchConfigurationARN: `arn:aws:autoscaling:${region}:${accountId}:launchConfiguration:${context.ids.uuid()}:launchConfigurationName/${name}`,
    CreatedTime: new Date(context.now),
  };
  autoScaling.launchConfigurations.set(name, kept);
  return kept;
}

/** What an instance is, as a configuration: without its block devices, its address and its tags, as AWS documents it. */
export function configurationOfInstance(
  instanceId: string,
  name: string,
  context: OperationContext,
): LaunchConfiguration {
  const { ec2 } = context.state;
  const record = ec2.instances.get(instanceId);
  if (record === undefined || record.instance.State?.Name === 'terminated') {
    throw new AwsError('ValidationError', `Instance [${instanceId}] is invalid.`);
  }
  refuseTakenName(context.state, name);
  const { instance } = record;
  return keepLaunchConfiguration(
    {
      LaunchConfigurationName: name,
      ImageId: instance.ImageId,
      InstanceType: instance.InstanceType,
      KeyName: instance.KeyName ?? '',
      SecurityGroups: (instance.SecurityGroups ?? []).map((group) => group.GroupId ?? ''),
      UserData: record.userData ?? '',
      InstanceMonitoring: { Enabled: instance.Monitoring?.State === 'enabled' },
      EbsOptimized: instance.EbsOptimized ?? false,
      ...(instance.IamInstanceProfile?.Arn ? { IamInstanceProfile: instance.IamInstanceProfile.Arn } : {}),
    },
    context,
  );
}
