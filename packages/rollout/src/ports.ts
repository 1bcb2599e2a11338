// The ports of run(): all that a rollout needs of the world. packages/aws and packages/cli implement them.
import type { Decision } from './decision.js';
import type { RolloutEvent } from './event.js';
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
  /**
   * Applies one decision. Idempotent: applying it again after a crash changes nothing more. Returns what the record must learn
   * (`{ launchTemplateVersion: '7' }`) or nothing. Throws a DirectrixError-shaped error when AWS refuses.
   */
  apply(
    record: RolloutRecord,
    decision: Exclude<Decision, { readonly kind: 'wait' }>,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Writes the record durably, guarded by the lease's epoch (S4). Throws LEASE_LOST when the epoch is not ours any more. */
  save(record: RolloutRecord): Promise<void>;
  /** Appends to the journal. Must not throw for a reader's sake. */
  journal(event: RolloutEvent): void;
}
