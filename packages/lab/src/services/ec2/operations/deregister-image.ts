import type { DeregisterImageRequest, DeregisterImageResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { refuseDryRun } from '../refusals.js';
import { requireResource } from '../resources.js';

/** Instances that run from the image go on; new ones cannot be launched. */
export function deregisterImage(input: DeregisterImageRequest, context: OperationContext): DeregisterImageResult {
  const { ec2 } = context.state;
  const id = requireResource('image', input.ImageId, context).ImageId!;
  refuseDryRun(input);
  ec2.images.delete(id);
  ec2.tags.delete(id);
  ec2.launchPermissions.delete(id);
  return { Return: true };
}
