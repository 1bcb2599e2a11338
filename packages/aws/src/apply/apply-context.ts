import type { Decision, RolloutRecord } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';

/** A decision of one kind. */
export type DecisionOf<Kind extends Decision['kind']> = Extract<Decision, { readonly kind: Kind }>;

/** What applying a decision needs of the world. */
export interface ApplyContext {
  readonly clients: AwsClients;
  /** To be called between the calls of a long decision: says that we live, and throws LEASE_LOST when another deployer took over. */
  renewLease(): Promise<void>;
  /** Keeps what can be known of an instance that is about to leave the group. Never throws: what failed is in the bundle. */
  keepEvidence(
    record: RolloutRecord,
    decision: Pick<DecisionOf<'quarantine'>, 'instanceIds' | 'because'>,
  ): Promise<void>;
}

/** What the record must learn of an applied decision, or nothing. */
export type Applied = Readonly<Record<string, unknown>> | undefined;

/** AWS takes at most 20 ids in one call of Auto Scaling. */
export const idsPerCall = 20;
