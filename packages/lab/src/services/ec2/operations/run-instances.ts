import type {
  Image,
  Instance,
  InstanceMetadataOptionsResponse,
  InstanceNetworkInterfaceSpecification,
  NetworkInterface,
  Reservation,
  RunInstancesRequest,
  Subnet,
  Tag,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkPrivateAddress, insufficientFreeAddresses } from '../addresses.js';
import { checkCapacity, hasCapacity } from '../capacity.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { requireInstanceProfile } from '../instance-profile.js';
import { requireInstanceType } from '../instance-types.js';
import { startPending } from '../instances.js';
import { type LaunchSpecification, launchSpecification } from '../launch-specification.js';
import { createInterface, givePublicAddress, groupsForSubnet, showInterfaces } from '../network-interfaces.js';
import { networkChanged } from '../network-revision.js';
import { invalidParameterValue, missingParameter, notEmulated, refuseDryRun, required } from '../refusals.js';
import { requireResource } from '../resources.js';
import type { InstanceRecord } from '../state.js';
import { putTags, tagsFor } from '../tags.js';

const operation = 'RunInstances';

export function runInstances(input: RunInstancesRequest, context: OperationContext): Reservation {
  const madeEarlier = madeBefore(operation, input, context);
  if (madeEarlier !== undefined) return reservationMade(madeEarlier, context);
  const launch = planLaunch(input, context);
  refuseDryRun(input);
  const reservationId = context.ids.hex('r-', 17);
  const records = Array.from({ length: launch.count }, (_, index) =>
    launchOne(launch, index, reservationId, input, context),
  );
  rememberMade(operation, input, reservationId, context);
  networkChanged(context);
  return showReservation(reservationId, records, context);
}

function reservationMade(reservationId: string, context: OperationContext): Reservation {
  const all = [...context.state.ec2.instances.values()];
  const records = all.filter((record) => record.reservationId === reservationId);
  return showReservation(reservationId, records, context);
}

function showReservation(
  reservationId: string,
  records: readonly InstanceRecord[],
  context: OperationContext,
): Reservation {
  const { ec2, accountId } = context.state;
  return {
    ReservationId: reservationId,
    OwnerId: accountId,
    Groups: [],
    Instances: records.map((record) => copyWithTags('instance', record.instance, ec2)),
  };
}

/** Everything that a launch was found to need, before anything is made. */
interface Launch {
  readonly specification: LaunchSpecification;
  readonly image: Image;
  readonly instanceType: string;
  readonly subnet: Subnet;
  readonly groupIds: readonly string[];
  readonly primary: InstanceNetworkInterfaceSpecification | undefined;
  readonly profile: Instance['IamInstanceProfile'];
  readonly instanceTags: readonly Tag[];
  readonly interfaceTags: readonly Tag[];
  readonly count: number;
}

function planLaunch(input: RunInstancesRequest, context: OperationContext): Launch {
  const specification = launchSpecification(input, context);
  const image = launchableImage(specification, context);
  const instanceType = specification.instanceType ?? 'm1.small';
  checkArchitecture(image, instanceType);
  const primary = primaryInterface(specification);
  const subnet = chooseSubnet(specification, primary, instanceType, context);
  const groupIds = groupsForSubnet(wantedGroups(specification, primary, subnet, context), subnet, context);
  const profile = specification.iamInstanceProfile;
  const count = countOf(input, subnet);
  checkGivenAddress(specification, primary, subnet, count, context);
  checkCapacity(instanceType, subnet.AvailabilityZone ?? '', context);
  const tagged = ['instance', 'volume', 'network-interface', 'spot-instances-request', 'elastic-gpu'] as const;
  return {
    specification,
    image,
    instanceType,
    subnet,
    groupIds,
    primary,
    profile: profile === undefined ? undefined : requireInstanceProfile(profile, context),
    instanceTags: [...tagsFor('instance', specification.tagSpecifications, [...tagged]), ...specification.templateTags],
    interfaceTags: tagsFor('network-interface', specification.tagSpecifications, [...tagged]),
    count,
  };
}

function launchableImage({ imageId }: LaunchSpecification, context: OperationContext): Image {
  if (imageId === undefined) throw missingParameter('ImageId');
  const image = requireResource('image', imageId, context);
  const fault = context.state.ec2.faults.images.get(imageId);
  if (fault?.kind === 'refused') throw new AwsError(fault.code, fault.message);
  return image;
}

