// Holds: what a wait is held by, instance by instance, with the time at which it ends or becomes a failure.
import { holdCountMax } from './bounds.js';
import type { Hold } from './decision.js';
import { isCapacityFailure, listFailedLaunches, seconds, startOf } from './evidence.js';
import { describeTargets, type Member } from './members.js';
import { count, type Situation } from './step.js';
import { hasReported } from './track.js';

/** Why each new instance is not proven yet. */
export function holdUnproven({ record, observation, at, newLive, proven }: Situation): readonly Hold[] {
  const done = new Set(proven);
  const { startTimeoutMs, minHealthyTimeMs } = record.options;
  const hold = (member: Member): Hold => {
    const { instanceId, instance, known } = member;
    const start = startOf(record, member);
    const waited = progress(at - start, startTimeoutMs);
    if (known?.unhealthySince !== undefined) {
      const since = known.unhealthySince;
      return {
        code: 'DIPPED',
        instanceId,
        text: `${instanceId} was healthy and ${describeTargets(instanceId, observation)}: ${progress(at - since, minHealthyTimeMs)}`,
        untilAt: since + minHealthyTimeMs,
      };
    }
    if (instance.lifecycleState !== 'InService') {
      return {
        code: 'STARTING',
        instanceId,
        text: `${instanceId} is ${instance.lifecycleState}: ${waited}`,
        untilAt: start + startTimeoutMs,
      };
    }
    if (!member.isServing || known?.healthySince === undefined) {
      const text = `${instanceId} ${describeTargets(instanceId, observation)}: ${waited}`;
      return { code: 'NOT_HEALTHY_YET', instanceId, text, untilAt: start + startTimeoutMs };
    }
    const since = known.healthySince;
    if (at - since < minHealthyTimeMs) {
      const text = `${instanceId} has been healthy for ${progress(at - since, minHealthyTimeMs)}`;
      return { code: 'PROVING', instanceId, text, untilAt: since + minHealthyTimeMs };
    }
    const said =
      known.reportedStatus === undefined || hasReported(known, record) ? '' : `; it says: ${known.reportedStatus}`;
    return {
      code: 'VERSION_AWAITED',
      instanceId,
      text: `${instanceId} is healthy but has not reported ${record.to.version}: OK through the load balancer${said}`,
      untilAt: since + startTimeoutMs,
    };
  };
  return holdEach(
    newLive.filter((member) => !done.has(member)),
    hold,
  );
}

/** The launches that the group still owes. */
export function holdLaunching({ record, observation, newLive, oldLive }: Situation): readonly Hold[] {
  const missing = observation.group.desiredCapacity - newLive.length - oldLive.length;
  if (missing <= 0) return [];
  const failed = listFailedLaunches(record, observation).find(isCapacityFailure);
  return [
    {
      code: failed === undefined ? 'LAUNCHING' : 'NO_CAPACITY',
      text: `the group has still to launch ${missing} of ${observation.group.desiredCapacity} instances${
        failed === undefined ? '' : `; its last try failed: ${failed.statusMessage}`
      }`,
      untilAt: record.progressAt + record.options.progressDeadlineMs,
    },
  ];
}

/** What is on its way to or from Standby, or on its way out by our doing. */
export function holdMoving({ record, observation, members, at }: Situation): readonly Hold[] {
  const moving = members.filter(({ instance }) => instance.lifecycleState === 'EnteringStandby');
  const delayMs = Math.max(0, ...observation.targetGroups.map((targetGroup) => targetGroup.deregistrationDelayMs));
  return holdEach(moving, ({ instanceId, known }) => {
    const since = known?.warmAt ?? at;
    return {
      code: 'DRAINING',
      instanceId,
      text: `${instanceId} is EnteringStandby, draining: ${progress(at - since, delayMs)} (${record.groupName})`,
      untilAt: since + delayMs,
    };
  });
}

/** Quarantined ones that the group still lists: it is as it was only when they are gone from it. */
export function holdDetaching({ observation, members, at }: Situation): readonly Hold[] {
  const leaving = members.filter(
    ({ instance, known }) => known?.quarantinedAt !== undefined && instance.lifecycleState === 'Detaching',
  );
  const delayMs = Math.max(0, ...observation.targetGroups.map((targetGroup) => targetGroup.deregistrationDelayMs));
  return holdEach(leaving, ({ instanceId, known }) => {
    const since = known?.quarantinedAt ?? at;
    return {
      code: 'DRAINING',
      instanceId,
      text: `${instanceId} is Detaching, draining: ${progress(at - since, delayMs)}`,
      untilAt: since + delayMs,
    };
  });
}

/** Why the sizes cannot be touched in this step. */
export function holdUnsettled({ record, isUnsettled, observation }: Situation): readonly Hold[] {
  if (!isUnsettled) return [];
  const change = record.ours.inFlight?.[0];
  if (change === undefined) {
    return [
      {
        code: 'FOREIGN_CHANGE_SEEN',
        text: `DesiredCapacity is ${observation.group.desiredCapacity} and not by our doing; looking again before believing it`,
      },
    ];
  }
  const what =
    change.kind === 'setDesired'
      ? `DesiredCapacity ${change.to}`
      : `${change.kind} of ${change.instanceIds.slice(0, 3).join(', ')}${change.instanceIds.length > 3 ? ', …' : ''}`;
  return [{ code: 'CHANGE_ON_ITS_WAY', text: `${what} was ordered and is not to be seen yet` }];
}

/** `12 of 120 s`. */
function progress(durationMs: number, wholeMs: number): string {
  return `${Math.max(0, Math.round(durationMs / 1000))} of ${seconds(wholeMs)}`;
}

/** One hold each, described only where it is named. */
export function holdEach(members: readonly Member[], hold: (member: Member) => Hold): readonly Hold[] {
  const holds = members.slice(0, holdCountMax).map(hold);
  const rest = members.length - holds.length;
  return rest === 0 ? holds : [...holds, { code: 'AND_MORE', text: `and ${count(rest, 'more instance')}` }];
}
