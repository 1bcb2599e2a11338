import type { BlockDeviceMapping } from '@aws-sdk/client-ec2';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { requireResource } from './resources.js';

/** The mappings of an image or template with those of a request put over them. `NoDevice` takes a device away. */
export function devicesOver(
  base: readonly BlockDeviceMapping[],
  over: readonly BlockDeviceMapping[],
): BlockDeviceMapping[] {
  const byName = new Map(base.map((device) => [device.DeviceName, device]));
  for (const device of over) {
    if (device.NoDevice !== undefined) byName.delete(device.DeviceName);
    else {
      const Ebs = { ...byName.get(device.DeviceName)?.Ebs, ...device.Ebs };
      byName.set(device.DeviceName, { ...device, ...(Object.keys(Ebs).length === 0 ? {} : { Ebs }) });
    }
  }
  return [...byName.values()];
}

/** Throws InvalidSnapshot.NotFound for a device of a snapshot that is not there. */
export function checkDevices(devices: readonly BlockDeviceMapping[], context: ControlPlaneContext): void {
  for (const { Ebs } of devices)
    if (Ebs?.SnapshotId !== undefined) requireResource('snapshot', Ebs.SnapshotId, context);
}
