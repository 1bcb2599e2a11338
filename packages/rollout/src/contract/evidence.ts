// Evidence: what made a rollout halt. A code and its parts; sentences are made at the edge.

import type { ForwardPlace } from '../canary-plan.js';
import type { RequestNumbers } from '../gates/request-gate.js';
import type { TrafficNumbers } from '../gates/traffic-gate.js';
import type { ActKind } from './act-kind.js';
import type { ForwardPhase, Hook, HookResult } from './checkpoint.js';
import type { Failure } from './failure.js';
import type { GateName } from './hold.js';
import type { ProofObstacle } from './notice.js';
import type { HealthCheck, InstanceState } from './target-state.js';

/** Of many instances that show the same, at most so many are described; `instanceIds` names them all. */
export const shownCountMax = 5;

interface Seen<Shown> {
  /** The first few of `instanceIds`, with what each shows. */
  readonly shown: readonly Shown[];
}

/** What the instance says of its health: the reason after `KO:`. Undefined when it said nothing, or `OK`. */
interface Status {
  readonly status?: string;
}

export type Evidence = {
  /** When it was found. Epoch milliseconds. */
  readonly at: number;
  /** Every instance that shows it. */
  readonly instanceIds: readonly string[];
} & (
  | ({ readonly code: 'WRONG_VERSION'; readonly expected: string } & Seen<{
      readonly instanceId: string;
      readonly version: string;
    }>)
  | ({ readonly code: 'WRONG_IMAGE'; readonly expected: string } & Seen<{
      readonly instanceId: string;
      readonly imageId: string;
      readonly launchTemplateVersion?: string;
    }>)
  | ({ readonly code: 'INSTANCE_LOST' } & Seen<{
      readonly instanceId: string;
      /** From its first sighting to its end. */
      readonly aliveMs: number;
      /** AWS's words in the scaling activity; undefined when no activity names it. */
      readonly cause?: string;
    }>)
  | ({ readonly code: 'UNHEALTHY_AGAIN' } & Seen<
      InstanceState & Status & { readonly unhealthyMs: number; readonly dipCount: number }
    >)
  | ({
      readonly code: 'START_TIMEOUT';
      readonly allowedMs: number;
      /** Of the target groups that are named in `shown`. Absent in records of earlier releases. */
      readonly healthChecks?: readonly HealthCheck[];
    } & Seen<InstanceState & Status & { readonly waitedMs: number }>)
  | ({ readonly code: 'VERSION_NOT_REPORTED'; readonly expected: string } & Seen<
      Status & { readonly instanceId: string; readonly healthyMs: number; readonly version?: string }
    >)
  | {
      readonly code: 'LAUNCH_FAILED';
      readonly launchTemplateVersion: string;
      /** The activity's message, or its cause. */
      readonly awsText: string;
    }
  | {
      readonly code: 'PROGRESS_DEADLINE';
      readonly version: string;
      readonly waitedMs: number;
      readonly provenCount: number;
      readonly desiredCapacity: number;
      /** AWS's words of the last launch that failed. */
      readonly launchFailure?: string;
    }
  | {
      readonly code: 'APPLY_FAILED';
      readonly act: ActKind;
      readonly count: number;
      readonly durationMs: number;
      readonly failure: Failure;
    }
  /**
   * Requests through the load balancer fail, or are slow, more often than with the release before. `test`: beside it
   * (`comparison`), or than before it came (`change`).
   */
  | {
      readonly code: 'REQUESTS_FAILING' | 'REQUESTS_SLOW';
      readonly version: string;
      readonly test: 'comparison' | 'change';
      readonly numbers: RequestNumbers;
    }
  /** Tried outside of the group, through the load balancer, it does not answer as the release before does. */
  | {
      readonly code: 'PROOF_FAILED';
      readonly version: string;
      readonly paths: readonly {
        readonly path: string;
        readonly what: 'failing' | 'slow';
        readonly requests: number;
        readonly failures: number;
      }[];
      /** The last failures. */
      readonly examples: readonly { readonly path: string; readonly statusCode?: number; readonly trouble?: string }[];
    }
  /** CloudWatch counts more failures, or slow answers, of the canary than of what serves beside it. */
  | { readonly code: 'CANARY_FAILING' | 'CANARY_SLOW'; readonly version: string; readonly numbers: TrafficNumbers }
  /** Too little was seen of the canary to pass it, for as long as a rollout may stand still. Nothing speaks against the release. */
  | {
      readonly code: 'CANARY_NO_DATA';
      readonly version: string;
      readonly gates: readonly GateName[];
      readonly share: number;
      readonly waitedMs: number;
      /** Of the canary, as CloudWatch counted them. */
      readonly requests: number;
    }
  /** There can be no canary, and without one users would meet the release all at once. No fault of the release. */
  | { readonly code: 'CANARY_IMPOSSIBLE'; readonly because: ProofObstacle }
  /** Somebody changed how the listener leads users' requests on. It stays theirs. */
  | { readonly code: 'LISTENER_CHANGED'; readonly place: ForwardPlace }
  | {
      readonly code: 'ALARM_RAISED';
      /** `reason`: AWS's words. */
      readonly alarms: readonly { readonly name: string; readonly reason?: string }[];
    }
  /** A hook ended other than well, or not in its time. */
  | {
      readonly code: 'HOOK_FAILED';
      readonly when: Hook['when'];
      readonly phase: Hook['phase'];
      readonly name: string;
      readonly result: HookResult;
    }
  /** `by`: who said so; `reason`: what they said. */
  | {
      readonly code: 'APPROVAL_REJECTED';
      readonly phase: ForwardPhase;
      readonly by: string;
      readonly reason?: string;
    }
  /** Nobody answered in time, and that was to mean no. */
  | { readonly code: 'APPROVAL_UNANSWERED'; readonly phase: ForwardPhase; readonly waitedMs: number }
  /** `reason`: what the person said. */
  | { readonly code: 'ABORTED'; readonly reason: string }
  /** From a record of schema 1, which kept a sentence. */
  | { readonly code: 'RECORDED_EARLIER'; readonly recordedCode: string; readonly text: string }
);

export type EvidenceCode = Evidence['code'];
