// The health checks of the target groups, against boot and grace time.
import { shell } from '@directrix/rollout';
import type { Check, CheckContext, Draft } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import type { TargetGroupSnapshot } from '../snapshot.js';

/** An instance of EC2 does not boot, start its application and be checked in less. */
export const leastBootSeconds = 15;

export const checkHealthCheck: Check = (context) => [
  ...(readValue(context.snapshot.targetGroups) ?? []).flatMap((targetGroup) => [
    ...checkSwitch(targetGroup),
    ...checkTimeout(context, targetGroup),
    ...checkMatcher(targetGroup),
  ]),
  ...checkGrace(context),
];

function subjectOf({ targetGroup }: TargetGroupSnapshot): string {
  return `target group ${targetGroup.TargetGroupName}`;
}

function checkSwitch(snapshot: TargetGroupSnapshot): readonly Draft[] {
  if (snapshot.targetGroup.HealthCheckEnabled !== false) return [];
  const { TargetGroupArn, TargetGroupName } = snapshot.targetGroup;
  return [
    draft('HEALTH_CHECK_DISABLED', {
      subject: subjectOf(snapshot),
      message: `${TargetGroupName} makes no health checks: none of its targets is ever called healthy.`,
      fix: {
        commands: [shell`aws elbv2 modify-target-group --target-group-arn ${TargetGroupArn} --health-check-enabled`],
      },
    }),
  ];
}

// A new target needs one passing check, but the check that passes may be a whole interval after the one that was too early.
function checkTimeout({ intent }: CheckContext, snapshot: TargetGroupSnapshot): readonly Draft[] {
  const { HealthCheckIntervalSeconds = 30, HealthCheckTimeoutSeconds = 5 } = snapshot.targetGroup;
  const leastMs = (HealthCheckIntervalSeconds + HealthCheckTimeoutSeconds) * 1000;
  if (intent.startTimeoutMs >= leastMs) return [];
  return [
    draft('HEALTH_CHECK_TIMEOUT', {
      subject: subjectOf(snapshot),
      message: `A new instance may take ${intent.startTimeoutMs / 1000} s to its first healthy check, and ${snapshot.targetGroup.TargetGroupName} checks every ${HealthCheckIntervalSeconds} s with a timeout of ${HealthCheckTimeoutSeconds} s: a good instance can be called bad.`,
      fix: { text: `deploy with --start-timeout ${Math.ceil((2 * leastMs) / 1000)}s or more, or shorten the interval` },
    }),
  ];
}

function checkMatcher(snapshot: TargetGroupSnapshot): readonly Draft[] {
  const codes = snapshot.targetGroup.Matcher?.HttpCode ?? '200';
  const highest = Math.max(...codes.split(/[,-]/).map(Number).filter(Number.isFinite));
  if (highest < 400) return [];
  return [
    draft('HEALTH_CHECK_ACCEPTS_ERRORS', {
      subject: subjectOf(snapshot),
      message: `${snapshot.targetGroup.TargetGroupName} calls an instance healthy that answers ${codes}.`,
      evidence: [{ id: snapshot.targetGroup.TargetGroupArn ?? '', what: `Matcher ${codes}` }],
      fix: {
        commands: [
          shell`aws elbv2 modify-target-group --target-group-arn ${snapshot.targetGroup.TargetGroupArn} --matcher HttpCode=200`,
        ],
      },
    }),
  ];
}

function checkGrace({ snapshot }: CheckContext): readonly Draft[] {
  const { group } = snapshot;
  const name = groupName(group);
  if (group.HealthCheckType === 'EC2')
    return [
      draft('HEALTH_CHECK_TYPE', {
        subject: groupSubject(snapshot),
        message: `${name} looks at EC2's status only: an instance that its load balancer calls unhealthy stays.`,
        fix: {
          commands: [
            shell`aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${name} --health-check-type ELB --health-check-grace-period ${Math.max(group.HealthCheckGracePeriod ?? 0, 120)}`,
          ],
        },
      }),
    ];
  const intervals = (readValue(snapshot.targetGroups) ?? []).map(
    ({ targetGroup }) => targetGroup.HealthCheckIntervalSeconds ?? 30,
  );
  const least = leastBootSeconds + Math.max(0, ...intervals);
  const grace = group.HealthCheckGracePeriod ?? 0;
  if (grace >= least) return [];
  return [
    draft('HEALTH_CHECK_GRACE', {
      subject: groupSubject(snapshot),
      message: `${name} replaces an instance that is not healthy ${grace} s after its start; booting and one health check take ${least} s at least.`,
      evidence: [{ id: name, what: `HealthCheckType ${group.HealthCheckType}, HealthCheckGracePeriod ${grace}` }],
      fix: {
        commands: [
          shell`aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${name} --health-check-grace-period ${Math.max(120, 2 * least)}`,
        ],
      },
    }),
  ];
}
