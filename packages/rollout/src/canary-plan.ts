// Canary plan: which share of users' requests a release gets before the group does, and where that is written. Plain data of the record.

/** Where users' requests are led on: the action of a rule, or of the listener itself where there is no rule. */
export interface ForwardPlace {
  readonly listenerArn: string;
  readonly ruleArn?: string;
}

/** An action that forwards everything to one target group, in AWS's words: what is lent, and given back as it was. */
export interface PlainForward {
  readonly targetGroupArn: string;
  /** Of one target group alone it means nothing, and is given back even so. */
  readonly weight?: number;
  readonly order?: number;
  /** Of the action. It stays as it is while the weights are ours. */
  readonly stickiness?: { readonly isEnabled?: boolean; readonly durationSeconds?: number };
}

/** One share of users' requests, 0.05 for 5 %, and how long it lasts at least. */
export interface CanaryStep {
  readonly share: number;
  readonly forMs: number;
}

export interface CanaryPlan {
  /** In their order, at least one. */
  readonly steps: readonly CanaryStep[];
  /** How many instances of the release take part, at least 1. */
  readonly instanceCount: number;
  readonly place: ForwardPlace;
  /** The weight of the production target group before the rollout, for whoever gives it back without a record. */
  readonly originalWeight?: number;
}

/** The smallest and the largest share: weights are whole numbers from 0 to 999. */
export const canaryShareLeast = 0.001;
export const canaryShareMost = 0.999;

/** Weights of both together. */
const weightTotal = 1_000;

/**
 * | share  | canary | stable |
 * |--------|--------|--------|
 * | 5 %    | 50     | 950    |
 * | 0.1 %  | 1      | 999    |
 * | 33.3 % | 333    | 667    |
 */
export function weightsOf(share: number): { readonly canary: number; readonly stable: number } {
  const canary = Math.min(weightTotal - 1, Math.max(1, Math.round(share * weightTotal)));
  return { canary, stable: weightTotal - canary };
}

/**
 * How many instances take the share, so that none of them is asked for more than one of the group is.
 *
 * | largest share | desired | instances |
 * |---------------|---------|-----------|
 * | 5 %           | 4       | 1         |
 * | 25 %          | 4       | 1         |
 * | 25 %          | 10      | 3         |
 */
export function countCanaries(steps: readonly CanaryStep[], desiredCapacity: number): number {
  const largest = Math.max(0, ...steps.map(({ share }) => share));
  return Math.max(1, Math.ceil(largest * desiredCapacity - 1e-9));
}

/** CloudWatch counts whole minutes, in milliseconds. */
export const trafficMinuteMs = 60_000;
/** How long after its end CloudWatch has all of a minute, in milliseconds. */
export const trafficSettleMs = 60_000;
/** How long is waited between two questions, in milliseconds: to ask more often tells little more. */
export const trafficPauseMs = 15_000;
