import type {
  GetLaunchTemplateDataRequest,
  GetLaunchTemplateDataResult,
  ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireInstances } from '../instances.js';
import { required } from '../refusals.js';
import { tagsOf } from '../tags.js';

/** What would launch an instance like this one: its image, type, key, profile, groups, placement, options, user data and own tags. */
export function getLaunchTemplateData(
  input: GetLaunchTemplateDataRequest,
  context: OperationContext,
): GetLaunchTemplateDataResult {
  const { instance, userData } = requireInstances([required(input.InstanceId, 'instanceId')], context)[0]!;
  const tags = tagsOf(context.state.ec2, instance.InstanceId!).filter(({ Key = '' }) => !Key.startsWith('aws:'));
  const data: ResponseLaunchTemplateData = {
    ImageId: instance.ImageId,
    InstanceType: instance.InstanceType,
    ...(instance.KeyName === undefined ? {} : { KeyName: instance.KeyName }),
    ...(instance.IamInstanceProfile?.Arn === undefined
      ? {}
      : { IamInstanceProfile: { Arn: instance.IamInstanceProfile.Arn } }),
    EbsOptimized: instance.EbsOptimized ?? false,
    Monitoring: { Enabled: instance.Monitoring?.State === 'enabled' },
    Placement: {
      AvailabilityZone: instance.Placement?.AvailabilityZone,
      GroupName: instance.Placement?.GroupName,
      Tenancy: instance.Placement?.Tenancy,
    },
    NetworkInterfaces: (instance.NetworkInterfaces ?? []).map((eni) => ({
      DeviceIndex: eni.Attachment?.DeviceIndex ?? 0,
      SubnetId: eni.SubnetId,
      Groups: (eni.Groups ?? []).map(({ GroupId = '' }) => GroupId),
      DeleteOnTermination: eni.Attachment?.DeleteOnTermination ?? true,
    })),
    ...(userData === undefined ? {} : { UserData: userData }),
    ...(tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: 'instance', Tags: [...tags] }] }),
  };
  return { LaunchTemplateData: data };
}
