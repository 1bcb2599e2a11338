import type { Caller, LabState } from '../control-plane/types.js';

/** The caller as CloudTrail and error texts name it. */
export function callerArn({ state, caller }: { readonly state: LabState; readonly caller: Caller }): string {
  return caller.kind === 'instanceRole'
    ? `arn:aws:sts::${state.accountId}:assumed-role/${caller.roleName}/${caller.instanceId}`
    : `arn:aws:iam::${state.accountId}:root`;
}
