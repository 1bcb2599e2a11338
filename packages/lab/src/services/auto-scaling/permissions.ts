import type { LabState, Permission } from '../../control-plane/types.js';

/** What an Auto Scaling request asks permission for: a change of a group is about its ARN, reading takes no resource. */
export function autoScalingPermissions(operationName: string, input: object, state: LabState): readonly Permission[] {
  const { AutoScalingGroupName, InstanceId, Tags } = input as Asked;
  const action = `autoscaling:${operationName}`;
  if (operationName.startsWith('Describe')) return [{ action, resource: '*' }];
  // Tags name their groups, each its own.
  const tagged = (Tags ?? []).flatMap(({ ResourceId }) => ResourceId ?? []);
  const one = AutoScalingGroupName ?? nameOfGroupOf(InstanceId, state);
  const names = one === undefined ? [...new Set(tagged)] : [one];
  if (names.length === 0) return [{ action, resource: '*' }];
  return names.map((name) => ({ action, resource: arnOf(name, state) }));
}

interface Asked {
  readonly AutoScalingGroupName?: string;
  readonly InstanceId?: string;
  readonly Tags?: readonly { readonly ResourceId?: string }[];
}

function arnOf(name: string, state: LabState): string {
  const known = state.autoScaling.groups.get(name)?.group.AutoScalingGroupARN;
  const prefix = `arn:aws:autoscaling:${state.region}:${state.accountId}:autoScalingGroup`;
  return known ?? `${prefix}:*:autoScalingGroupName/${name}`;
}

function nameOfGroupOf(instanceId: string | undefined, state: LabState): string | undefined {
  for (const { group, members } of state.autoScaling.groups.values())
    if (instanceId !== undefined && members.has(instanceId)) return group.AutoScalingGroupName;
  return undefined;
}
