import type { Subnet } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';

/** At least two subnets, of one VPC, each in its own zone. Throws AwsError. */
export function requireSubnets(state: LabState, ids: readonly string[] | undefined): readonly Subnet[] {
  const subnets = (ids ?? []).map((id) => {
    const subnet = state.ec2.subnets.get(id);
    if (!subnet) throw new AwsError('SubnetNotFound', `The subnet ID '${id}' does not exist`);
    return subnet;
  });
  const zones = new Set(subnets.map((subnet) => subnet.AvailabilityZone));
  if (zones.size < subnets.length) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  }
  if (zones.size < 2) {
    throw new AwsError('ValidationError', 'At least two subnets in two different Availability Zones must be specified');
  }
  if (new Set(subnets.map((subnet) => subnet.VpcId)).size > 1) {
    throw new AwsError('InvalidConfigurationRequest', 'All subnets must belong to the same VPC');
  }
  return subnets;
}

/** Those that were named, or the VPC's default group. Throws InvalidSecurityGroup. */
export function requireSecurityGroups(state: LabState, vpcId: string, ids: readonly string[] | undefined): string[] {
  if (!ids || ids.length === 0) {
    const initial = [...state.ec2.securityGroups.values()].find(
      (group) => group.VpcId === vpcId && group.GroupName === 'default',
    );
    return initial ? [initial.GroupId!] : [];
  }
  for (const id of ids) {
    const group = state.ec2.securityGroups.get(id);
    if (!group || group.VpcId !== vpcId) {
      throw new AwsError('InvalidSecurityGroup', `Security group '${id}' does not exist or is not in VPC '${vpcId}'`);
    }
  }
  return [...ids];
}
