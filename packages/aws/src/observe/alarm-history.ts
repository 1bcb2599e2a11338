// alarm-history: when an alarm changed its state. CloudWatch keeps that for 30 days.
import { paginateDescribeAlarmHistory } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { parseJson } from '../state/parse-json.js';

export interface AlarmChange {
  /** Epoch milliseconds of CloudWatch's clock. */
  readonly at: number;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
}

// CloudWatch user guide, "Alarm events": the history data of a state update is JSON.
const stateUpdate = z.looseObject({
  newState: z.looseObject({ stateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }),
});

/** The changes of the alarm from `since` to `until` (epoch milliseconds), the first first. An alarm that does not exist has none. */
export async function readAlarmHistory(
  { cloudWatch }: AwsClients,
  alarmName: string,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<AlarmChange[]> {
  const items = await collectPages(
    paginateDescribeAlarmHistory(
      { client: cloudWatch },
      {
        AlarmName: alarmName,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        HistoryItemType: 'StateUpdate',
        StartDate: new Date(since),
        EndDate: new Date(until),
        ScanBy: 'TimestampAscending',
      },
    ),
    (page) => page.AlarmHistoryItems,
  );
  return items.flatMap(({ Timestamp, HistoryData = '' }) => {
    const update = parseJson(stateUpdate, HistoryData);
    return Timestamp === undefined || update === undefined
      ? []
      : [{ at: Timestamp.getTime(), state: update.newState.stateValue }];
  });
}
