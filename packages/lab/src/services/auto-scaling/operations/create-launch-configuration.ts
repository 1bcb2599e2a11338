import type { CreateLaunchConfigurationType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { findInstanceType } from '../../ec2/instance-types.js';
import { configurationOfInstance, keepLaunchConfiguration, refuseTakenName } from '../launch-configuration.js';

/** What it names is looked at when it launches, except its image and its type. SpotPrice is refused: the lab has no Spot instances. */
export function createLaunchConfiguration(input: CreateLaunchConfigurationType, context: OperationContext): object {
  const name = input.LaunchConfigurationName!;
  refuseTakenName(context.state, name);
  checkUserData(input.UserData);
  if (input.InstanceId !== undefined) {
    const { InstanceId, ...over } = input;
    const made = configurationOfInstance(InstanceId, name, context);
    Object.assign(made, Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)));
    return {};
  }
  const { ImageId, InstanceType } = input;
  if (!ImageId || !InstanceType) {
    throw new AwsError(
      'ValidationError',
      'Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters.',
    );
  }
  if (!context.state.ec2.images.has(ImageId)) {
    throw new AwsError('ValidationError', `The image id '[${ImageId}]' does not exist`);
  }
  if (findInstanceType(InstanceType) === undefined) {
    throw new AwsError('ValidationError', `Invalid instance type: '${InstanceType}'`);
  }
  keepLaunchConfiguration({ ...input, LaunchConfigurationName: name, ImageId, InstanceType }, context);
  return {};
}

function checkUserData(text: string | undefined): void {
  if (text === undefined || /^[A-Za-z0-9+/=\s]*$/.test(text)) return;
  throw new AwsError('ValidationError', 'Invalid BASE64 encoding of user data.');
}
