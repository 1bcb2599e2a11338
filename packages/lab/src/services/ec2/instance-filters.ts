import type { Instance } from '@aws-sdk/client-ec2';
import { describedBy, type FilterFields } from './filters.js';

/** The filters of DescribeInstances that the lab knows. */
export const instanceFilters: FilterFields<Instance & { readonly reservationId?: string | undefined }> = describedBy(
  'Instance',
  {
    'reservation-id': (i) => i.reservationId,
    'instance-id': (i) => i.InstanceId,
    'image-id': (i) => i.ImageId,
    'instance-type': (i) => i.InstanceType,
    'instance-state-name': (i) => i.State?.Name,
    'instance-state-code': (i) => i.State?.Code,
    'instance-lifecycle': (i) => i.InstanceLifecycle,
    'availability-zone': (i) => i.Placement?.AvailabilityZone,
    'placement-group-name': (i) => i.Placement?.GroupName,
    'vpc-id': (i) => i.VpcId,
    'subnet-id': (i) => i.SubnetId,
    'private-ip-address': (i) => i.PrivateIpAddress,
    'private-dns-name': (i) => i.PrivateDnsName,
    'ip-address': (i) => i.PublicIpAddress,
    'dns-name': (i) => i.PublicDnsName,
    'client-token': (i) => i.ClientToken,
    'key-name': (i) => i.KeyName,
    architecture: (i) => i.Architecture,
    'launch-time': (i) => i.LaunchTime,
    'iam-instance-profile.arn': (i) => i.IamInstanceProfile?.Arn,
    'iam-instance-profile.id': (i) => i.IamInstanceProfile?.Id,
    'instance.group-id': (i) => i.SecurityGroups?.map((group) => group.GroupId),
    'instance.group-name': (i) => i.SecurityGroups?.map((group) => group.GroupName),
    'network-interface.network-interface-id': (i) => i.NetworkInterfaces?.map((eni) => eni.NetworkInterfaceId),
    'metadata-options.http-tokens': (i) => i.MetadataOptions?.HttpTokens,
  },
);
