// launch template of: what a group launches by, of the ways that AWS has for saying so.
import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';

/**
 * The group's own launch template, or the one of its mixed instances policy. Undefined: a launch configuration, or a policy whose
 * overrides have launch templates of their own, which no single number can pin.
 */
export function launchTemplateOf(
  group: Pick<AutoScalingGroup, 'LaunchTemplate' | 'MixedInstancesPolicy'>,
): LaunchTemplateSpecification | undefined {
  const mixed = group.MixedInstancesPolicy?.LaunchTemplate;
  if (mixed === undefined) return group.LaunchTemplate;
  const hasOthers = (mixed.Overrides ?? []).some(({ LaunchTemplateSpecification: own }) => own !== undefined);
  return hasOthers ? undefined : mixed.LaunchTemplateSpecification;
}
