// alarms: their states, what changes them, and what an alarm that changes sets off.
import type {
  AlarmHistoryItem,
  CompositeAlarm,
  HistoryItemType,
  MetricAlarm,
  StateValue,
  Tag,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext, LabState } from '../../control-plane/types.js';
import { judgeAlarm, LOOK_BACK_PERIODS } from './alarm-evaluation.js';
import { isRuleTrue, parseAlarmRule } from './alarm-rule.js';
import { statisticNamed } from './datapoint.js';
import { evaluateMetricQueries, valuesOf } from './metric-queries.js';
import { readPeriods, seriesKey } from './series.js';
import type { AlarmRecord, CloudWatchState } from './state.js';

/** CloudWatch keeps the history of an alarm for 30 days; the lab also bounds its number. */
const HISTORY_KEPT_MS = 30 * 86_400_000;
const MOST_HISTORY = 5_000;
const SECOND_MS = 1_000;

export function alarmArn({ region, accountId }: Pick<LabState, 'region' | 'accountId'>, name: string): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
}

/** Throws AwsError ResourceNotFound. */
export function requireAlarm(state: CloudWatchState, name: string | undefined): AlarmRecord {
  const record = state.alarms.get(name ?? '');
  if (record === undefined) throw new AwsError('ResourceNotFound', `Unknown alarm: ${name}`, 404);
  return record;
}

/** What a client or Auto Scaling says of an alarm; the rest is CloudWatch's. */
type AlarmSettings<Alarm extends MetricAlarm | CompositeAlarm> = Omit<
  Alarm,
  `State${string}` | 'AlarmArn' | 'AlarmConfigurationUpdatedTimestamp'
>;

/** The alarm of these settings, in the state of the one that it replaces; a new one knows nothing yet. */
export function withState<Alarm extends MetricAlarm | CompositeAlarm>(
  { state, now }: Pick<ControlPlaneContext, 'state' | 'now'>,
  settings: AlarmSettings<Alarm>,
  before: Alarm | undefined,
): Alarm {
  const at = new Date(now);
  return {
    ...settings,
    AlarmArn: alarmArn(state, settings.AlarmName ?? ''),
    AlarmConfigurationUpdatedTimestamp: at,
    ActionsEnabled: settings.ActionsEnabled ?? true,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    StateValue: before?.StateValue ?? 'INSUFFICIENT_DATA',
    StateReason: before === undefined ? 'Unchecked: Initial alarm creation' : before.StateReason,
    StateReasonData: before?.StateReasonData,
    StateUpdatedTimestamp: before?.StateUpdatedTimestamp ?? at,
    StateTransitionedTimestamp: before?.StateTransitionedTimestamp ?? at,
  } as Alarm;
}

/** Puts an alarm in its place and notes it in the history. One that replaces another keeps that one's tags. */
export function keepAlarm<Kept extends AlarmRecord>(
  context: Pick<ControlPlaneContext, 'state' | 'now'>,
  made: Kept,
): Kept {
  const { alarms } = context.state.cloudWatch;
  const name = made.alarm.AlarmName!;
  const known = alarms.get(name);
  const record = known === undefined ? made : { ...made, tags: known.tags };
  alarms.set(name, record);
  keepHistory(context, record, {
    type: 'ConfigurationUpdate',
    summary: known === undefined ? `Alarm "${name}" created` : `Alarm "${name}" updated`,
    data: { type: known === undefined ? 'Create' : 'Update' },
  });
  return record;
}

export function readTags(tags: readonly Tag[] = []): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key!, Value!]));
}

export function keepHistory(
  { state, now }: Pick<ControlPlaneContext, 'state' | 'now'>,
  { kind, alarm }: AlarmRecord,
  item: { readonly type: HistoryItemType; readonly summary: string; readonly data?: object },
): void {
  const entry: AlarmHistoryItem = {
    AlarmName: alarm.AlarmName,
    AlarmType: kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
    Timestamp: new Date(now),
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: JSON.stringify({ version: '1.0', ...item.data }),
  };
  const kept = state.cloudWatch.history.filter(({ Timestamp }) => Timestamp!.getTime() > now - HISTORY_KEPT_MS);
  state.cloudWatch.history = [entry, ...kept].slice(0, MOST_HISTORY);
}

/** Puts an alarm into a state, and sets off what it has for that state when it was in another one. */
export function setAlarmState(
  context: ControlPlaneContext,
  record: AlarmRecord,
  next: {
    readonly state: StateValue;
    readonly reason: string;
    readonly data?: string;
    readonly recent?: readonly number[];
  },
): void {
  const { alarm } = record;
  const before = { state: alarm.StateValue!, reason: alarm.StateReason };
  const isNew = before.state !== next.state;
  alarm.StateValue = next.state;
  alarm.StateReason = next.reason;
  alarm.StateReasonData = next.data;
  alarm.StateUpdatedTimestamp = new Date(context.now);
  if (!isNew) return;
  alarm.StateTransitionedTimestamp = new Date(context.now);
  keepHistory(context, record, {
    type: 'StateUpdate',
    summary: `Alarm updated from ${before.state} to ${next.state}`,
    data: {
      oldState: { stateValue: before.state, stateReason: before.reason },
      newState: { stateValue: next.state, stateReason: next.reason, recentDatapoints: next.recent ?? [] },
    },
  });
  runActions(context, record, next);
}

