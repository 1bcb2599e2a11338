// minute: what happens in CloudWatch at the end of each minute. The minute's numbers are taken down, then every alarm is looked at.
import type { ControlPlaneContext, LabEvent } from '../../control-plane/types.js';
import { evaluateAlarms, isShort } from './alarms.js';
import { isAnythingMeasured, recordGroups, recordLoadBalancers } from './published-metrics.js';
import { forgetOld } from './series.js';
import type { CloudWatchState } from './state.js';

const MINUTE_MS = 60_000;
/** Alarms of high resolution are looked at more often. CloudWatch user guide, "High-resolution alarms". */
const SHORT_MS = 10_000;
/** The data plane has answered by then. */
const AFTER_NUMBERS_MS = 500;
const HOUR_MS = 3_600_000;

/** Keeps the clock of the minutes going while there is something to measure or an alarm to look at. */
export function keepMinutes({ state, now, schedule }: ControlPlaneContext): void {
  const { cloudWatch } = state;
  if (cloudWatch.alarms.size === 0 && !isAnythingMeasured(state)) return;
  const stepMs = hasShortAlarm(cloudWatch) ? SHORT_MS : MINUTE_MS;
  const nextAt = (Math.floor(now / stepMs) + 1) * stepMs;
  if (cloudWatch.nextMinuteAt !== undefined && cloudWatch.nextMinuteAt <= nextAt) return;
  cloudWatch.nextMinuteAt = nextAt;
  schedule(nextAt, timer('minute', nextAt));
}

function hasShortAlarm({ alarms }: CloudWatchState): boolean {
  return [...alarms.values()].some(({ kind, alarm }) => kind === 'metric' && isShort(alarm));
}

function timer(name: 'minute' | 'look', atMs: number): LabEvent {
  return { service: 'monitoring', type: 'timer', name, id: String(atMs) };
}

export function playCloudWatchEvent(event: LabEvent, context: ControlPlaneContext): 'unchanged' {
  const { state, now, emit, schedule } = context;
  if (event.type === 'loadBalancerMetrics') {
    recordLoadBalancers(state, event.metrics, Math.floor((now - 1) / MINUTE_MS) * MINUTE_MS);
    return 'unchanged';
  }
  if (event.type !== 'timer') return 'unchanged';
  // A timer of a real clock fires some milliseconds late: which minute it is for, its own time says.
  const at = Number(event.id);
  if (event.name === 'look') {
    evaluateAlarms(context, { isShortOnly: (at - AFTER_NUMBERS_MS) % MINUTE_MS !== 0 });
    return 'unchanged';
  }
  // An alarm of high resolution has set an earlier one meanwhile.
  if (event.id !== String(state.cloudWatch.nextMinuteAt)) return 'unchanged';
  state.cloudWatch.nextMinuteAt = undefined;
  if (at % MINUTE_MS === 0) {
    recordGroups(state, at - MINUTE_MS);
    if (state.elbv2.loadBalancers.size > 0) emit({ kind: 'readMetrics' });
    if (at % HOUR_MS === 0) forgetOld(state.cloudWatch, at);
  }
  if (state.cloudWatch.alarms.size > 0) schedule(at + AFTER_NUMBERS_MS, timer('look', at + AFTER_NUMBERS_MS));
  keepMinutes(context);
  return 'unchanged';
}
