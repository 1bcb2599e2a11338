// Peering connections by their two ends.
import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import type { Network } from '../network.js';

const USELESS = ['deleted', 'rejected', 'failed', 'expired', 'deleting'];

function endsOf({ AccepterVpcInfo, RequesterVpcInfo }: VpcPeeringConnection): readonly (string | undefined)[] {
  return [AccepterVpcInfo?.VpcId, RequesterVpcInfo?.VpcId];
}

/** The VPC at the other end; undefined when the snapshot does not say. */
export function otherEnd(peering: VpcPeeringConnection, vpcId: string): string | undefined {
  return endsOf(peering).find((one) => one !== vpcId);
}

/** Whether it connects the two, or may once it is accepted. An end that the snapshot does not say may be either. */
export function isPeeringOf(peering: VpcPeeringConnection, a: string, b: string): boolean {
  if (USELESS.includes(peering.Status?.Code ?? 'active')) return false;
  const ends = endsOf(peering);
  return ends.includes(a) && (ends.includes(b) || ends.includes(undefined));
}

/** Those that are active first. */
export function peeringsBetween(network: Network, a: string, b: string): readonly VpcPeeringConnection[] {
  return [...network.peerings.values()]
    .filter((peering) => isPeeringOf(peering, a, b) || isPeeringOf(peering, b, a))
    .toSorted((one, other) => Number(isActive(other)) - Number(isActive(one)));
}

function isActive({ Status }: VpcPeeringConnection): boolean {
  return (Status?.Code ?? 'active') === 'active';
}
