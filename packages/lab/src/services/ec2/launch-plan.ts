import type {
  Image,
  Instance,
  InstanceNetworkInterfaceSpecification,
  RunInstancesRequest,
  Subnet,
  Tag,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState, OperationContext } from '../../control-plane/types.js';
import { checkPrivateAddress, insufficientFreeAddresses } from './addresses.js';
import { checkDevices } from './block-devices.js';
import { checkCapacity, hasCapacity } from './capacity.js';
import { requireAvailable } from './images.js';
import { requireInstanceProfile } from './instance-profile.js';
import { DEFAULT_INSTANCE_TYPE, requireInstanceType } from './instance-types.js';
import { requireKeyPair } from './key-pairs.js';
import { type LaunchSpecification, launchSpecification } from './launch-specification.js';
import { groupsForSubnet } from './network-interfaces.js';
import { invalidParameterValue, missingParameter, notEmulated, required } from './refusals.js';
import { requireResource } from './resources.js';
import { tagsFor } from './tags.js';

/** Everything that a launch was found to need, before anything is made. */
export interface LaunchPlan {
  readonly specification: LaunchSpecification;
  readonly image: Image;
  readonly instanceType: string;
  readonly subnet: Subnet;
  readonly groupIds: readonly string[];
  readonly primary: InstanceNetworkInterfaceSpecification | undefined;
  readonly profile: Instance['IamInstanceProfile'];
  readonly instanceTags: readonly Tag[];
  readonly interfaceTags: readonly Tag[];
  readonly volumeTags: readonly Tag[];
  readonly count: number;
}

/** Throws what AWS answers when it cannot be launched. Changes nothing. */
export function planLaunch(input: RunInstancesRequest, context: OperationContext): LaunchPlan {
  const specification = launchSpecification(input, context);
  const image = launchableImage(specification, context);
  const instanceType = specification.instanceType ?? DEFAULT_INSTANCE_TYPE;
  checkArchitecture(image, instanceType);
  const primary = primaryInterface(specification);
  const subnet = chooseSubnet(specification, primary, instanceType, context);
  const groupIds = groupsForSubnet(wantedGroups(specification, primary, subnet, context), subnet, context);
  const profile = specification.iamInstanceProfile;
  if (specification.keyName !== undefined) requireKeyPair(specification.keyName, context);
  checkDevices(specification.blockDevices, context);
  const count = countOf(input, subnet, context);
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
    volumeTags: tagsFor('volume', specification.tagSpecifications, [...tagged]),
    count,
  };
}

function launchableImage({ imageId }: LaunchSpecification, context: OperationContext): Image {
  if (imageId === undefined) throw missingParameter('ImageId');
  const image = requireResource('image', imageId, context);
  const fault = context.state.ec2.faults.images.get(imageId);
  if (fault?.kind === 'refused') throw new AwsError(fault.code, fault.message);
  requireAvailable(image);
  return image;
}

function checkArchitecture(image: Image, instanceType: string): void {
  const typeHas = requireInstanceType(instanceType).ProcessorInfo?.SupportedArchitectures ?? [];
  if (image.Architecture === undefined || typeHas.includes(image.Architecture)) return;
  throw invalidParameterValue(
    `The architecture '${typeHas.join(',')}' of the specified instance type does not match the architecture '${image.Architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
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

/** As many as MaxCount says, or as the subnet and the quota leave room for, but no fewer than MinCount. */
function countOf(input: RunInstancesRequest, subnet: Subnet, { state }: OperationContext): number {
  const least = required(input.MinCount, 'MinCount');
  const most = required(input.MaxCount, 'MaxCount');
  if (least < 1 || most < least) {
    throw invalidParameterValue(
      `Value (${least}) for parameter minCount is invalid. The minCount must be at least 1 and at most maxCount (${most}).`,
    );
  }
  const free = subnet.AvailableIpAddressCount ?? 0;
  if (free < least) throw insufficientFreeAddresses(subnet);
  const left = state.instanceLimit - countLiveInstances(state);
  if (left < least) throw instanceLimitExceeded(least, state.instanceLimit);
  return Math.min(most, free, left);
}

function countLiveInstances({ ec2 }: LabState): number {
  let count = 0;
  for (const { instance } of ec2.instances.values()) if (instance.State?.Name !== 'terminated') count += 1;
  return count;
}

function instanceLimitExceeded(wanted: number, limit: number): AwsError {
  return new AwsError(
    'InstanceLimitExceeded',
    `You have requested more instances (${wanted}) than your current instance limit of ${limit} allows for the specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
  );
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
