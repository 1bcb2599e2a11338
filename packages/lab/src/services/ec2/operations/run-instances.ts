import type {
  Image,
  Instance,
  InstanceMetadataOptionsResponse,
  InstanceNetworkInterfaceSpecification,
  NetworkInterface,
  Reservation,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { startPending } from '../instances.js';
import { type LaunchPlan, planLaunch } from '../launch-plan.js';
import type { LaunchSpecification } from '../launch-specification.js';
import { createInterface, givePublicAddress, showInterfaces } from '../network-interfaces.js';
import type { InstanceRecord } from '../state.js';
import { putTags } from '../tags.js';
import { createVolumes } from '../volumes.js';

const operation = 'RunInstances';

export function runInstances(input: RunInstancesRequest, context: OperationContext): Reservation {
  const madeEarlier = madeBefore(operation, input, context);
  if (madeEarlier !== undefined) return reservationMade(madeEarlier, context);
  const launch = planLaunch(input, context);
  const reservationId = context.ids.hex('r-', 17);
  const records = Array.from({ length: launch.count }, (_, index) =>
    launchOne(launch, index, reservationId, input, context),
  );
  rememberMade(operation, input, reservationId, context);
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

function launchOne(
  launch: LaunchPlan,
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
  createVolumes(instance, launch, context);
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

function newInstance(
  launch: LaunchPlan,
  index: number,
  input: RunInstancesRequest,
  context: OperationContext,
): Instance {
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
    ...(specification.isSpot
      ? { InstanceLifecycle: 'spot' as const, SpotInstanceRequestId: context.ids.hex('sir-', 8) }
      : {}),
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
