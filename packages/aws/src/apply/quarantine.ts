import { DetachInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import type { Reason, RolloutRecord } from '@directrix/rollout';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk } from '../clients/page.js';
import { type ApplyContext, type DecisionOf, idsPerCall } from './apply-context.js';
import { describeMembers } from './members.js';
import { groupTag, roleTag, rolloutTag } from './shadow.js';

/**
 * Evidence, then tags, then out of the group and its desired capacity. Tagged before it is detached: an instance outside of every
 * group without a tag would be a riddle (and a cost) to whoever finds it after a crash.
 */
export async function quarantine(
  context: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'quarantine'>,
): Promise<undefined> {
  const { clients } = context;
  await context.keepEvidence(record, decision);
  for (const Resources of chunk(decision.instanceIds, idsPerCall)) await tag(context, record, decision, Resources);
  const members = await describeMembers(clients, record.groupName);
  const detachable = decision.instanceIds.filter((id) => ['InService', 'Standby'].includes(members.get(id) ?? ''));
  // DesiredCapacity counts those in service only, and AWS wants to be told for a whole call.
  for (const state of ['InService', 'Standby'])
    for (const InstanceIds of chunk(
      detachable.filter((id) => members.get(id) === state),
      idsPerCall,
    ))
      await clients.autoScaling.send(
        new DetachInstancesCommand({
          AutoScalingGroupName: record.groupName,
          InstanceIds,
          ShouldDecrementDesiredCapacity: state === 'InService',
        }),
      );
}

/** `KEEP_THE_EVIDENCE: START_TIMEOUT, UNHEALTHY_AGAIN`. A tag's value has at most 256 characters. */
function reasonTag(because: Reason): string {
  const evidence = because.code === 'KEEP_THE_EVIDENCE' ? `: ${because.evidence.join(', ')}` : '';
  return `${because.code}${evidence}`.slice(0, 256);
}

/** The codes of the evidence that such a tag names. */
export function readReasonTag(value: string): readonly string[] {
  const [, codes = ''] = /^KEEP_THE_EVIDENCE: (.*)$/.exec(value) ?? [];
  return codes.split(', ').filter(Boolean);
}

/** Whose it was, why it was kept, and until when. */
export function quarantineTags(
  { rolloutId, groupName }: RolloutRecord,
  { because, expiresAt }: { readonly because: Reason; readonly expiresAt: number },
): { Key: string; Value: string }[] {
  return [
    { Key: rolloutTag, Value: rolloutId },
    { Key: groupTag, Value: groupName },
    { Key: roleTag, Value: 'quarantine' },
    { Key: 'directrix:quarantine-reason', Value: reasonTag(because) },
    { Key: 'directrix:quarantine-expires', Value: new Date(expiresAt).toISOString() },
  ];
}

async function tag(
  { clients }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'quarantine'>,
  resources: string[],
): Promise<void> {
  const Tags = quarantineTags(record, decision);
  try {
    await clients.ec2.send(new CreateTagsCommand({ Resources: resources, Tags }));
  } catch (error) {
    // An instance that Auto Scaling has terminated meanwhile and EC2 forgotten has nothing left to be tagged.
    if (!awsCodeOf(error)?.startsWith('InvalidInstanceID')) throw error;
  }
}
