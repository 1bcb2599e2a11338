import type { Image, RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { invalidParameterValue, refuseDryRun, required } from '../refusals.js';
import { putTags, tagsFor } from '../tags.js';

/** In the lab, ImageLocation is the directory that a machine of kind process runs. */
export function registerImage(input: RegisterImageRequest, context: OperationContext): RegisterImageResult {
  const { ec2, accountId } = context.state;
  const name = required(input.Name, 'name');
  if (name.length < 3 || name.length > 128 || !/^[\w ()[\]./\-'@]+$/.test(name)) {
    throw new AwsError(
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    );
  }
  const present = [...ec2.images.values()].find((image) => image.OwnerId === accountId && image.Name === name);
  if (present !== undefined) {
    throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${present.ImageId}`);
  }
  if (input.ImageLocation === undefined && !input.BlockDeviceMappings?.length) {
    throw invalidParameterValue('Either ImageLocation or a root snapshot in BlockDeviceMappings must be given.');
  }
  const tags = tagsFor('image', input.TagSpecifications, ['image', 'snapshot']);
  refuseDryRun(input);
  const image: Image = {
    ImageId: context.ids.hex('ami-', 17),
    Name: name,
    Description: input.Description ?? '',
    Architecture: input.Architecture ?? 'x86_64',
    BlockDeviceMappings: copyOf(input.BlockDeviceMappings ?? []),
    CreationDate: new Date(context.now).toISOString(),
    EnaSupport: input.EnaSupport ?? true,
    Hypervisor: 'xen',
    ImageLocation: input.ImageLocation ?? `${accountId}/${name}`,
    ImageType: 'machine',
    ...(input.ImdsSupport === undefined ? {} : { ImdsSupport: input.ImdsSupport }),
    OwnerId: accountId,
    PlatformDetails: 'Linux/UNIX',
    Public: false,
    RootDeviceName: input.RootDeviceName ?? '/dev/xvda',
    RootDeviceType: 'ebs',
    State: 'available',
    VirtualizationType: input.VirtualizationType === 'paravirtual' ? 'paravirtual' : 'hvm',
  };
  ec2.images.set(image.ImageId!, image);
  putTags(ec2, image.ImageId!, tags);
  return { ImageId: image.ImageId };
}
