import type { UpdateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { putSource, requireSource } from '../launch-source.js';
import { changeSizes, resolveSizes } from '../sizes.js';
import { zonesFor } from '../zones.js';
import { checkHealthCheckType, checkTerminationPolicies } from './create-auto-scaling-group.js';

/** Only what is named changes. Instances that run keep the launch template version with which they started. */
export function updateAutoScalingGroup(input: UpdateAutoScalingGroupType, context: OperationContext): object {
  const record = context.state.autoScaling.groups.get(input.AutoScalingGroupName ?? '');
  if (!record) throw new AwsError('ValidationError', 'AutoScalingGroup name not found - null');
  const { group } = record;
  if (group.Status !== undefined) {
    throw new AwsError('ScalingActivityInProgress', `AutoScalingGroup ${group.AutoScalingGroupName} is being deleted.`);
  }
  checkTerminationPolicies(input.TerminationPolicies);
  checkHealthCheckType(input.HealthCheckType);
  resolveSizes(group, input);
  const source = requireSource(context.state, input);
  const placesChange = input.VPCZoneIdentifier !== undefined || input.AvailabilityZones !== undefined;
  const zones =
    placesChange &&
    zonesFor(context.state, input.VPCZoneIdentifier ?? group.VPCZoneIdentifier, input.AvailabilityZones);
  changeSizes(
    record,
    input,
    (sizes) =>
      `${at(context.now)} a user request update of AutoScalingGroup constraints to min: ${sizes.MinSize}, max: ${sizes.MaxSize}, desired: ${sizes.DesiredCapacity} changing the desired capacity from ${group.DesiredCapacity} to ${sizes.DesiredCapacity}.`,
  );
  if (source) {
    putSource(group, source);
    // A corrected source deserves a launch now, not when the back-off of the last one ends.
    record.launchRetryAt = undefined;
  }
  if (zones) {
    group.AvailabilityZones = zones;
    group.VPCZoneIdentifier = input.VPCZoneIdentifier ?? group.VPCZoneIdentifier;
  }
  group.DefaultCooldown = input.DefaultCooldown ?? group.DefaultCooldown;
  group.HealthCheckType = input.HealthCheckType ?? group.HealthCheckType;
  group.HealthCheckGracePeriod = input.HealthCheckGracePeriod ?? group.HealthCheckGracePeriod;
  group.TerminationPolicies = input.TerminationPolicies ?? group.TerminationPolicies;
  group.NewInstancesProtectedFromScaleIn =
    input.NewInstancesProtectedFromScaleIn ?? group.NewInstancesProtectedFromScaleIn;
  group.DefaultInstanceWarmup = input.DefaultInstanceWarmup ?? group.DefaultInstanceWarmup;
  group.MaxInstanceLifetime = input.MaxInstanceLifetime ?? group.MaxInstanceLifetime;
  group.InstanceMaintenancePolicy = input.InstanceMaintenancePolicy ?? group.InstanceMaintenancePolicy;
  group.Context = input.Context ?? group.Context;
  return {};
}
