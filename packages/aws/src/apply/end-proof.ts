import { DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand, DeleteTagsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { RolloutRecord } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';
import { findProofs } from './launch-proof.js';
import { quarantineTags } from './quarantine.js';
import { groupTag, ordinalTag, roleTag, rolloutTag } from './shadow.js';

/**
 * The instance outside of the group ends, or is kept with its evidence. One that a group has meanwhile is that group's: it loses our
 * tags, and nothing else.
 */
export async function endProof(
  context: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'endProof'>,
): Promise<{ readonly found: number; readonly joined: boolean }> {
  const { clients } = context;
  const { instanceId, isKept, ordinal } = decision;
  const ids =
    instanceId === undefined
      ? (await findProofs(clients, record, ordinal)).flatMap(({ InstanceId }) => InstanceId ?? [])
      : [instanceId];
  const joined = await listJoined(clients, ids);
  if (joined.length > 0) await untagProofs(clients, joined);
  const outside = ids.filter((id) => !joined.includes(id));
  if (outside.length > 0 && isKept) {
    await context.keepEvidence(record, { instanceIds: outside, because: decision.because });
    await forgiveGone(
      clients.ec2.send(new CreateTagsCommand({ Resources: outside, Tags: quarantineTags(record, decision) })),
    );
  } else if (outside.length > 0) await endInstances(clients, outside);
  return { found: ids.length, joined: joined.length > 0 };
}

/** Those that are in a group, whichever. */
export async function listJoined(clients: AwsClients, instanceIds: readonly string[]): Promise<readonly string[]> {
  if (instanceIds.length === 0) return [];
  const answer = await clients.autoScaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [...instanceIds] }),
  );
  return (answer.AutoScalingInstances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
}

export async function untagProofs(clients: AwsClients, instanceIds: readonly string[]): Promise<void> {
  const Tags = [rolloutTag, groupTag, roleTag, ordinalTag].map((Key) => ({ Key }));
  await forgiveGone(clients.ec2.send(new DeleteTagsCommand({ Resources: [...instanceIds], Tags })));
}

export async function endInstances(clients: AwsClients, instanceIds: readonly string[]): Promise<void> {
  await forgiveGone(clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [...instanceIds] })));
}

/** An instance that EC2 has forgotten is as wanted. */
async function forgiveGone(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('InvalidInstanceID')) throw error;
  }
}
