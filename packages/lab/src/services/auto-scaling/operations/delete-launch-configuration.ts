import type { LaunchConfigurationNameType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireLaunchConfiguration } from '../launch-configuration.js';

export function deleteLaunchConfiguration(input: LaunchConfigurationNameType, context: OperationContext): object {
  const { autoScaling } = context.state;
  const name = input.LaunchConfigurationName!;
  requireLaunchConfiguration(context.state, name);
  const isUsed = [...autoScaling.groups.values()].some(({ group }) => group.LaunchConfigurationName === name);
  if (isUsed) {
    throw new AwsError(
      'ResourceInUse',
      `Cannot delete launch configuration ${name} because it is attached to an AutoScalingGroup`,
    );
  }
  autoScaling.launchConfigurations.delete(name);
  return {};
}
