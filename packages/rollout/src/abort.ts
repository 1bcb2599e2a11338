// Abort and resume: what a person may ask of a record that run() is then given.
import type { InstanceRecord, RolloutRecord } from './record.js';

/**
 * The record on its way back to `from`, from whatever phase; run() takes it there. A rollout that is done or rolled back is
 * returned as it is: there is nothing to abort. `reason` is what the person said.
 */
export function requestRollback(
  record: RolloutRecord,
  reason: { readonly text: string; readonly at: number },
): RolloutRecord {
  if (record.outcome === 'done' || record.outcome === 'rolledBack') return record;
  const reopened = reopenRollout(record, reason.at);
  if (record.isGoingBack === true) return reopened;
  return {
    ...reopened,
    phase: 'halt',
    phaseSince: reason.at,
    isGoingBack: true,
    evidence: [...record.evidence, { code: 'ABORTED', reason: reason.text, at: reason.at, instanceIds: [] }],
  };
}

/**
 * A rollout that needed a human, open again: deadlines count from `at`, refusals and launches that failed are forgotten, and a pin that
 * somebody changed is ours to set again, since a person asked for it. Any other record is returned as it is.
 */
export function reopenRollout(record: RolloutRecord, at: number): RolloutRecord {
  if (record.outcome === 'done' || record.outcome === 'rolledBack') return record;
  const { pin } = record.ours;
  return {
    ...record,
    outcome: undefined,
    needs: undefined,
    refusals: undefined,
    delayed: undefined,
    unreadableSince: undefined,
    givenBackAt: undefined,
    roundCount: undefined,
    // The time limit of an approval counts anew.
    ...(record.checkpoints === undefined ? {} : { checkpoints: { ...record.checkpoints, waiting: undefined } }),
    phaseSince: at,
    progressAt: at,
    instances: record.needs?.code === 'HEALTH_CHECK_CHANGED' ? askAnew(record.instances, at) : record.instances,
    ours:
      pin === undefined
        ? record.ours
        : { ...record.ours, pin: { ...pin, at, isSeen: false, isConfirmed: false, driftCount: undefined } },
  };
}

/** What they were asked meanwhile was not what they answer: each proves itself from now on. */
function askAnew(instances: RolloutRecord['instances'], at: number): RolloutRecord['instances'] {
  const anew = (known: InstanceRecord): InstanceRecord =>
    known.lostAt === undefined
      ? {
          ...known,
          checkedAt: at,
          healthySince: undefined,
          unhealthySince: undefined,
          dipCount: undefined,
          verifiedAt: undefined,
        }
      : known;
  return Object.fromEntries(Object.entries(instances).map(([id, known]) => [id, anew(known)]));
}
