import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RolloutRecord } from '@directrix/rollout';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** On the port of the shadow target group, which is that of the one it copies. Saying it twice changes nothing. */
export async function registerProof(
  { clients }: ApplyContext,
  _record: RolloutRecord,
  { instanceId, targetGroupArn }: DecisionOf<'registerProof'>,
): Promise<undefined> {
  await clients.elbv2.send(
    new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: [{ Id: instanceId }] }),
  );
}
