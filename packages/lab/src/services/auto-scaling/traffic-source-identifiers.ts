import type { TrafficSourceIdentifier } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';

/** Target groups only: classic load balancers and VPC Lattice are refused by name. */
export function targetGroupArns(sources: readonly TrafficSourceIdentifier[] | undefined): string[] {
  return (sources ?? []).map(({ Identifier: identifier, Type: type = 'elbv2' }) => {
    if (type === 'elbv2') return identifier!;
    throw new AwsError('ValidationError', `Traffic source type '${type}' is not emulated by the lab; use elbv2`);
  });
}
