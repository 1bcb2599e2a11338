// lifecycle-hook: an instance waits, on its way in or out, until somebody completes each hook or its time is over.
//
// Hooks run together. ABANDON on the way in terminates the instance; on the way out, either result lets it go.
import type { LifecycleHook } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import type { GroupRecord, HookWait, MemberRecord } from './state.js';

type Transition = 'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';

const DEFAULT_HEARTBEAT_SECONDS = 3600;
const LONGEST_WAIT_SECONDS = 48 * 3600;

/** A hook as described, from what was put; the missing settings as AWS fills them. */
export function newLifecycleHook(
  groupName: string,
  given: Omit<LifecycleHook, 'AutoScalingGroupName' | 'GlobalTimeout'>,
): LifecycleHook {
  const heartbeat = given.HeartbeatTimeout ?? DEFAULT_HEARTBEAT_SECONDS;
  const transitions = ['autoscaling:EC2_INSTANCE_LAUNCHING', 'autoscaling:EC2_INSTANCE_TERMINATING'];
  if (!transitions.includes(given.LifecycleTransition ?? '')) {
    throw new AwsError('ValidationError', `Invalid Lifecycle Transition : ${given.LifecycleTransition}`);
  }
  if (heartbeat < 30 || heartbeat > 7200) {
    throw new AwsError(
      'ValidationError',
      `Invalid Heartbeat Timeout : ${heartbeat}; it must be between 30 and 7200 seconds`,
    );
  }
  const result = given.DefaultResult ?? 'ABANDON';
  checkResult(result);
  return {
    LifecycleHookName: given.LifecycleHookName,
    AutoScalingGroupName: groupName,
    LifecycleTransition: given.LifecycleTransition,
    NotificationTargetARN: given.NotificationTargetARN,
    RoleARN: given.RoleARN,
    NotificationMetadata: given.NotificationMetadata,
    HeartbeatTimeout: heartbeat,
    GlobalTimeout: Math.min(LONGEST_WAIT_SECONDS, 100 * heartbeat),
    DefaultResult: result,
  };
}

export function checkResult(result: string | undefined): void {
  if (result === 'CONTINUE' || result === 'ABANDON') return;
  throw new AwsError('ValidationError', `Invalid Lifecycle Action Result : ${result}; it must be CONTINUE or ABANDON`);
}

export function beginHooks(
  record: GroupRecord,
  member: MemberRecord,
  transition: Transition,
  context: ControlPlaneContext,
): readonly HookWait[] {
  const waits = record.hooks
    .filter((hook) => hook.LifecycleTransition === transition)
    .map((hook): HookWait => {
      const heartbeatTimeoutMs = hook.HeartbeatTimeout! * 1000;
      return {
        hookName: hook.LifecycleHookName!,
        token: context.ids.uuid(),
        heartbeatTimeoutMs,
        defaultResult: hook.DefaultResult!,
        deadline: context.now + heartbeatTimeoutMs,
        lastDeadline: context.now + hook.GlobalTimeout! * 1000,
      };
    });
  member.hookWaits = waits;
  for (const wait of waits) scheduleTimeout(record, wait, context);
  return waits;
}

/** Undefined while any hook still waits; ABANDON as soon as one says so. */
export function hooksOutcome(member: MemberRecord): 'CONTINUE' | 'ABANDON' | undefined {
  const waits = member.hookWaits ?? [];
  if (waits.some((wait) => wait.result === 'ABANDON')) return 'ABANDON';
  return waits.every((wait) => wait.result !== undefined) ? 'CONTINUE' : undefined;
}

/** A hook that is deleted while an instance waits lets it go. */
export function releaseDeletedHook(record: GroupRecord, hookName: string): void {
  for (const member of record.members.values()) {
    for (const wait of member.hookWaits ?? []) if (wait.hookName === hookName) wait.result ??= 'CONTINUE';
  }
}

/** Found by token or by instance id. Throws ValidationError when nothing waits. */
export function requireWait(
  record: GroupRecord,
  asked: { readonly hookName?: string; readonly token?: string; readonly instanceId?: string },
): HookWait {
  for (const member of record.members.values()) {
    for (const wait of member.hookWaits ?? []) {
      const isNamed = wait.hookName === asked.hookName && wait.result === undefined;
      if (isNamed && (wait.token === asked.token || member.instanceId === asked.instanceId)) return wait;
    }
  }
  const by = asked.instanceId === undefined ? `token ${asked.token}` : `instance ID ${asked.instanceId}`;
  throw new AwsError('ValidationError', `No active Lifecycle Action found with ${by}`);
}

export function extendWait(record: GroupRecord, wait: HookWait, context: ControlPlaneContext): void {
  wait.deadline = Math.min(wait.lastDeadline, context.now + wait.heartbeatTimeoutMs);
  scheduleTimeout(record, wait, context);
}

/** Applies the default result if the deadline really has come: a heartbeat may have moved it. */
export function playHookTimeout(record: GroupRecord, token: string, now: number): boolean {
  for (const member of record.members.values()) {
    const wait = member.hookWaits?.find((candidate) => candidate.token === token);
    if (!wait || wait.result !== undefined || now < wait.deadline) continue;
    wait.result = wait.defaultResult;
    return true;
  }
  return false;
}

function scheduleTimeout(record: GroupRecord, wait: HookWait, context: ControlPlaneContext): void {
  context.schedule(wait.deadline, {
    service: 'autoscaling',
    type: 'timer',
    name: 'hookTimeout',
    id: record.group.AutoScalingGroupARN!,
    data: { groupName: record.group.AutoScalingGroupName, token: wait.token },
  });
}
