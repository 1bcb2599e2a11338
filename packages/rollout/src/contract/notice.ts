// Notice: what a person should know although the rollout goes on.

import type { RequestNumbers } from '../gates/request-gate.js';
import type { ActKind } from './act-kind.js';
import type { ApprovalRule, ForwardPhase, Hook, HookResult } from './checkpoint.js';
import type { Failure } from './failure.js';
import type { LeftBehind } from './left-behind.js';
import type { Phase } from './phase.js';

export type Notice =
  | { readonly code: 'RESUMED'; readonly phase: Phase; readonly sinceStartMs: number }
  /** Suspended when we came, and left so: a tool that died may have left them. `raisedFrom`: see LeftBehind. */
  | ({ readonly code: 'LEFT_BEHIND'; readonly desiredCapacity: number } & LeftBehind)
  /** By how much AWS's clock is ahead of the deployer's. AWS's is what the rollout goes by. */
  | { readonly code: 'CLOCK_SKEWED'; readonly offsetMs: number }
  /** No old instance in service is healthy any more: the release is judged by its own instances only. */
  | { readonly code: 'ENVIRONMENT_ALREADY_BROKEN' }
  /** Somebody else changed what the group wants of itself. It stays theirs. */
  | { readonly code: 'FOREIGN_SIZE_CHANGE'; readonly from: number; readonly to: number }
  /** A request for the version gave no report. `trouble` says why, in the server's or the network's words. */
  | { readonly code: 'VERSION_UNHEARD'; readonly trouble: string }
  /** No instance of the present release can be told by its health page. */
  | { readonly code: 'VERSION_NOT_HEARD'; readonly trouble: string; readonly version: string }
  /** Users' requests are not judged: nobody answered at the load balancer when it was tried. */
  | { readonly code: 'REQUESTS_NOT_WATCHED'; readonly trouble: string }
  /** After that: the site was found, and users' requests are judged from now on. */
  | { readonly code: 'REQUESTS_WATCHED' }
  /** Requests failed before the release answered any, or fail for old and new alike: that is not held against it. */
  | { readonly code: 'REQUESTS_ALREADY_FAILING'; readonly numbers: RequestNumbers }
  /** The prober reached no load balancer. `trouble`: of the last request. */
  | { readonly code: 'REQUESTS_UNREACHED'; readonly requests: number; readonly trouble?: string }
  /** In ALARM before the release served: not counted until it is OK again. */
  | {
      readonly code: 'ALARM_ALREADY_RAISED';
      readonly alarms: readonly { readonly name: string; readonly reason?: string }[];
    }
  /** An alarm that cannot speak for the release: it is missing, or has no data. */
  | {
      readonly code: 'ALARM_WITHOUT_DATA';
      readonly alarms: readonly { readonly name: string; readonly state: string }[];
    }
  /** The instances of now name no version, so those of the release are not asked for theirs. */
  | { readonly code: 'VERSION_CHECK_OFF'; readonly trouble: string }
  /** A person is to approve the phase, until a time of ours (epoch milliseconds). */
  | {
      readonly code: 'APPROVAL_NEEDED';
      readonly phase: ForwardPhase;
      readonly untilAt: number;
      readonly ifUnanswered: ApprovalRule['ifUnanswered'];
    }
  | { readonly code: 'APPROVED'; readonly phase: ForwardPhase; readonly by: string; readonly reason?: string }
  /** Nobody answered in time, and that was to mean yes. */
  | { readonly code: 'APPROVAL_TAKEN'; readonly phase: ForwardPhase; readonly waitedMs: number }
  | {
      readonly code: 'HOOK_PASSED';
      readonly when: Hook['when'];
      readonly phase: Hook['phase'];
      readonly name: string;
    }
  /** A hook that holds nothing (on the way back, and after the end) ended other than well. */
  | {
      readonly code: 'HOOK_NOT_PASSED';
      readonly when: Hook['when'];
      readonly phase: Hook['phase'];
      readonly name: string;
      readonly result: HookResult;
    }
  /** A receiver of notifications did not take one. It is told once. `trouble` is a code. */
  | { readonly code: 'NOTIFICATION_FAILED'; readonly receiver: string; readonly trouble: string }
  /** No instance can be tried outside of users' traffic, so the first one is verified alone in the group. */
  | { readonly code: 'PROOF_BY_HEALTH_ALONE'; readonly because: ProofObstacle }
  /** The instance that is tried was healthy, and nobody could ask it through the load balancer. */
  | { readonly code: 'PROOF_NOT_ASKED'; readonly strangers: number }
  /** What is lent of the group is in the record alone: its tag could not be written. */
  | { readonly code: 'LOANS_NOT_TAGGED'; readonly failure: Failure }
  | { readonly code: 'BUNDLE_NOT_WRITTEN'; readonly instanceId: string; readonly failure: Failure }
  /** A finding of preflight that the operator set aside. */
  | {
      readonly code: 'PREFLIGHT_SKIPPED';
      readonly findingCode: string;
      readonly subject: string;
      readonly finding: string;
    };

export type ProofObstacle =
  /** No listener leads plain requests to a target group of the group. */
  | { readonly code: 'NO_LISTENER' }
  | { readonly code: 'NETWORK_LOAD_BALANCER' }
  /** What was asked for, and AWS's answer. */
  | { readonly code: 'REFUSED'; readonly act: ActKind; readonly failure: Failure }
  /** Somebody deleted the shadow target group, or the rule that leads to it. */
  | { readonly code: 'SHADOW_GONE' }
  /** Somebody ended the instance that was tried. `stateReason`: EC2's words. */
  | { readonly code: 'INSTANCE_ENDED'; readonly instanceId?: string; readonly stateReason?: string };

export type NoticeCode = Notice['code'];
