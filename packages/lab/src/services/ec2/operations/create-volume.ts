import type { CreateVolumeRequest, Volume } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { invalidParameterValue, missingParameter } from '../refusals.js';
import { requireResource } from '../resources.js';
import { tagsFor } from '../tags.js';
import { createVolume as makeVolume } from '../volumes.js';
import { zonesOf } from '../zones.js';

const operation = 'CreateVolume';

/** Available at once. The lab attaches volumes at launch only. */
export function createVolume(input: CreateVolumeRequest, context: OperationContext): Volume {
  const { ec2, region } = context.state;
  const madeEarlier = ec2.volumes.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return copyWithTags('volume', madeEarlier, ec2);
  if (input.AvailabilityZone === undefined) throw missingParameter('zone');
  if (!zonesOf(region).some(({ ZoneName }) => ZoneName === input.AvailabilityZone))
    throw invalidParameterValue(`Invalid availability zone: [${input.AvailabilityZone}]`);
  if (input.SnapshotId !== undefined) requireResource('snapshot', input.SnapshotId, context);
  else if (input.Size === undefined) throw missingParameter('size/snapshot');
  const tags = tagsFor('volume', input.TagSpecifications);
  const { Size: VolumeSize, ...wanted } = input;
  const volumeId = context.ids.hex('vol-', 17);
  const volume = makeVolume(volumeId, input.AvailabilityZone, { ...wanted, VolumeSize }, tags, context);
  rememberMade(operation, input, volumeId, context);
  return copyWithTags('volume', volume, ec2);
}
