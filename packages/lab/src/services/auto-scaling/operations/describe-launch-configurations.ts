import type { LaunchConfigurationNamesType, LaunchConfigurationsType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';

/** Unknown names are left out, as on AWS. */
export function describeLaunchConfigurations(
  input: LaunchConfigurationNamesType,
  { state }: OperationContext,
): LaunchConfigurationsType {
  const names = input.LaunchConfigurationNames ?? [];
  const found = [...state.autoScaling.launchConfigurations.values()].filter(
    ({ LaunchConfigurationName }) => names.length === 0 || names.includes(LaunchConfigurationName!),
  );
  const page = takePage(found, input.NextToken, input.MaxRecords ?? 50, 'InvalidNextToken');
  return { LaunchConfigurations: page.items.map((configuration) => ({ ...configuration })), NextToken: page.next };
}
