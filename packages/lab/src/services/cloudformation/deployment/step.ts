// step: one look at one stack, and what every part of it needs.
import type { ControlPlaneContext } from '../../../control-plane/types.js';
import type { Departure, ResourceFacts, ResourceRecord, StackOperation, StackRecord, Work } from '../state.js';

export interface Step {
  readonly stack: StackRecord;
  readonly operation: StackOperation;
  readonly context: ControlPlaneContext;
}

/** CloudFormation's own patience is per type and not documented. */
export const LONGEST_WORK_MS = 180 * 60_000;

/** Whether there is something to delete. */
export function isMade({ physicalId, status }: ResourceRecord): boolean {
  return physicalId !== undefined && status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED';
}

/** Whether an update can keep or change it. What failed while it was made is made anew. */
export function isUsable(record: ResourceRecord): boolean {
  return isMade(record) && record.status !== 'CREATE_FAILED';
}

export function isUpdate({ action }: Work): boolean {
  return action === 'modify' || action === 'replace';
}

export function factsOf({
  dependsOn,
  deletionPolicy,
  updateReplacePolicy,
  updatePolicy,
  creationPolicy,
  metadata,
}: ResourceRecord): ResourceFacts {
  return { dependsOn, deletionPolicy, updateReplacePolicy, updatePolicy, creationPolicy, metadata };
}

export function departure(resource: ResourceRecord, policy: string): Departure {
  return { resource, state: 'waiting', startedAt: undefined, policy };
}

/** Queues a resource that this operation made for deletion, if it was made at all. */
export function undo({ departures }: StackOperation, record: ResourceRecord | undefined): void {
  if (record === undefined || !isMade(record)) return;
  const { deletionPolicy } = record;
  departures.push(departure(record, deletionPolicy === 'RetainExceptOnCreate' ? 'Delete' : deletionPolicy));
}
