import type { TrafficSourceIdentifier } from '@aws-sdk/client-auto-scaling';
import { notEmulated } from '../../control-plane/not-emulated.js';

/** Target groups only: classic load balancers and VPC Lattice are refused by name. */
export function targetGroupArns(sources: readonly TrafficSourceIdentifier[] | undefined): string[] {
  return (sources ?? []).map(({ Identifier: identifier, Type: type = 'elbv2' }) => {
    if (type === 'elbv2') return identifier!;
    throw notEmulated(`the traffic source type '${type}'; use elbv2`);
  });
}
