import type { AttachNetworkInterfaceRequest, AttachNetworkInterfaceResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { showInterfaces } from '../network-interfaces.js';
import { invalidParameterValue, required } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Attached at once. The guest does not see a second interface: the network knows it, the machine does not. */
export function attachNetworkInterface(
  input: AttachNetworkInterfaceRequest,
  context: OperationContext,
): AttachNetworkInterfaceResult {
  const { ec2, accountId } = context.state;
  const eni = requireResource('networkInterface', input.NetworkInterfaceId, context);
  const instance = requireResource('instance', input.InstanceId, context);
  const device = required(input.DeviceIndex, 'deviceIndex');
  if (eni.Attachment !== undefined) {
    throw new AwsError('InvalidNetworkInterface.InUse', `Interface: [${eni.NetworkInterfaceId}] in use.`);
  }
  if (eni.AvailabilityZone !== instance.Placement?.AvailabilityZone) {
    throw invalidParameterValue(
      'You may not attach a network interface to an instance if they are not in the same availability zone',
    );
  }
  if (instance.NetworkInterfaces?.some((other) => other.Attachment?.DeviceIndex === device)) {
    throw invalidParameterValue(
      `Instance '${instance.InstanceId}' already has an interface attached at device index '${device}'.`,
    );
  }
  const AttachmentId = context.ids.hex('eni-attach-', 17);
  eni.Status = 'in-use';
  eni.Attachment = {
    AttachmentId,
    AttachTime: new Date(context.now),
    DeleteOnTermination: false,
    DeviceIndex: device,
    InstanceId: instance.InstanceId,
    InstanceOwnerId: accountId,
    Status: 'attached',
  };
  showInterfaces(instance.InstanceId!, ec2);
  return { AttachmentId, NetworkCardIndex: 0 };
}
