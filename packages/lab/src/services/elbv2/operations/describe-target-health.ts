import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireTargetGroup } from '../lookup.js';
import type { TargetGroupRecord, TargetRecord } from '../state.js';
import { HEALTH, targetKey } from '../target-health.js';

export function describeTargetHealth(
  input: DescribeTargetHealthInput,
  context: OperationContext,
): DescribeTargetHealthOutput {
  const record = requireTargetGroup(context.state.elbv2, input.TargetGroupArn);
  const asked = input.Targets ?? [];
  const targets = [...record.targets.values()];
  const descriptions =
    asked.length === 0
      ? targets.map((target) => describe(record, target))
      : asked.map((target) => describeAsked(record, target));
  return { TargetHealthDescriptions: descriptions };
}

function describe(record: TargetGroupRecord, { target, health }: TargetRecord): TargetHealthDescription {
  const checkPort = record.targetGroup.HealthCheckPort;
  return {
    Target: { ...target },
    HealthCheckPort: checkPort === 'traffic-port' ? String(target.Port) : checkPort,
    TargetHealth: { ...health },
    AdministrativeOverride: {
      State: 'no_override',
      Reason: 'AdministrativeOverride.NoOverride',
      Description: 'No override is currently active on target',
    },
  };
}

function describeAsked(record: TargetGroupRecord, asked: TargetDescription): TargetHealthDescription {
  const port = asked.Port ?? record.targetGroup.Port!;
  const known = record.targets.get(targetKey(asked.Id!, port));
  return known ? describe(record, known) : { Target: { Id: asked.Id, Port: port }, TargetHealth: HEALTH.notRegistered };
}
