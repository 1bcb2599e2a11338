// Step: what one phase makes of one observation.
import type { Ending } from './contract/ending.js';
import type { Hold } from './contract/hold.js';
import type { Notice } from './contract/notice.js';
import type { PhaseReason } from './contract/reason.js';
import type { Act } from './decision.js';
import type { RolloutEvent } from './event.js';
import { isUnsettled, mostWanted, readWanted } from './ledger.js';
import { isProven, type Member } from './members.js';
import type { Observation } from './observation.js';
import type { Phase, RolloutRecord } from './record.js';

/** An observation read against the record: the input of every phase. */
export interface Situation {
  readonly record: RolloutRecord;
  readonly observation: Observation;
  readonly at: number;
  readonly members: readonly Member[];
  /** Of the release, and counted in DesiredCapacity. */
  readonly newLive: readonly Member[];
  /** Not of the release, and counted in DesiredCapacity. */
  readonly oldLive: readonly Member[];
  /** Old ones in Standby, or on the way there, by our doing. */
  readonly warm: readonly Member[];
  readonly proven: readonly Member[];
  /** How many instances are in service and healthy in every target group, old and new. */
  readonly servingCount: number;
  /** What the group would want without us, and may have. */
  readonly base: number;
  /** How many must serve before one may leave: `base`, or more when somebody seems to have asked for more. */
  readonly floor: number;
  /** The desired capacity must not be written in this step. */
  readonly isUnsettled: boolean;
}

/** In order. What an act relies on is in its `dependsOn`: a refused one keeps back only those. */
export interface StepPlan {
  readonly acts: readonly Act[];
  readonly holds: readonly Hold[];
  /** The phase ends here; the next one looks at the same observation. */
  readonly next?: { readonly phase: Phase; readonly because: PhaseReason };
  /** The rollout ends here. */
  readonly end?: Ending;
  /** What a person should know of this step. */
  readonly notices?: readonly Notice[];
  /** What the phase changes in the record besides the intents of its acts. */
  readonly record?: RolloutRecord;
}

export interface Step {
  readonly record: RolloutRecord;
  readonly decisions: readonly (Act | { readonly kind: 'wait'; readonly heldBy: readonly Hold[] })[];
  readonly events: readonly RolloutEvent[];
}

export function readSituation(record: RolloutRecord, observation: Observation, members: readonly Member[]): Situation {
  const { at, group } = observation;
  const live = members.filter((member) => member.isLive);
  const base = readWanted(record, observation);
  return {
    record,
    observation,
    at,
    members,
    newLive: live.filter((member) => member.isNew),
    oldLive: live.filter((member) => !member.isNew),
    warm: members.filter(
      ({ instance, known, isNew }) => !isNew && known?.warmAt !== undefined && isWarmState(instance.lifecycleState),
    ),
    proven: live.filter((member) => isProven(member, record, at)),
    servingCount: live.filter((member) => member.isServing).length,
    base,
    floor: Math.max(base, group.minSize, record.base?.otherValue ?? base, mostWanted(record, group.desiredCapacity)),
    isUnsettled: isUnsettled(record),
  };
}

function isWarmState(lifecycleState: string): boolean {
  return lifecycleState === 'Standby' || lifecycleState === 'EnteringStandby';
}

/** Each act relies on every one before it: on the way forward nothing is tried behind a refusal. */
export function inOrder(acts: readonly Act[]): readonly Act[] {
  return acts.map((act, index) =>
    index === 0 ? act : { ...act, dependsOn: acts.slice(0, index).map(({ kind }) => kind) },
  );
}

export function idsOf(members: readonly Member[]): readonly string[] {
  return members.map(({ instanceId }) => instanceId);
}