function checkArchitecture(image: Image, instanceType: string): void {
  const [typeHas] = requireInstanceType(instanceType).ProcessorInfo?.SupportedArchitectures ?? [];
  if (image.Architecture === undefined || typeHas === image.Architecture) return;
  throw invalidParameterValue(
    `The architecture '${typeHas}' of the specified instance type does not match the architecture '${image.Architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
  );
}

function primaryInterface({
  networkInterfaces,
}: LaunchSpecification): InstanceNetworkInterfaceSpecification | undefined {
  if (networkInterfaces.length === 0) return undefined;
  if (networkInterfaces.length > 1) throw notEmulated('instances with several network interfaces');
  const [primary] = networkInterfaces;
  if (primary?.NetworkInterfaceId !== undefined) throw notEmulated('launching with an existing network interface');
  if (primary?.DeviceIndex !== 0) {
    throw invalidParameterValue('The request must contain a network interface with device index 0.');
  }
  return primary;
}

function chooseSubnet(
  specification: LaunchSpecification,
  primary: InstanceNetworkInterfaceSpecification | undefined,
  instanceType: string,
  context: OperationContext,
): Subnet {
  const id = primary?.SubnetId ?? specification.subnetId;
  const zone = specification.placement?.AvailabilityZone;
  if (id === undefined) return defaultSubnet(zone, instanceType, context);
  const subnet = requireResource('subnet', id, context);
  if (zone !== undefined && subnet.AvailabilityZone !== zone) {
    throw invalidParameterValue(
      `Invalid availability zone: [${zone}]. The subnet '${id}' is in the availability zone ${subnet.AvailabilityZone}`,
    );
  }
  return subnet;
}

function defaultSubnet(zone: string | undefined, instanceType: string, context: OperationContext): Subnet {
  const candidates = [...context.state.ec2.subnets.values()].filter(
    (subnet) => subnet.DefaultForAz === true && (zone === undefined || subnet.AvailabilityZone === zone),
  );
  const withCapacity = candidates.find((one) => hasCapacity(instanceType, one.AvailabilityZone ?? '', context));
  const chosen = withCapacity ?? candidates[0];
  if (chosen !== undefined) return chosen;
  throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
}

function wantedGroups(
  specification: LaunchSpecification,
  primary: InstanceNetworkInterfaceSpecification | undefined,
  subnet: Subnet,
  context: OperationContext,
): readonly string[] {
  if (primary?.Groups?.length) return primary.Groups;
  const named = specification.securityGroupNames.map((name) => idOfGroupNamed(name, subnet, context));
  return [...specification.securityGroupIds, ...named];
}

function idOfGroupNamed(name: string, subnet: Subnet, { state }: OperationContext): string {
  const group = [...state.ec2.securityGroups.values()].find(
    (one) => one.VpcId === subnet.VpcId && one.GroupName === name,
  );
  if (group?.GroupId !== undefined) return group.GroupId;
  throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist in VPC '${subnet.VpcId}'`);
}

/** As many as MaxCount says, or as the subnet has addresses for, but no fewer than MinCount. */
function countOf(input: RunInstancesRequest, subnet: Subnet): number {
  const least = required(input.MinCount, 'MinCount');
  const most = required(input.MaxCount, 'MaxCount');
  if (least < 1 || most < least) {
    throw invalidParameterValue(
      `Value (${least}) for parameter minCount is invalid. The minCount must be at least 1 and at most maxCount (${most}).`,
    );
  }
  const free = subnet.AvailableIpAddressCount ?? 0;
  if (free < least) throw insufficientFreeAddresses(subnet);
  return Math.min(most, free);
}

function checkGivenAddress(
  specification: LaunchSpecification,
  primary: InstanceNetworkInterfaceSpecification | undefined,
  subnet: Subnet,
  count: number,
  context: OperationContext,
): void {
  const address = primary?.PrivateIpAddress ?? specification.privateIpAddress;
  if (address === undefined) return;
  if (count > 1) {
    throw new AwsError('InvalidParameterCombination', 'A private IP address can be given to one instance only.');
  }
  checkPrivateAddress(subnet, address, context.state.ec2);
}