function runActions(
  context: ControlPlaneContext,
  record: AlarmRecord,
  next: { readonly state: StateValue; readonly recent?: readonly number[] },
): void {
  const { alarm } = record;
  if (alarm.ActionsEnabled === false) return;
  const actions = { ALARM: alarm.AlarmActions, OK: alarm.OKActions, INSUFFICIENT_DATA: alarm.InsufficientDataActions };
  for (const action of actions[next.state] ?? []) runAction(context, record, action, next.recent?.[0]);
}

function runAction(context: ControlPlaneContext, record: AlarmRecord, action: string, value: number | undefined): void {
  const isScaling = action.startsWith('arn:aws:autoscaling:');
  if (isScaling) {
    const threshold = record.kind === 'metric' ? record.alarm.Threshold : undefined;
    context.schedule(context.now, {
      service: 'autoscaling',
      type: 'alarmAction',
      policyArn: action,
      alarmName: record.alarm.AlarmName!,
      value,
      threshold,
    });
  }
  keepHistory(context, record, {
    type: 'Action',
    summary: isScaling
      ? `Successfully executed action ${action}`
      : `Failed to execute action ${action}. The lab performs actions of Auto Scaling only.`,
    data: { actionState: isScaling ? 'Succeeded' : 'Failed' },
  });
}

/**
 * Looks at every alarm. A scaling policy's alarm acts again each time while it stays in ALARM, as CloudWatch documents.
 * `isMetricLeftOut` looks at composite alarms only; `isShortOnly` leaves out those whose periods are minutes: CloudWatch looks at them once a
 * minute, and what they repeat they repeat then.
 */
export function evaluateAlarms(
  context: ControlPlaneContext,
  {
    isMetricLeftOut = false,
    isShortOnly = false,
  }: { readonly isMetricLeftOut?: boolean; readonly isShortOnly?: boolean } = {},
): void {
  for (const record of context.state.cloudWatch.alarms.values()) {
    if (record.kind !== 'metric' || isMetricLeftOut || (isShortOnly && !isShort(record.alarm))) continue;
    evaluateMetricAlarm(context, record);
  }
  for (const record of context.state.cloudWatch.alarms.values()) {
    if (record.kind === 'composite') evaluateCompositeAlarm(context, record);
  }
}

/** An alarm of high resolution. CloudWatch user guide, "High-resolution alarms". */
export function isShort({ Period = 60 }: MetricAlarm): boolean {
  return Period < 60;
}

function evaluateMetricAlarm(context: ControlPlaneContext, record: AlarmRecord & { readonly kind: 'metric' }): void {
  const { alarm } = record;
  const judgement = judgeAlarm(alarm, recentValues(context, alarm));
  if (judgement === undefined) return;
  const wasAlarm = alarm.StateValue === 'ALARM';
  if (judgement.state === alarm.StateValue) {
    if (wasAlarm) repeatScaling(context, record, judgement.recent[0]);
    return;
  }
  const data = JSON.stringify({
    version: '1.0',
    queryDate: new Date(context.now).toISOString(),
    statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
    period: alarm.Period,
    recentDatapoints: judgement.recent,
    threshold: alarm.Threshold,
  });
  setAlarmState(context, record, { ...judgement, data });
}

function repeatScaling(context: ControlPlaneContext, record: AlarmRecord, value: number | undefined): void {
  if (record.alarm.ActionsEnabled === false) return;
  for (const action of record.alarm.AlarmActions ?? []) {
    if (action.startsWith('arn:aws:autoscaling:')) runAction(context, record, action, value);
  }
}

/** Newest first, of the periods that have ended. */
function recentValues({ state, now }: ControlPlaneContext, alarm: MetricAlarm): readonly (number | undefined)[] {
  const count = (alarm.EvaluationPeriods ?? 1) + LOOK_BACK_PERIODS;
  const periodMs = (alarm.Period ?? queryPeriod(alarm)) * SECOND_MS;
  const toMs = Math.floor(now / periodMs) * periodMs;
  const range = { fromMs: toMs - count * periodMs, toMs, periodMs };
  const values = readValues(state.cloudWatch, alarm, range);
  return Array.from({ length: count }, (_, index) => values.get(toMs - (index + 1) * periodMs));
}

function queryPeriod({ Metrics = [] }: MetricAlarm): number {
  return Math.max(60, ...Metrics.map(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? 0));
}

function readValues(
  state: CloudWatchState,
  alarm: MetricAlarm,
  range: { readonly fromMs: number; readonly toMs: number; readonly periodMs: number },
): ReadonlyMap<number, number> {
  if (alarm.Metrics !== undefined && alarm.Metrics.length > 0) {
    const returned = alarm.Metrics.find(({ ReturnData }) => ReturnData !== false) ?? alarm.Metrics[0]!;
    return evaluateMetricQueries(state, alarm.Metrics, range).read(returned.Id!) ?? new Map();
  }
  const { Namespace: namespace = '', MetricName: name = '', Dimensions: dimensions = [] } = alarm;
  const series = state.series.get(seriesKey({ namespace, name, dimensions }));
  return valuesOf(readPeriods(series, range), statisticNamed(alarm.ExtendedStatistic ?? alarm.Statistic ?? 'Average'));
}

export function evaluateCompositeAlarm(
  context: ControlPlaneContext,
  record: AlarmRecord & { readonly kind: 'composite' },
): void {
  const { alarms } = context.state.cloudWatch;
  const rule = parseAlarmRule(record.alarm.AlarmRule!);
  const isTrue = isRuleTrue(rule, (name) => alarms.get(name)?.alarm.StateValue);
  const state = isTrue ? 'ALARM' : 'OK';
  if (state === record.alarm.StateValue) return;
  setAlarmState(context, record, { state, reason: `AlarmRule evaluated to ${isTrue ? 'true' : 'false'}.` });
}
