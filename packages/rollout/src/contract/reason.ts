// Reason: why something is decided, and why a phase begins. A code and its parts; sentences are made at the edge.
import type { Evidence, EvidenceCode } from './evidence.js';
import type { Need } from './need.js';

/** Why a decision is taken. */
export type Reason =
  /** The group follows an alias that would mean the new version the moment it exists. */
  | { readonly code: 'PIN_BEFORE_CHANGE'; readonly follows: string }
  | { readonly code: 'HOLD_THE_GROUP_STILL' }
  | {
      readonly code: 'NEW_RELEASE';
      readonly version: string;
      readonly imageId: string;
      readonly sourceVersion: string;
    }
  | { readonly code: 'LAUNCH_THE_RELEASE'; readonly version: string }
  | {
      readonly code: 'ADD_BEFORE_LEAVE';
      readonly version: string;
      readonly oldCount: number;
      readonly added: number;
      readonly wanted: number;
      readonly maxSize: number;
    }
  | {
      readonly code: 'REPLACED';
      readonly version: string;
      readonly provenCount: number;
      readonly leavingCount: number;
    }
  | { readonly code: 'OLD_INSTANCE_DEAD' }
  /** EC2 took them back. */
  | { readonly code: 'SPOT_INTERRUPTED' }
  /** Somebody ended instances of the release in EC2; the group is not to wait for them. */
  | { readonly code: 'ENDED_BY_OTHERS' }
  | { readonly code: 'PROVEN'; readonly version: string }
  | { readonly code: 'GIVE_BACK_MIN_SIZE' }
  | { readonly code: 'GIVE_BACK_MAX_SIZE' }
  | { readonly code: 'GIVE_BACK_CAPACITY'; readonly ours: number; readonly desiredCapacity: number }
  | { readonly code: 'DEFAULT_FOLLOWS'; readonly version: string }
  /** `alias`: `$Latest` or `$Default`, where that means the release that serves; else the number is named. */
  | { readonly code: 'RESTORE_PIN'; readonly alias?: string }
  | { readonly code: 'LET_THE_GROUP_MOVE' }
  | { readonly code: 'LET_THE_GROUP_SCALE' }
  | { readonly code: 'RESTORE_DEFAULT'; readonly launchTemplateVersion: string }
  /** Killed between the creation of a version and its answer: its number is asked for, so that it can be deleted. */
  | { readonly code: 'LEARN_WHAT_WAS_CREATED' }
  | { readonly code: 'WITHDRAW_VERSION'; readonly launchTemplateVersion: string }
  | { readonly code: 'POINT_BACK'; readonly version: string }
  /** AWS refuses to point the group back, so it must not launch at all. */
  | { readonly code: 'LAUNCH_NOTHING_BAD'; readonly version: string }
  | {
      readonly code: 'BORROW_MAX_SIZE';
      readonly needed: number;
      readonly maxSize: number;
      readonly purpose: 'roll' | 'wake' | 'launch';
    }
  | { readonly code: 'WARM_ROLLBACK'; readonly version: string }
  /** Kept warm by an earlier rollout: back to Standby, as they were. */
  | { readonly code: 'WARM_AGAIN'; readonly version: string }
  /** What an earlier rollout kept warm is not what is gone back to any more. */
  | { readonly code: 'EARLIER_WARM_OVER'; readonly version: string }
  | { readonly code: 'KEEP_THE_EVIDENCE'; readonly evidence: readonly EvidenceCode[] }
  | { readonly code: 'RELEASE_WITHDRAWN'; readonly version: string }
  | { readonly code: 'LAUNCH_GIVEN_UP'; readonly count: number; readonly desiredCapacity: number }
  | { readonly code: 'WARM_INSTANCE_DEAD' }
  | { readonly code: 'OLD_ONES_GONE'; readonly count: number; readonly version: string }
  | { readonly code: 'TRY_OUTSIDE'; readonly version: string }
  | { readonly code: 'JOINS_THE_GROUP'; readonly version: string }
  | { readonly code: 'PROOF_OVER' }
  | { readonly code: 'CANARY_SHARE'; readonly version: string; readonly share: number }
  /** `isPassed`: every step is over; else the release goes back, or a person is needed. */
  | { readonly code: 'CANARY_ENDS'; readonly version: string; readonly isPassed: boolean };

/** Why a phase begins. */
export type PhaseReason =
  | { readonly code: 'BEGINS' }
  /** `requests`: those through the rule of the shadow; 0: nobody could ask. */
  | {
      readonly code: 'PROVED';
      readonly version: string;
      readonly requests: number;
      readonly failures: number;
    }
  /** `requests`: of the canary, as CloudWatch counted them. */
  | {
      readonly code: 'CANARY_PASSED';
      readonly version: string;
      readonly share: number;
      readonly requests: number;
      readonly failures: number;
      readonly waitedMs: number;
    }
  /** It could not be tried outside of users' traffic: the first instance is verified alone. */
  | { readonly code: 'PROOF_BY_HEALTH_ALONE'; readonly version: string }
  | { readonly code: 'ALL_NEW_VERIFIED'; readonly version: string; readonly count: number }
  /** `requests`: what the release answered alone; undefined: nobody asked. */
  | {
      readonly code: 'BAKED';
      readonly version: string;
      readonly waitedMs: number;
      readonly requests?: { readonly requests: number; readonly failures: number };
    }
  | { readonly code: 'EVIDENCE_FOUND'; readonly evidence: Evidence }
  /** Instances of another release than the one that the phase before was done with. */
  | { readonly code: 'JOINED_LATE'; readonly instanceIds: readonly string[] }
  | { readonly code: 'POINTED_BACK'; readonly version: string; readonly launchTemplateVersion: string }
  /** AWS refuses to point the group back, so it launches nothing. */
  | { readonly code: 'LAUNCH_SUSPENDED'; readonly version: string }
  | { readonly code: 'ALL_OLD_SERVE'; readonly count: number }
  /** The way back ends although a person is needed. */
  | { readonly code: 'LEFT_TO_THE_GROUP'; readonly need: Need };
