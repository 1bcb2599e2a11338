// instances: an instance's life.
//
//   pending -> running -> shutting-down -> terminated -> forgotten after an hour
//                      -> stopping -> stopped -> pending
//
//   1. Each step is a timer. A timer that finds the instance in another state than the one that it was set in does nothing.
//   2. A machine is started once for each time an instance reaches running, and stopped once for each time it leaves it.
import type { Instance, InstanceState, InstanceStateChange } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { copyOf } from './copy.js';
import { clearPublicAddress, deleteInterface, givePublicAddress, showInterfaces } from './network-interfaces.js';
import { networkChanged } from './network-revision.js';
import { kindOf, requireResource } from './resources.js';
import type { InstanceRecord } from './state.js';
import { leaveVolumes } from './volumes.js';

const stateCodes = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;

type InstanceStateName = keyof typeof stateCodes;

/** AWS shows a terminated instance for about an hour. */
const terminatedVisibleMs = 3600 * 1000;

function stateNamed(name: InstanceStateName): InstanceState {
  return { Code: stateCodes[name], Name: name };
}

/**
 * The instances, in the order asked for. Throws InvalidInstanceID.Malformed, and InvalidInstanceID.NotFound which names every
 * unknown id.
 */
export function requireInstances(ids: readonly string[] | undefined, context: ControlPlaneContext): InstanceRecord[] {
  const { instances } = context.state.ec2;
  if (ids === undefined || ids.length === 0) requireResource('instance', undefined, context);
  const unknown = (ids ?? []).filter((id) => !instances.has(id));
  if (unknown.length > 1 && unknown.every((id) => id.startsWith('i-'))) {
    const problem = `The instance IDs '${unknown.join(', ')}' do not exist`;
    throw new AwsError(kindOf('instance').notFound, problem);
  }
  for (const id of unknown) requireResource('instance', id, context);
  return [...new Set(ids)].map((id) => instances.get(id)!);
}

export function startPending(instance: Instance, context: ControlPlaneContext): void {
  instance.State = stateNamed('pending');
  setTimer('instancePending', instance, context.timing.instancePendingMs, context);
}

/** Called by the timer. An image that is set to fail terminates the instance here, as AWS does with a volume it cannot use. */
export function finishPending(instanceId: string, context: ControlPlaneContext): void {
  const record = inState(instanceId, 'pending', context);
  if (record === undefined) return;
  const fault = context.state.ec2.faults.images.get(record.instance.ImageId ?? '');
  if (fault?.kind === 'terminated') {
    const code = fault.stateReasonCode;
    record.instance.StateReason = { Code: code, Message: `${code}: Instance failed to launch` };
    record.instance.StateTransitionReason = code;
    terminate(record, context);
    return;
  }
  record.instance.State = stateNamed('running');
  context.emit({ kind: 'startMachine', instanceId });
}

export function beginTermination(record: InstanceRecord, context: ControlPlaneContext): InstanceStateChange {
  const { instance } = record;
  const previous = instance.State?.Name as InstanceStateName;
  if (previous === 'terminated' || previous === 'shutting-down') return stateChange(instance, previous);
  stopMachine(instance, context);
  instance.State = stateNamed('shutting-down');
  explainByUser(instance, context);
  setTimer('instanceShuttingDown', instance, context.timing.instanceShutdownMs, context);
  return stateChange(instance, previous);
}

export function finishTermination(instanceId: string, context: ControlPlaneContext): void {
  const record = inState(instanceId, 'shutting-down', context);
  if (record !== undefined) terminate(record, context);
}

/** The interfaces and addresses go now; the record is forgotten when AWS would stop to show it. */
function terminate({ instance }: InstanceRecord, context: ControlPlaneContext): void {
  const { ec2 } = context.state;
  for (const eni of [...ec2.networkInterfaces.values()]) {
    if (eni.Attachment?.InstanceId !== instance.InstanceId) continue;
    if (eni.Attachment?.DeleteOnTermination === false) {
      eni.Attachment = undefined;
      eni.Status = 'available';
    } else deleteInterface(eni.NetworkInterfaceId!, ec2);
  }
  leaveVolumes(instance.InstanceId!, context);
  instance.BlockDeviceMappings = [];
  instance.State = stateNamed('terminated');
  showInterfaces(instance.InstanceId!, ec2);
  // AWS no longer says where a terminated instance was.
  instance.SubnetId = undefined;
  instance.VpcId = undefined;
  setTimer('instanceTerminated', instance, terminatedVisibleMs, context);
  networkChanged(context);
}

