import type {
  BlockDeviceMapping,
  IamInstanceProfileSpecification,
  InstanceMetadataOptionsRequest,
  InstanceNetworkInterfaceSpecification,
  Placement,
  ResponseLaunchTemplateData,
  RunInstancesRequest,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../control-plane/types.js';
import { devicesOver } from './block-devices.js';
import { requireTemplate, requireVersion } from './launch-templates.js';
import { invalidParameterCombination, notEmulated } from './refusals.js';

/** What RunInstances is to launch: the request, put over its launch template. */
export interface LaunchSpecification {
  readonly imageId: string | undefined;
  readonly instanceType: string | undefined;
  readonly subnetId: string | undefined;
  readonly privateIpAddress: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly securityGroupNames: readonly string[];
  readonly networkInterfaces: readonly InstanceNetworkInterfaceSpecification[];
  readonly iamInstanceProfile: IamInstanceProfileSpecification | undefined;
  readonly metadataOptions: InstanceMetadataOptionsRequest | undefined;
  readonly placement: Placement | undefined;
  readonly userData: string | undefined;
  readonly keyName: string | undefined;
  /** Put over those of the image, device by device. */
  readonly blockDevices: readonly BlockDeviceMapping[];
  readonly monitoring: boolean;
  readonly ebsOptimized: boolean;
  readonly disableApiTermination: boolean;
  /** A Spot instance, which the lab never interrupts. */
  readonly isSpot: boolean;
  readonly tagSpecifications: readonly TagSpecification[];
  /** Tags that EC2 itself puts on an instance of a launch template. */
  readonly templateTags: readonly Tag[];
}

export function launchSpecification(input: RunInstancesRequest, context: OperationContext): LaunchSpecification {
  const { data, templateTags } = templateOf(input, context);
  refuseWhatIsNotEmulated({ ...(data as object), ...defined(input) });
  const networkInterfaces = interfacesOf(input, data);
  const subnetId = input.SubnetId;
  if (subnetId !== undefined && input.NetworkInterfaces?.length) {
    throw invalidParameterCombination(
      'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    );
  }
  if (input.SecurityGroupIds?.length && networkInterfaces.length > 0) {
    throw invalidParameterCombination(
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  }
  return {
    imageId: input.ImageId ?? data.ImageId,
    instanceType: input.InstanceType ?? data.InstanceType,
    subnetId,
    privateIpAddress: input.PrivateIpAddress,
    securityGroupIds: given(input.SecurityGroupIds) ?? data.SecurityGroupIds ?? [],
    securityGroupNames: given(input.SecurityGroups) ?? data.SecurityGroups ?? [],
    networkInterfaces,
    iamInstanceProfile: profileOf(input.IamInstanceProfile) ?? profileOf(data.IamInstanceProfile),
    metadataOptions: { ...data.MetadataOptions, ...input.MetadataOptions } as InstanceMetadataOptionsRequest,
    placement: { ...data.Placement, ...input.Placement } as Placement,
    userData: input.UserData ?? data.UserData,
    keyName: input.KeyName ?? data.KeyName,
    blockDevices: devicesOver(
      (data.BlockDeviceMappings ?? []) as BlockDeviceMapping[],
      input.BlockDeviceMappings ?? [],
    ),
    monitoring: input.Monitoring?.Enabled ?? data.Monitoring?.Enabled ?? false,
    ebsOptimized: input.EbsOptimized ?? data.EbsOptimized ?? false,
    isSpot: (input.InstanceMarketOptions ?? data.InstanceMarketOptions)?.MarketType === 'spot',
    disableApiTermination: input.DisableApiTermination ?? data.DisableApiTermination ?? false,
    tagSpecifications: mergeTags((data.TagSpecifications ?? []) as TagSpecification[], input.TagSpecifications ?? []),
    templateTags,
  };
}

/** Packer names a profile that it does not want with an empty name, which EC2 takes as none. */
function profileOf(profile: IamInstanceProfileSpecification | undefined): IamInstanceProfileSpecification | undefined {
  const { Arn, Name } = defined({ Arn: profile?.Arn || undefined, Name: profile?.Name || undefined });
  if (Arn === undefined && Name === undefined) return undefined;
  return defined({ Arn, Name });
}

function templateOf(input: RunInstancesRequest, context: OperationContext) {
  const { LaunchTemplate: name } = input;
  if (name === undefined) return { data: {} as ResponseLaunchTemplateData, templateTags: [] };
  const record = requireTemplate(name, context);
  const version = requireVersion(record, name.Version);
  const templateTags = [
    { Key: 'aws:ec2launchtemplate:id', Value: version.LaunchTemplateId },
    { Key: 'aws:ec2launchtemplate:version', Value: String(version.VersionNumber) },
  ];
  return { data: version.LaunchTemplateData ?? {}, templateTags };
}

/** What would launch something else than was asked for, if it were ignored. */
function refuseWhatIsNotEmulated(wanted: Partial<RunInstancesRequest>): void {
  const market = wanted.InstanceMarketOptions?.MarketType;
  if (market !== undefined && market !== 'spot') throw notEmulated(`the market type ${market}`);
  if (wanted.HibernationOptions?.Configured === true) throw notEmulated('hibernation');
  if (wanted.EnclaveOptions?.Enabled === true) throw notEmulated('enclaves');
  if (wanted.Ipv6AddressCount !== undefined || wanted.Ipv6Addresses?.length) throw notEmulated('IPv6 addresses');
}

/** Interfaces of the request are put over those of the template, device by device. */
function interfacesOf(
  input: RunInstancesRequest,
  data: ResponseLaunchTemplateData,
): InstanceNetworkInterfaceSpecification[] {
  const byDevice = new Map<number, InstanceNetworkInterfaceSpecification>();
  const fromTemplate = (data.NetworkInterfaces ?? []) as InstanceNetworkInterfaceSpecification[];
  for (const eni of [...fromTemplate, ...(input.NetworkInterfaces ?? [])]) {
    const device = eni.DeviceIndex ?? 0;
    byDevice.set(device, { ...byDevice.get(device), ...defined(eni), DeviceIndex: device });
  }
  return [...byDevice.values()].sort((a, b) => (a.DeviceIndex ?? 0) - (b.DeviceIndex ?? 0));
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function given<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

/** The template's tags and the request's, by resource type; for the same key the request's counts. */
function mergeTags(template: readonly TagSpecification[], request: readonly TagSpecification[]): TagSpecification[] {
  const byType = new Map<TagSpecification['ResourceType'], Map<string | undefined, Tag>>();
  for (const { ResourceType: type, Tags: tags = [] } of [...template, ...request]) {
    const merged = byType.get(type) ?? new Map<string | undefined, Tag>();
    for (const tag of tags) merged.set(tag.Key, tag);
    byType.set(type, merged);
  }
  return [...byType].map(([ResourceType, tags]) => ({ ResourceType, Tags: [...tags.values()] }));
}
