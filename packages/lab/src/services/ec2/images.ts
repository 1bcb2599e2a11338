// images: an image's life.
//
//   pending -> available <-> disabled -> deregistered, or into the Recycle Bin where a retention rule says so
//
//   1. Only an available image launches, is copied and is shared; what runs from it goes on whatever becomes of it.
//   2. A protected image is not deregistered, nor for 24 hours after a protection with a cool-down was taken away.
import type { Image, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext, OperationContext } from '../../control-plane/types.js';
import { recycle } from './recycle-bin.js';
import { required } from './refusals.js';
import { requireResource } from './resources.js';
import { putTags, tagsOf } from './tags.js';

const cooldownMs = 24 * 3600 * 1000;

/** The name, when AWS would take it. Throws InvalidAMIName.Malformed and InvalidAMIName.Duplicate. */
export function checkImageName(given: string | undefined, { state }: ControlPlaneContext): string {
  const name = required(given, 'name');
  if (name.length < 3 || name.length > 128 || !/^[\w ()[\]./\-'@]+$/.test(name)) {
    throw new AwsError(
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    );
  }
  const present = [...state.ec2.images.values()].find(
    (image) => image.OwnerId === state.accountId && image.Name === name,
  );
  if (present === undefined) return name;
  throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${present.ImageId}`);
}

/** Throws InvalidAMIID.Unavailable for an image that is pending, disabled or failed. */
export function requireAvailable(image: Image): void {
  if (image.State === undefined || image.State === 'available') return;
  throw new AwsError('InvalidAMIID.Unavailable', `The image ID '${image.ImageId}' is not available`);
}

/** An image of this account. `wanted` says what differs from what every image of the lab has. */
export function addImage(
  wanted: Image & { readonly Name: string },
  tags: readonly Tag[],
  context: ControlPlaneContext,
): Image & { readonly ImageId: string } {
  const { ec2, accountId } = context.state;
  const imageId = context.ids.hex('ami-', 17);
  const image = {
    ImageId: imageId,
    Architecture: 'x86_64' as const,
    BlockDeviceMappings: [],
    CreationDate: new Date(context.now).toISOString(),
    Description: '',
    EnaSupport: true,
    Hypervisor: 'xen' as const,
    ImageLocation: `${accountId}/${wanted.Name}`,
    ImageType: 'machine' as const,
    OwnerId: accountId,
    PlatformDetails: 'Linux/UNIX',
    Public: false,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs' as const,
    State: 'available' as const,
    VirtualizationType: 'hvm' as const,
    ...Object.fromEntries(Object.entries(wanted).filter(([, member]) => member !== undefined)),
  };
  ec2.images.set(imageId, image);
  putTags(ec2, imageId, tags);
  return image;
}

/** An image whose snapshots are being made. */
export function addPendingImage(
  wanted: Image & { readonly Name: string },
  tags: readonly Tag[],
  context: ControlPlaneContext,
): string {
  const { ImageId: id } = addImage({ ...wanted, State: 'pending' }, tags, context);
  context.schedule(context.now + context.timing.imagePendingMs, {
    service: 'ec2',
    type: 'timer',
    name: 'imagePending',
    id,
  });
  return id;
}

/** Called by the timer that `addPendingImage` set. */
export function finishImagePending(imageId: string, context: ControlPlaneContext): void {
  const image = context.state.ec2.images.get(imageId);
  if (image?.State === 'pending') image.State = 'available';
}

/** The image, for operations that its owner alone may do. Throws AuthFailure for one that is shared with this account. */
export function requireOwnImage(imageId: string | undefined, context: OperationContext): Image {
  const image = requireResource('image', imageId, context);
  if (image.OwnerId === context.state.accountId) return image;
  throw new AwsError('AuthFailure', `Not authorized for image:${image.ImageId}`);
}

/** Deregistered now: out of the books, and into the Recycle Bin where a rule says so. */
export function deregisterNow(image: Image, context: ControlPlaneContext): void {
  const { ec2 } = context.state;
  const imageId = image.ImageId ?? '';
  ec2.images.delete(imageId);
  recycle('image', imageId, image, tagsOf(ec2, imageId), context);
  ec2.tags.delete(imageId);
  ec2.launchPermissions.delete(imageId);
}

/** Throws OperationNotPermitted while the image is protected from being deregistered. */
export function refuseProtected(image: Image): void {
  if (!isProtected(image)) return;
  throw new AwsError(
    'OperationNotPermitted',
    `The image '${image.ImageId}' can't be deregistered because deregistration protection is ${image.DeregistrationProtection}.`,
  );
}

const unprotected = 'disabled';
const withCooldown = 'enabled-with-cooldown';

function isProtected({ DeregistrationProtection: protection = unprotected }: Image): boolean {
  return protection !== unprotected;
}

export function protect(image: Image, hasCooldown: boolean): void {
  image.DeregistrationProtection = hasCooldown ? withCooldown : 'enabled-without-cooldown';
}

/** With a cool-down it goes on for 24 hours; a protection that is given meanwhile stays. */
export function unprotect(image: Image, context: ControlPlaneContext): void {
  if (image.DeregistrationProtection !== withCooldown) {
    image.DeregistrationProtection = unprotected;
    return;
  }
  const endsAt = context.now + cooldownMs;
  image.DeregistrationProtection = `disabled-after-${new Date(endsAt).toISOString()}`;
  context.schedule(endsAt, { service: 'ec2', type: 'timer', name: 'imageCooldown', id: image.ImageId ?? '' });
}

/** Called by the timer that `unprotect` set. */
export function finishCooldown(imageId: string, { state, now }: ControlPlaneContext): void {
  const image = state.ec2.images.get(imageId);
  const [, endsAt] = /^disabled-after-(.+)$/.exec(image?.DeregistrationProtection ?? '') ?? [];
  if (image !== undefined && endsAt !== undefined && Date.parse(endsAt) <= now)
    image.DeregistrationProtection = unprotected;
}