export function forgetTerminated(instanceId: string, context: ControlPlaneContext): void {
  if (inState(instanceId, 'terminated', context) === undefined) return;
  context.state.ec2.instances.delete(instanceId);
  context.state.ec2.tags.delete(instanceId);
}

export function beginStop(record: InstanceRecord, context: ControlPlaneContext): InstanceStateChange {
  const { instance } = record;
  const previous = instance.State?.Name as InstanceStateName;
  if (previous === 'stopped' || previous === 'stopping') return stateChange(instance, previous);
  stopMachine(instance, context);
  instance.State = stateNamed('stopping');
  explainByUser(instance, context);
  setTimer('instanceStopping', instance, context.timing.instanceShutdownMs, context);
  return stateChange(instance, previous);
}

export function finishStop(instanceId: string, context: ControlPlaneContext): void {
  const record = inState(instanceId, 'stopping', context);
  if (record === undefined) return;
  record.instance.State = stateNamed('stopped');
  // A stopped instance keeps its Elastic IP and loses any other public address.
  for (const eni of interfacesOf(instanceId, context)) {
    if (eni.Association?.IpOwnerId === 'amazon') clearPublicAddress(eni);
  }
  showInterfaces(instanceId, context.state.ec2);
  networkChanged(context);
}

export function beginStart(record: InstanceRecord, context: ControlPlaneContext): InstanceStateChange {
  const { instance } = record;
  const previous = instance.State?.Name as InstanceStateName;
  if (previous === 'running' || previous === 'pending') return stateChange(instance, previous);
  instance.StateReason = undefined;
  instance.StateTransitionReason = '';
  instance.LaunchTime = new Date(context.now);
  const subnet = context.state.ec2.subnets.get(instance.SubnetId ?? '');
  const [primary] = interfacesOf(instance.InstanceId!, context);
  if (subnet?.MapPublicIpOnLaunch === true && primary !== undefined && primary.Association === undefined) {
    givePublicAddress(primary, context);
  }
  showInterfaces(instance.InstanceId!, context.state.ec2);
  startPending(instance, context);
  networkChanged(context);
  return stateChange(instance, previous);
}

function interfacesOf(instanceId: string, context: ControlPlaneContext) {
  return [...context.state.ec2.networkInterfaces.values()].filter((eni) => eni.Attachment?.InstanceId === instanceId);
}

function stopMachine(instance: Instance, context: ControlPlaneContext): void {
  if (instance.State?.Name !== 'running') return;
  const graceMs = context.timing.instanceShutdownMs;
  context.emit({ kind: 'stopMachine', instanceId: instance.InstanceId!, graceMs });
}

function inState(
  instanceId: string,
  name: InstanceStateName,
  context: ControlPlaneContext,
): InstanceRecord | undefined {
  const record = context.state.ec2.instances.get(instanceId);
  return record?.instance.State?.Name === name ? record : undefined;
}

function stateChange(instance: Instance, previous: InstanceStateName): InstanceStateChange {
  return {
    InstanceId: instance.InstanceId,
    PreviousState: stateNamed(previous),
    CurrentState: copyOf(instance.State),
  };
}

/** Auto Scaling terminates as a user does, and EC2 says so. */
function explainByUser(instance: Instance, context: ControlPlaneContext): void {
  const at = new Date(context.now)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' GMT');
  const code = 'Client.UserInitiatedShutdown';
  instance.StateReason = { Code: code, Message: `${code}: User initiated shutdown` };
  instance.StateTransitionReason = `User initiated (${at})`;
}

function setTimer(name: string, instance: Instance, afterMs: number, context: ControlPlaneContext): void {
  context.schedule(context.now + afterMs, { service: 'ec2', type: 'timer', name, id: instance.InstanceId! });
}
