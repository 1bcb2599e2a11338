import type { ControlPlaneContext } from '../../control-plane/types.js';
import { deleteInterface } from './network-interfaces.js';
import { networkChanged } from './network-revision.js';

/** A deleted NAT gateway stays visible for about an hour. */
const deletedVisibleMs = 3600 * 1000;

/** Called by the timer that CreateNatGateway set. */
export function finishNatGatewayPending(natGatewayId: string, context: ControlPlaneContext): void {
  const gateway = context.state.ec2.natGateways.get(natGatewayId);
  if (gateway?.State !== 'pending') return;
  gateway.State = 'available';
  for (const address of gateway.NatGatewayAddresses ?? []) address.Status = 'succeeded';
  networkChanged(context);
}

/** Called by the timer that DeleteNatGateway set, and again when the deleted gateway is to be forgotten. */
export function finishNatGatewayDeletion(natGatewayId: string, context: ControlPlaneContext): void {
  const { ec2 } = context.state;
  const gateway = ec2.natGateways.get(natGatewayId);
  if (gateway?.State === 'deleted') {
    ec2.natGateways.delete(natGatewayId);
    ec2.tags.delete(natGatewayId);
    return;
  }
  if (gateway?.State !== 'deleting') return;
  for (const { NetworkInterfaceId } of gateway.NatGatewayAddresses ?? [])
    deleteInterface(NetworkInterfaceId ?? '', ec2);
  gateway.State = 'deleted';
  gateway.DeleteTime = new Date(context.now);
  scheduleNatGatewayTimer('natGatewayDeleting', natGatewayId, deletedVisibleMs, context);
  networkChanged(context);
}

export function scheduleNatGatewayTimer(name: string, id: string, afterMs: number, context: ControlPlaneContext): void {
  context.schedule(context.now + afterMs, { service: 'ec2', type: 'timer', name, id });
}
