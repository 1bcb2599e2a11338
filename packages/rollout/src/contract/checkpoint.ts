// Checkpoints as data: what is asked of a person or a hook before and after phases, and what they say.
import type { Phase } from './phase.js';

/** A phase on the way forward. */
export type ForwardPhase = Exclude<Phase, 'halt' | 'rollBack'>;

export interface ApprovalRule {
  readonly before: readonly ForwardPhase[];
  readonly timeLimitMs: number;
  /** At the time limit: back to the release before; on, as if it were approved; or stop, and ask a person to resume or abort. */
  readonly ifUnanswered: 'goBack' | 'goOn' | 'stop';
}

/** What a hook does. `…From` names a variable of the deployer's environment: a secret is not in the record. */
export type HookAction =
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'webhook'; readonly url?: string; readonly urlFrom?: string; readonly secretFrom?: string };

export interface Hook {
  readonly when: 'before' | 'after';
  readonly phase: Phase;
  readonly name: string;
  readonly deadlineMs: number;
  readonly action: HookAction;
}

/** How a hook ended. */
export type HookResult =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timedOut'; readonly afterMs: number }
  /** It could not be begun: a code, such as `ENOENT` or `HOOK_URL_MISSING`. */
  | { readonly kind: 'notRun'; readonly code: string };

/** What somebody said at a checkpoint. */
export type CheckpointAnswer = { readonly id: string } & (
  | { readonly kind: 'approval'; readonly isApproved: boolean; readonly by: string; readonly reason?: string }
  | { readonly kind: 'hook'; readonly result: HookResult }
);

/** What the record keeps. */
export interface Checkpoints {
  readonly passed: readonly string[];
  /** The one that is waited at, and since when. */
  readonly waiting?: { readonly id: string; readonly since: number };
}
