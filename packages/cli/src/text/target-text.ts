import { type HealthCheck, type InstanceState, shell, type TargetState } from '@directrix/rollout';

/** `is target unhealthy Target.ResponseCodeMismatch (Health checks failed with these codes: [502]) in target group web`. */
export function tellTargets(targets: readonly TargetState[]): string {
  if (targets.length === 0) return 'is healthy in every target group';
  const namesByText = new Map<string, string[]>();
  for (const target of targets) {
    const text = tellTarget(target);
    namesByText.set(text, [...(namesByText.get(text) ?? []), target.targetGroupName]);
  }
  return [...namesByText]
    .map(([text, names]) => `${text} in target group${names.length === 1 ? '' : 's'} ${names.join(' and ')}`)
    .join(', ');
}

function tellTarget({ state, reason, description }: TargetState): string {
  if (state === 'absent') return 'is not registered';
  const why = reason === undefined ? '' : ` ${reason}`;
  return `is target ${state}${why}${description === undefined ? '' : ` (${description})`}`;
}

/** Why an instance does not serve: its state, or its targets once it is InService, or runs outside of the group. */
export function tellState({ lifecycleState, targets }: Omit<InstanceState, 'instanceId'>): string {
  const isUp = lifecycleState === 'InService' || lifecycleState === 'running';
  return isUp ? tellTargets(targets) : `is ${lifecycleState}`;
}

/** `target group web asks for /healthz by HTTP on port 8888`, or `target group web connects by TCP to port 8888`. */
export function tellHealthCheck({ targetGroupName, protocol, port, path }: HealthCheck): string {
  const how = path === undefined ? `connects by ${protocol} to` : `asks for ${path} by ${protocol} on`;
  return `target group ${targetGroupName} ${how} port ${port}`;
}

/** The same, with what is expected of the answer: `… on port 8888 and expects 200`. */
export function tellExpectation(check: HealthCheck): string {
  return `${tellHealthCheck(check)}${check.matcher === undefined ? '' : ` and expects ${check.matcher}`}`;
}

/** The command that makes the target group ask again as it did before. */
export function restoreHealthCheck(
  targetGroupArn: string,
  { before, now }: { readonly before: HealthCheck; readonly now: HealthCheck },
): string {
  const { protocol, port, path, matcher } = before;
  const parts = [
    protocol === now.protocol ? '' : shell`--health-check-protocol ${protocol}`,
    port === now.port ? '' : shell`--health-check-port ${port}`,
    path === undefined || path === now.path ? '' : shell`--health-check-path ${path}`,
    matcher === undefined || matcher === now.matcher ? '' : shell`--matcher ${writeMatcher(matcher)}`,
  ];
  const command = shell`aws elbv2 modify-target-group --target-group-arn ${targetGroupArn}`;
  return [command, ...parts].filter((part) => part !== '').join(' ');
}

/** Codes of gRPC are below 100, those of HTTP are not. The AWS CLI takes a comma as the end of a value unless it is quoted. */
function writeMatcher(matcher: string): string {
  const name = Number.parseInt(matcher, 10) < 100 ? 'GrpcCode' : 'HttpCode';
  return `${name}=${matcher.includes(',') ? `"${matcher}"` : matcher}`;
}
