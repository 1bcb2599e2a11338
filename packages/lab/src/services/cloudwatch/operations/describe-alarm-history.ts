import type { DescribeAlarmHistoryCommandInput, DescribeAlarmHistoryCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';

// CloudWatch API reference, DescribeAlarmHistory.
const PAGE_SIZE = 100;

export function describeAlarmHistory(
  input: DescribeAlarmHistoryCommandInput,
  { state }: OperationContext,
): Omit<DescribeAlarmHistoryCommandOutput, '$metadata'> {
  const { AlarmName, AlarmTypes = ['MetricAlarm'], HistoryItemType, StartDate, EndDate } = input;
  const found = state.cloudWatch.history.filter(
    (item) =>
      (AlarmName === undefined || item.AlarmName === AlarmName) &&
      AlarmTypes.includes(item.AlarmType!) &&
      (HistoryItemType === undefined || item.HistoryItemType === HistoryItemType) &&
      (StartDate === undefined || item.Timestamp! >= StartDate) &&
      (EndDate === undefined || item.Timestamp! <= EndDate),
  );
  const inOrder = input.ScanBy === 'TimestampAscending' ? [...found].reverse() : found;
  const { items, next } = takePage(inOrder, input.NextToken, input.MaxRecords ?? PAGE_SIZE, 'InvalidNextToken');
  return { AlarmHistoryItems: [...items], NextToken: next };
}
