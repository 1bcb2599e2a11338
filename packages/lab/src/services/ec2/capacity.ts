import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { zonesOf } from './zones.js';

/** Throws InsufficientInstanceCapacity while the zone is set to have none of this type. */
export function checkCapacity(instanceType: string, zone: string, context: ControlPlaneContext): void {
  if (hasCapacity(instanceType, zone, context)) return;
  const others = zonesOf(context.state.region)
    .map((one) => one.ZoneName ?? '')
    .filter((name) => name !== zone && hasCapacity(instanceType, name, context));
  const advice =
    others.length === 0
      ? ''
      : ` You can currently get ${instanceType} capacity by not specifying an Availability Zone in your request or choosing ${others.join(', ')}.`;
  throw new AwsError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity.${advice}`,
    500,
  );
}

export function hasCapacity(instanceType: string, zone: string, { state }: ControlPlaneContext): boolean {
  const missing = state.ec2.faults.zonesWithoutCapacity.get(zone);
  return missing === undefined || (missing !== 'all' && !missing.includes(instanceType));
}
