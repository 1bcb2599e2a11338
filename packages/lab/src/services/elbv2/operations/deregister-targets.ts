import type {
  DeregisterTargetsInput,
  DeregisterTargetsOutput,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../../control-plane/types.js';
import { requireTargetGroup } from '../lookup.js';
import type { TargetGroupRecord } from '../state.js';
import { deregisterTarget } from '../target-health.js';

/** A target without a port means every registration of that id. */
export function deregisterTargets(
  input: DeregisterTargetsInput,
  context: ControlPlaneContext,
): DeregisterTargetsOutput {
  const record = requireTargetGroup(context.state.elbv2, input.TargetGroupArn);
  const keys = (input.Targets ?? []).flatMap((target) => registrationsOf(record, target));
  for (const key of keys) deregisterTarget(record, key, context);
  return {};
}

function registrationsOf(record: TargetGroupRecord, target: TargetDescription): readonly string[] {
  const keys = [...record.targets]
    .filter(
      ([, { target: known }]) => known.Id === target.Id && (target.Port === undefined || known.Port === target.Port),
    )
    .map(([key]) => key);
  if (keys.length > 0) return keys;
  throw new AwsError('InvalidTarget', `The following targets are not registered: '${target.Id}'`);
}
