// read-deploy: a group's last rollout, as a watch tells it with an incident.
import { describeGroup, loadRecord } from '@directrix/aws';
import { type Deploy, deployOf } from '@directrix/watch';
import type { World } from '../../world.js';

/** Reads the record; the zones of instances that are gone are remembered. */
export function createDeployReader({ clients }: World): (groupName: string) => Promise<Deploy | undefined> {
  const zones = new Map<string, string>();
  return async (groupName) => {
    const [record, group] = await Promise.all([loadRecord(clients, groupName), describeGroup(clients, groupName)]);
    for (const { InstanceId, AvailabilityZone } of group.Instances ?? [])
      if (InstanceId !== undefined && AvailabilityZone !== undefined) zones.set(InstanceId, AvailabilityZone);
    if (record === undefined) return undefined;
    // Only what the record names is of use: the map does not grow for good.
    for (const instanceId of zones.keys()) if (!(instanceId in record.instances)) zones.delete(instanceId);
    return deployOf(record, zones);
  };
}
