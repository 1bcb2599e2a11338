import type { AddressSet } from '../address.js';
import type { Network } from '../network.js';
import { manual, type OpenTrace, pass, stopHop } from '../open-trace.js';
import { ALL_EPHEMERAL_PORTS, type Place } from '../place.js';

/** The interface of a NAT gateway. */
export function placeOfNat(network: Network, id: string): Place | undefined {
  const gateway = network.natGateways.get(id);
  if (gateway?.SubnetId === undefined) return undefined;
  const address = gateway.NatGatewayAddresses?.find((one) => one.IsPrimary !== false);
  const own = network.places.byId.get(address?.NetworkInterfaceId ?? '');
  const subnet = network.subnets.get(gateway.SubnetId);
  const addresses: AddressSet = own?.addresses ?? (subnet?.range === undefined ? [[0, 0xffffffff]] : [subnet.range]);
  return {
    id,
    vpcId: gateway.VpcId ?? subnet?.vpcId ?? '',
    subnetId: gateway.SubnetId,
    addresses,
    ...(address?.PrivateIp !== undefined && { address: address.PrivateIp }),
    groupIds: [],
    hasPublicAddress: gateway.ConnectivityType !== 'private',
    ephemeralPorts: ALL_EPHEMERAL_PORTS,
  };
}

export function checkNatState(trace: OpenTrace, id: string, state: string | undefined): void {
  const where = { component: 'natGateway' as const, id };
  if ((state ?? 'available') === 'available') {
    pass(trace, where, 'available');
    return;
  }
  stopHop(trace, where, String(state), {
    code: 'BAD_STATE',
    stage: 'path',
    lacksRouteOut: true,
    isBroken: true,
    explanation: `${id} is ${state}, not available.`,
    evidence: [{ id, what: `state ${state}` }],
    edits: manual(`wait for ${id}, or create another NAT gateway`),
  });
}
