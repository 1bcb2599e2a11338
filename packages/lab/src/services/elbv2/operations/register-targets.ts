import type {
  RegisterTargetsInput,
  RegisterTargetsOutput,
  TargetDescription,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { ControlPlaneContext, LabState } from '../../../control-plane/types.js';
import { requireTargetGroup } from '../lookup.js';
import { registerTarget } from '../target-health.js';

/** Registering again is no change; registering while draining brings the target back as new. */
export function registerTargets(input: RegisterTargetsInput, context: ControlPlaneContext): RegisterTargetsOutput {
  const record = requireTargetGroup(context.state.elbv2, input.TargetGroupArn);
  const targets = input.Targets ?? [];
  if (record.targetGroup.TargetType === 'instance') checkInstances(context.state, record.targetGroup, targets);
  for (const target of targets) registerTarget(record, target, context);
  return {};
}

function checkInstances(state: LabState, group: TargetGroup, targets: readonly TargetDescription[]): void {
  const instances = targets.map((target) => {
    const instance = state.ec2.instances.get(target.Id!)?.instance;
    if (!instance) throw new AwsError('InvalidTarget', `Instance ID '${target.Id}' is not valid`);
    return instance;
  });
  const idle = instances.filter((instance) => instance.State?.Name !== 'running');
  if (idle.length > 0) {
    throw new AwsError(
      'InvalidTarget',
      `The following targets are not in a running state and cannot be registered: '${idle.map((one) => one.InstanceId).join(', ')}'`,
    );
  }
  const elsewhere = instances.filter((instance) => instance.VpcId !== group.VpcId);
  if (elsewhere.length > 0) {
    throw new AwsError(
      'InvalidTarget',
      `The following targets are not in the target group VPC '${group.VpcId}': '${elsewhere.map((one) => one.InstanceId).join(', ')}'`,
    );
  }
}
