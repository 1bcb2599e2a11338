// The ports of run(): all that a rollout needs of the world. packages/aws and packages/cli implement them.
import type { Act } from './decision.js';
import type { RolloutEvent } from './event.js';
import type { RequestAnswer } from './gates/request-answer.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';

/** The parts of an AbortSignal that run() uses, so that this package names no platform. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

export interface RolloutPorts {
  readonly clock: {
    now(): number;
    /** Rejects when the signal aborts. */
    sleep(ms: number, signal?: CancelSignal): Promise<void>;
  };
  /** One batched look at everything. `reportsFor`: the instances whose version is still to be heard through the load balancer. */
  observe(record: RolloutRecord, reportsFor: readonly string[]): Promise<Observation>;
  /** What users' requests have come to since the last observation; they stay for the next one. Absent where nobody asks. */
  readonly peek?: () => readonly RequestAnswer[];
  /**
   * Applies one decision. Idempotent: applying it again after a crash changes nothing more. Returns what the record must learn
   * (`{ launchTemplateVersion: '7' }`) or nothing. Throws a DirectrixError when it fails: its kind decides what follows.
   */
  apply(record: RolloutRecord, decision: Act): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Writes the record durably, guarded by the lease's epoch (S4). Throws LEASE_LOST when the epoch is not ours any more. */
  save(record: RolloutRecord): Promise<void>;
  /** Appends to the journal. Must not throw for a reader's sake. */
  journal(event: RolloutEvent): void;
}
