import type { RestoreImageFromRecycleBinRequest, RestoreImageFromRecycleBinResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkDevices } from '../block-devices.js';
import { checkImageName } from '../images.js';
import { requireRecycled } from '../recycle-bin.js';
import { required } from '../refusals.js';
import { putTags } from '../tags.js';

/** As it was, with its id and tags, when its snapshots are there: those of the Recycle Bin are to be restored first. */
export function restoreImageFromRecycleBin(
  input: RestoreImageFromRecycleBinRequest,
  context: OperationContext,
): RestoreImageFromRecycleBinResult {
  const { ec2 } = context.state;
  const imageId = required(input.ImageId, 'imageId');
  const { resource, tags } = requireRecycled('image', imageId, ec2);
  checkDevices(resource.BlockDeviceMappings ?? [], context);
  checkImageName(resource.Name, context);
  ec2.recycleBin.images.delete(imageId);
  // A disabled image comes back as one that can be used; whom it was shared with is forgotten.
  ec2.images.set(imageId, { ...resource, State: 'available', Public: false });
  putTags(ec2, imageId, tags);
  return { Return: true };
}
