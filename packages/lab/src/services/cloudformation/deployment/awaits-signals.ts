import { validationError } from '../refusals.js';
import type { ResourceRecord, Work } from '../state.js';
import { isRecord } from '../template/references.js';
import { isUpdate, type Step } from './step.js';

const DEFAULT_TIMEOUT_MS = 5 * 60_000;

/**
 * Whether the creation of a resource still waits for the signals that its CreationPolicy asks for. Throws ValidationError when one told of a
 * failure, or when they have not come in time.
 */
export function awaitsSignals({ context }: Step, record: ResourceRecord, work: Work): boolean {
  const { ResourceSignal: wanted } = record.creationPolicy;
  if (!isRecord(wanted) || isUpdate(work)) return false;
  const count = Number(wanted.Count ?? 1);
  const failed = [...record.signals].find(([, status]) => status === 'FAILURE');
  if (failed !== undefined) throw validationError(`Received FAILURE signal with UniqueId ${failed[0]}`);
  const missing = count - record.signals.size;
  if (missing <= 0) return false;
  if (context.now - work.startedAt < millisecondsOf(String(wanted.Timeout ?? ''))) return true;
  throw validationError(`Failed to receive ${missing} resource signal(s) within the specified duration`);
}

/** An ISO 8601 duration, such as `PT1H30M`. */
function millisecondsOf(duration: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
  const total = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return total === 0 ? DEFAULT_TIMEOUT_MS : total;
}
