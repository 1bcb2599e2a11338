import type { LaunchConfigurationsType } from '@aws-sdk/client-auto-scaling';

/** Always none: launch configurations are not emulated. */
export function describeLaunchConfigurations(): LaunchConfigurationsType {
  return { LaunchConfigurations: [] };
}
