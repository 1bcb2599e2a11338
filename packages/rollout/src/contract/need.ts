// Need: what only a person can decide or mend. The rollout stops, and nothing more is changed until `resume` or `abort`.

import type { ActKind } from './act-kind.js';
import type { ForwardPhase } from './checkpoint.js';
import type { Failure } from './failure.js';
import type { GateName } from './hold.js';
import type { HealthCheck, InstanceState } from './target-state.js';
import type { UnreadablePart } from './unreadable-part.js';

interface TargetGroupName {
  readonly name: string;
  readonly targetGroupArn: string;
}

export type Need =
  /** AWS refused the same so often that trying again is no plan. */
  | { readonly code: 'APPLY_FAILED'; readonly act: ActKind; readonly count: number; readonly failure: Failure }
  | { readonly code: 'OBSERVE_FAILED'; readonly waitedMs: number; readonly failure: Failure }
  /** Somebody pointed the group at another launch template version than ours. */
  | {
      readonly code: 'LAUNCH_TEMPLATE_CHANGED';
      readonly seenVersion: string;
      readonly ourVersion: string;
      readonly fromVersion: string;
      readonly toVersion: string;
    }
  /** Something keeps adding instances of another release. */
  | {
      readonly code: 'FOREIGN_INSTANCES';
      readonly instanceIds: readonly string[];
      readonly roundCount: number;
      readonly version: string;
    }
  /** A gate saw too little to pass the release, for as long as a rollout may stand still. Everything old is still warm. */
  | {
      readonly code: 'GATE_NO_DATA';
      readonly gates: readonly GateName[];
      readonly waitedMs: number;
      readonly fromVersion: string;
      readonly toVersion: string;
    }
  | {
      readonly code: 'FINISH_DEADLINE';
      readonly waitedMs: number;
      readonly warmCount: number;
      readonly launchTemplateVersion?: string;
      readonly suspendedProcesses: readonly string[];
    }
  | {
      readonly code: 'ROLLBACK_DEADLINE';
      readonly waitedMs: number;
      readonly version: string;
      readonly oldServingCount: number;
      readonly wanted: number;
      readonly servingCount: number;
      readonly newCount: number;
      readonly warmCount: number;
      /** What the group launches; undefined: what it did before. */
      readonly pinnedVersion?: string;
    }
  /** Everything is as it was, and not all of it serves. */
  | {
      readonly code: 'OLD_NOT_SERVING';
      readonly version: string;
      readonly servingCount: number;
      readonly wanted: number;
      readonly shown: readonly InstanceState[];
    }
  /** The group that the record is of is gone; another one has its name. Nothing of it was touched. */
  | { readonly code: 'GROUP_REPLACED'; readonly recordedArn: string; readonly seenArn: string }
  /** Somebody gave the group another launch template, or none. */
  | {
      readonly code: 'LAUNCH_TEMPLATE_REPLACED';
      readonly recordedId: string;
      /** Of the recorded launch template: what is gone back to. */
      readonly goodVersion?: string;
      readonly seenId?: string;
    }
  /** Somebody raised MinSize or lowered MaxSize, and now nothing can be added and nothing may leave. */
  | {
      readonly code: 'SIZES_CHANGED';
      readonly minSize: number;
      readonly maxSize: number;
      readonly originalMinSize: number;
      readonly originalMaxSize: number;
      readonly wanted: number;
      readonly oldCount: number;
    }
  /** Somebody suspended processes of the group that a rollout cannot do without. */
  | { readonly code: 'PROCESS_SUSPENDED'; readonly processes: readonly string[] }
  /** Somebody took instances out of a target group, or they were never registered in it: nothing can find them healthy. */
  | {
      readonly code: 'TARGETS_NOT_REGISTERED';
      readonly targetGroups: readonly (TargetGroupName & { readonly instanceIds: readonly string[] })[];
    }
  /** No rule of any listener leads to these target groups any more: the load balancer checks nobody in them. */
  | { readonly code: 'TARGET_GROUP_NOT_IN_USE'; readonly targetGroups: readonly TargetGroupName[] }
  /** Somebody changed the health checks of these target groups, and no instance of the previous release that is in service passes them. */
  | {
      readonly code: 'HEALTH_CHECK_CHANGED';
      readonly changes: readonly {
        readonly targetGroupArn: string;
        readonly before: HealthCheck;
        readonly now: HealthCheck;
      }[];
    }
  /** What the release was launched from is gone: its launch template version, its image, a security group. */
  | {
      readonly code: 'LAUNCH_SOURCE_GONE';
      readonly launchTemplateId: string;
      readonly launchTemplateVersion: string;
      readonly imageId: string;
      /** AWS's words; undefined: the newest version of the launch template is an older one. */
      readonly awsText?: string;
    }
  /** Nothing progresses because AWS is too busy for this, or cannot be reached. No fault of the release. */
  | {
      readonly code: 'APPLY_DELAYED';
      readonly act: ActKind;
      readonly waitedMs: number;
      readonly failure: Failure;
    }
  /** Old instances serve again, but AWS refuses to point the group at their launch template version. */
  | {
      readonly code: 'POINT_BACK_REFUSED';
      readonly goodVersion: string;
      /** Undefined in records of before it was kept. */
      readonly launchTemplateId?: string;
      readonly launchTemplateVersion: string;
      /** What the group names now. */
      readonly seenVersion?: string;
      readonly failure: Failure;
      /** The process Launch stays suspended, so that nothing of the bad release is launched. */
      readonly isLaunchSuspended: boolean;
    }
  /** The rollout is over, and AWS refuses to take something temporary back. */
  | {
      readonly code: 'GIVE_BACK_REFUSED';
      readonly left: readonly { readonly act: ActKind; readonly failure: Failure }[];
    }
  /** Without this part the rollout cannot go on, and it could not be read for too long. */
  | { readonly code: 'PART_UNREADABLE'; readonly waitedMs: number; readonly parts: readonly UnreadablePart[] }
  /** The last warm instance is gone, and not every new one serves. */
  | {
      readonly code: 'NEW_NOT_SERVING';
      readonly version: string;
      readonly waitedMs: number;
      readonly provenCount: number;
      readonly wanted: number;
      readonly shown: readonly InstanceState[];
    }
  /** Everything old is gone, and the last look found instances that are not of the release. The first few are shown. */
  | {
      readonly code: 'AUDIT_FAILED';
      readonly version: string;
      readonly instanceIds: readonly string[];
      readonly shown: readonly AuditFinding[];
    }
  /** Nobody approved the phase in time. The group stays as it is. */
  | {
      readonly code: 'APPROVAL_UNANSWERED';
      readonly phase: ForwardPhase;
      readonly waitedMs: number;
      readonly fromVersion: string;
      readonly toVersion: string;
    }
  /** From a record of schema 1, which kept a sentence. */
  | { readonly code: 'RECORDED_EARLIER'; readonly recordedCode: string; readonly text: string };

/** What an instance is, where it should be of the release. `found` undefined: nothing says it. */
export interface AuditFinding {
  readonly instanceId: string;
  readonly what: 'launchTemplateVersion' | 'image' | 'report';
  readonly expected: string;
  readonly found?: string | undefined;
}

export type NeedCode = Need['code'];
