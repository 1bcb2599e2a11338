import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { alarmsOf, parseAlarmRule } from '../alarm-rule.js';
import type { AlarmRecord } from '../state.js';

// CloudWatch API reference, DescribeAlarms.
const PAGE_SIZE = 50;

/** Metric alarms only, where AlarmTypes does not say otherwise. */
export function describeAlarms(
  input: DescribeAlarmsCommandInput,
  { state }: OperationContext,
): Omit<DescribeAlarmsCommandOutput, '$metadata'> {
  const { AlarmNames = [], AlarmNamePrefix, AlarmTypes = ['MetricAlarm'], MaxRecords = PAGE_SIZE, NextToken } = input;
  if (AlarmNames.length > 0 && AlarmNamePrefix !== undefined)
    throw new AwsError('InvalidParameterCombination', 'AlarmNamePrefix and AlarmNames cannot be both specified.');
  if (input.ParentsOfAlarmName !== undefined && input.ChildrenOfAlarmName !== undefined)
    throw new AwsError(
      'InvalidParameterCombination',
      'ParentsOfAlarmName and ChildrenOfAlarmName cannot be both specified.',
    );
  const found = [...state.cloudWatch.alarms.values()]
    .filter(({ kind }) => AlarmTypes.includes(kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'))
    .filter(({ alarm }) => AlarmNames.length === 0 || AlarmNames.includes(alarm.AlarmName!))
    .filter(({ alarm }) => alarm.AlarmName!.startsWith(AlarmNamePrefix ?? ''))
    .filter(({ alarm }) => input.StateValue === undefined || alarm.StateValue === input.StateValue)
    .filter((record) => hasAction(record, input.ActionPrefix))
    .filter((record) => isRelated(record, input, state.cloudWatch.alarms))
    .sort((left, right) => (left.alarm.AlarmName! < right.alarm.AlarmName! ? -1 : 1));
  const { items, next } = takePage(found, NextToken, MaxRecords, 'InvalidNextToken');
  return {
    MetricAlarms: items.flatMap((record) => (record.kind === 'metric' ? [record.alarm] : [])),
    CompositeAlarms: items.flatMap((record) => (record.kind === 'composite' ? [record.alarm] : [])),
    NextToken: next,
  };
}

function hasAction({ alarm }: AlarmRecord, prefix: string | undefined): boolean {
  if (prefix === undefined) return true;
  const actions = [...(alarm.AlarmActions ?? []), ...(alarm.OKActions ?? []), ...(alarm.InsufficientDataActions ?? [])];
  return actions.some((action) => action.startsWith(prefix));
}

function isRelated(
  record: AlarmRecord,
  { ParentsOfAlarmName: child, ChildrenOfAlarmName: parent }: DescribeAlarmsCommandInput,
  alarms: ReadonlyMap<string, AlarmRecord>,
): boolean {
  if (child !== undefined) return membersOf(record).includes(child);
  if (parent !== undefined) return membersOf(alarms.get(parent)).includes(record.alarm.AlarmName!);
  return true;
}

function membersOf(record: AlarmRecord | undefined): readonly string[] {
  return record?.kind === 'composite' ? alarmsOf(parseAlarmRule(record.alarm.AlarmRule!)) : [];
}