function launchOne(
  launch: Launch,
  index: number,
  reservationId: string,
  input: RunInstancesRequest,
  context: OperationContext,
): InstanceRecord {
  const { ec2 } = context.state;
  const { specification, subnet, primary } = launch;
  const instance = newInstance(launch, index, input, context);
  const record: InstanceRecord = {
    instance,
    reservationId,
    console: '',
    disableApiTermination: specification.disableApiTermination,
    ...(specification.userData === undefined ? {} : { userData: specification.userData }),
    ...(input.ClientToken === undefined ? {} : { clientToken: input.ClientToken }),
  };
  ec2.instances.set(instance.InstanceId!, record);
  putTags(ec2, instance.InstanceId!, launch.instanceTags);
  const eni = createInterface(
    {
      subnet,
      groupIds: launch.groupIds,
      description: primary?.Description,
      privateIpAddress: primary?.PrivateIpAddress ?? specification.privateIpAddress,
      tags: launch.interfaceTags,
    },
    context,
  );
  attachPrimary(eni, instance, primary, context);
  if (primary?.AssociatePublicIpAddress ?? subnet.MapPublicIpOnLaunch) givePublicAddress(eni, context);
  showInterfaces(instance.InstanceId!, ec2);
  startPending(instance, context);
  return record;
}

function attachPrimary(
  eni: NetworkInterface,
  instance: Instance,
  primary: InstanceNetworkInterfaceSpecification | undefined,
  context: OperationContext,
): void {
  eni.Status = 'in-use';
  eni.Attachment = {
    AttachmentId: context.ids.hex('eni-attach-', 17),
    AttachTime: new Date(context.now),
    DeleteOnTermination: primary?.DeleteOnTermination ?? true,
    DeviceIndex: 0,
    InstanceId: instance.InstanceId,
    InstanceOwnerId: context.state.accountId,
    Status: 'attached',
  };
}

function newInstance(launch: Launch, index: number, input: RunInstancesRequest, context: OperationContext): Instance {
  const { specification, image, subnet } = launch;
  return {
    InstanceId: context.ids.hex('i-', 17),
    ImageId: image.ImageId,
    InstanceType: launch.instanceType as Instance['InstanceType'],
    AmiLaunchIndex: index,
    Architecture: image.Architecture ?? 'x86_64',
    BlockDeviceMappings: [],
    ClientToken: input.ClientToken ?? '',
    EbsOptimized: specification.ebsOptimized,
    EnaSupport: true,
    Hypervisor: 'xen',
    ...(launch.profile === undefined ? {} : { IamInstanceProfile: launch.profile }),
    ...(specification.keyName === undefined ? {} : { KeyName: specification.keyName }),
    LaunchTime: new Date(context.now),
    MetadataOptions: metadataOptions(specification, image),
    Monitoring: { State: specification.monitoring ? 'enabled' : 'disabled' },
    Placement: {
      GroupName: '',
      Tenancy: 'default',
      ...specification.placement,
      AvailabilityZone: subnet.AvailabilityZone,
    },
    PlatformDetails: 'Linux/UNIX',
    ProductCodes: [],
    RootDeviceName: image.RootDeviceName ?? '/dev/xvda',
    RootDeviceType: 'ebs',
    SourceDestCheck: true,
    StateTransitionReason: '',
    SubnetId: subnet.SubnetId,
    VirtualizationType: 'hvm',
    VpcId: subnet.VpcId,
  };
}

/** An image made for IMDSv2 requires tokens and allows two hops, unless the launch says otherwise. */
function metadataOptions(
  { metadataOptions: wanted }: LaunchSpecification,
  image: Image,
): InstanceMetadataOptionsResponse {
  const isV2 = image.ImdsSupport === 'v2.0';
  return {
    State: 'applied',
    HttpTokens: wanted?.HttpTokens ?? (isV2 ? 'required' : 'optional'),
    HttpPutResponseHopLimit: wanted?.HttpPutResponseHopLimit ?? (isV2 ? 2 : 1),
    HttpEndpoint: wanted?.HttpEndpoint ?? 'enabled',
    HttpProtocolIpv6: wanted?.HttpProtocolIpv6 ?? 'disabled',
    InstanceMetadataTags: wanted?.InstanceMetadataTags ?? 'disabled',
  };
}
