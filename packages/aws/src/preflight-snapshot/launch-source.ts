import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { NetworkSnapshot, Source } from '@directrix/reachability';

/** What a launch template would start in these subnets, as a source of connections. */
export function launchSourceOf(
  name: string,
  data: ResponseLaunchTemplateData | undefined,
  subnetIds: readonly string[],
  network: NetworkSnapshot | undefined,
): Source & { readonly kind: 'launch' } {
  const primary = data?.NetworkInterfaces?.find(({ DeviceIndex = 0 }) => DeviceIndex === 0);
  const named = (data?.SecurityGroups ?? []).flatMap(
    (groupName) => network?.securityGroups?.find(({ GroupName }) => GroupName === groupName)?.GroupId ?? [],
  );
  const isPublic = primary?.AssociatePublicIpAddress;
  return {
    kind: 'launch',
    name,
    subnetIds,
    securityGroupIds: primary?.Groups ?? data?.SecurityGroupIds ?? named,
    ...(isPublic === undefined ? {} : { associatePublicIpAddress: isPublic }),
  };
}

/** `subnet-a,subnet-b`, as a group has it. */
export function subnetIdsOf(vpcZoneIdentifier: string | undefined): readonly string[] {
  return (vpcZoneIdentifier ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}
