import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { createLab } from '../../lab.js';
import { createSimulatedDataPlane } from '../../machines/simulated/simulated-data-plane.js';
import { createVirtualClock } from '../../virtual-clock.js';

test.each([0, 3, 40])(
  'an alarm of a minute acts where timers fire %i ms late, as those of a real clock do',
  async (lateMs) => {
    const virtual = createVirtualClock({ startAt: '2018-11-11T08:00:10Z', longestHoldWallMs: 500 });
    const clock = { ...virtual, setTimer: (atMs: number, fire: () => void) => virtual.setTimer(atMs + lateMs, fire) };
    const lab = createLab({ clock, dataPlane: createSimulatedDataPlane({ machineFor: () => ({ bootMs: 1_000 }) }) });
    const cloudWatch = new CloudWatchClient({
      region: 'us-west-2',
      credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
      requestHandler: lab.requestHandler,
    });
    const metric = { Namespace: 'site', MetricName: 'queue' };
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        ...metric,
        AlarmName: 'queue',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await cloudWatch.send(
      new PutMetricDataCommand({ Namespace: 'site', MetricData: [{ MetricName: 'queue', Value: 3 }] }),
    );
    await virtual.advance(60_000);
    const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['queue'] }));
    expect(MetricAlarms?.[0]?.StateValue).toBe('ALARM');
    cloudWatch.destroy();
    await lab.close();
  },
);
