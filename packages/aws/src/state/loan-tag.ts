// loan tag: the second copy of what a rollout has lent, as a tag of the group. The first is the record.
//
//   1. It is written after the record and before the change; where nothing is lent any more it is gone before the record says so.
//   2. Whoever may not write it rolls out all the same: the record has it, and a notice says what is lost.
import { type AutoScalingGroup, CreateOrUpdateTagsCommand, DeleteTagsCommand } from '@aws-sdk/client-auto-scaling';
import {
  type Failure,
  failureOf,
  type Loans,
  loansTag,
  parseLoans,
  type RolloutRecord,
  readLoans,
  writeLoans,
} from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import type { Lease } from './lease.js';

/** What the group's tag says; undefined where it has none of ours. */
export function loansOf(group: AutoScalingGroup): Loans | undefined {
  const value = group.Tags?.find(({ Key }) => Key === loansTag)?.Value;
  return value === undefined ? undefined : parseLoans(value);
}

export async function forgetLoans(clients: AwsClients, groupName: string): Promise<void> {
  await clients.autoScaling.send(new DeleteTagsCommand({ Tags: [tagFor(groupName)] }));
}

function tagFor(groupName: string) {
  return { ResourceId: groupName, ResourceType: 'auto-scaling-group', Key: loansTag };
}

/** Keeps the tag as the records say. What AWS refuses is told once, and not tried again; what passes by itself is thrown. */
export function createLoanTag(
  clients: AwsClients,
  lease: Lease,
  groupName: string,
  tellRefused: (record: RolloutRecord, failure: Failure) => void,
): (record: RolloutRecord) => Promise<void> {
  // Undefined: what the group has is not known yet.
  let written: string | undefined;
  let isRefused = false;
  return async (record) => {
    const { outcome } = record;
    // It may be another group of that name by now, and what is lent stays lent.
    if (isRefused || outcome === 'needsHuman') return;
    const loans = readLoans(record);
    const value = loans === undefined ? '' : writeLoans(loans);
    // Before its first loan a rollout knows of none to be forgotten.
    if (value === written || (value === '' && written === undefined && outcome === undefined)) return;
    await lease.check();
    try {
      if (value === '') await forgetLoans(clients, groupName);
      else
        await clients.autoScaling.send(
          new CreateOrUpdateTagsCommand({ Tags: [{ ...tagFor(groupName), Value: value, PropagateAtLaunch: false }] }),
        );
      written = value;
    } catch (error) {
      const failure = failureOf(error);
      if (!['denied', 'refused', 'missing'].includes(failure.kind)) throw error;
      isRefused = true;
      tellRefused(record, failure);
    }
  };
}
