import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkDevices } from '../block-devices.js';
import { copyOf } from '../copy.js';
import { addImage, checkImageName } from '../images.js';
import { invalidParameterValue } from '../refusals.js';
import { tagsFor } from '../tags.js';

/** In the lab, ImageLocation is the directory that a machine of kind process runs. */
export function registerImage(input: RegisterImageRequest, context: OperationContext): RegisterImageResult {
  const name = checkImageName(input.Name, context);
  if (input.ImageLocation === undefined && !input.BlockDeviceMappings?.length) {
    throw invalidParameterValue('Either ImageLocation or a root snapshot in BlockDeviceMappings must be given.');
  }
  checkDevices(input.BlockDeviceMappings ?? [], context);
  const tags = tagsFor('image', input.TagSpecifications, ['image', 'snapshot']);
  const { ImageId } = addImage(
    {
      Name: name,
      Description: input.Description,
      Architecture: input.Architecture,
      BlockDeviceMappings: copyOf(input.BlockDeviceMappings),
      EnaSupport: input.EnaSupport,
      ImageLocation: input.ImageLocation,
      ImdsSupport: input.ImdsSupport,
      RootDeviceName: input.RootDeviceName,
      VirtualizationType: input.VirtualizationType === 'paravirtual' ? 'paravirtual' : 'hvm',
    },
    tags,
    context,
  );
  return { ImageId };
}
